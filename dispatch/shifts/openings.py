"""Use cases of places that are open: somebody gave a shift up, and others are asked, a few at a time; the first yes takes it."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.timer import TimerKind
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.policy import Policy
from dispatch.rows import lead_of
from dispatch.shifts.confirming import Step, may_ask_at
from dispatch.shifts.shift_news import asked, settled, unfilled
from dispatch.wards import check_ward
from shared.errors import Refused
from shared.events.shifts import AskKind, ShiftOutcome
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.security.tokens import Caller
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

WAVE: Final = 3  # people asked at a time for one place
LARGEST_WAVE: Final = 30  # for many
LEASE: Final = timedelta(minutes=20)  # until the next few are asked
LOOK_AGAIN: Final = timedelta(hours=3)  # when nobody is free: somebody may be by then


async def open_place(connection: asyncpg.Connection, person: Any, shift: Any, now: datetime) -> None:
    """In place of this person; what is over of the shift is not sought for. The first few are asked in the next breath."""
    window = (max(now, shift["starts_at"]), shift["ends_at"])
    opening_id = await connection.fetchval(
        QUERIES["put_opening"],
        *(uuid7(), person["city"], person["commune_code"], list(person["skills"]), *window, shift["id"], now),
    )
    if opening_id:
        await look_at(connection, opening_id, now, wave=0)


async def close_for(connection: asyncpg.Connection, shift_id: UUID, now: datetime) -> bool:
    """Whoever gave it up will be there after all. False: somebody else has the place already."""
    opening = await connection.fetchrow(QUERIES["lock_opening_of_shift"], shift_id)
    if opening is None or opening["taken"]:
        return False
    await _save(connection, opening, status="closed")
    await _end_asks(connection, opening, ShiftOutcome.FILLED, now)
    return True


async def opening_due(connection: asyncpg.Connection, timer: Timer, near: Neighbourhood | None = None) -> None:
    """Nobody of the last few has taken it: the next few. A timer of an earlier wave does nothing.

    `near`: which communes lie next to each other, when a deployment says so itself.
    """
    opening = await connection.fetchrow(QUERIES["lock_opening"], timer.subject)
    if opening is None or opening["status"] != "open" or opening["wave"] != timer.guard:
        return
    now = await app_now(connection)
    await _end_asks(connection, opening, ShiftOutcome.OVER, now, tell=False)
    if opening["ends_at"] <= now:
        await _save(connection, opening, status="closed")
        return
    free = [] if may_ask_at(now) > now else await _free(connection, opening, now, near)
    for person in free:
        await _ask(connection, opening, person, now)
    told_at = opening["told_at"]
    if told_at is None and not free and (may_ask_at(now) == now or may_ask_at(now) >= opening["starts_at"]):
        await _tell_lead(connection, opening, now)
        told_at = now
    await _save(connection, opening, wave=opening["wave"] + 1, told_at=told_at)
    next_at = now + LEASE if free else may_ask_at(now + LOOK_AGAIN)
    await look_at(connection, opening["id"], min(next_at, opening["ends_at"]), wave=opening["wave"] + 1)


async def take(connection: asyncpg.Connection, ask: Any, *, yes: bool, said_at: datetime) -> ShiftOutcome | None:
    """An answer to "will you take this place?". None: nothing has to be said: a no, or it crossed our own word on the way."""
    person = await connection.fetchrow(QUERIES["lock_person"], ask["responder_id"])
    opening = await connection.fetchrow(QUERIES["lock_opening"], ask["opening_id"])
    ask = await connection.fetchrow(QUERIES["shift_ask"], ask["id"], ask["contact_point_id"])  # as it is under the locks
    now = await app_now(connection)
    if ask["status"] == "yes" or person is None or opening is None:
        return None
    if not yes:
        await _pass(connection, ask, person, opening, now)
        return None
    outcome = await _taken(connection, person, opening, now)
    if outcome is not ShiftOutcome.TAKEN and ask["ended_at"] and said_at <= ask["ended_at"]:
        return None
    await connection.execute(QUERIES["end_ask"], ask["id"], "yes" if outcome is ShiftOutcome.TAKEN else "over", now)
    code = opening["commune_code"]
    await append(connection, [settled(ask["id"], person, opening, outcome, now=now, commune_code=code)], source=SOURCE)
    if outcome is ShiftOutcome.TAKEN and opening["taken"] + 1 == opening["places"]:
        await _end_asks(connection, opening, ShiftOutcome.FILLED, now)
    return outcome


async def take_by_hand(
    connection: asyncpg.Connection, responder_id: UUID, opening_id: UUID, caller: Caller
) -> ShiftOutcome | None:
    """Somebody takes a place without having been asked, or before they answer. None: there is no such place or person.

    Raises Refused.
    """
    person = await connection.fetchrow(QUERIES["lock_person"], responder_id)
    opening = await connection.fetchrow(QUERIES["lock_opening"], opening_id)
    if person is None or opening is None or person["city"] != opening["city"]:
        return None
    check_ward(caller, opening["commune_code"])
    if opening["skills"] and not set(opening["skills"]) & set(person["skills"]):
        raise Refused("not_able", "this place asks for a skill that the responder does not have; choose somebody who has it")
    now = await app_now(connection)
    outcome = await _taken(connection, person, opening, now)
    if outcome is ShiftOutcome.TAKEN:
        code = opening["commune_code"]
        await append(connection, [settled(uuid7(), person, opening, outcome, now=now, commune_code=code)], source=SOURCE)
        await _end_asks_of(connection, person, opening, now)
        if opening["taken"] + 1 == opening["places"]:
            await _end_asks(connection, opening, ShiftOutcome.FILLED, now)
    return outcome


async def close(connection: asyncpg.Connection, opening_id: UUID, caller: Caller) -> bool:
    """Nobody is sought any more; who has a place keeps it. False: there is no such place. Raises Refused."""
    opening = await connection.fetchrow(QUERIES["lock_opening"], opening_id)
    if opening is not None:
        check_ward(caller, opening["commune_code"])
    if opening is not None and opening["status"] == "open":
        await _save(connection, opening, status="closed")
        await _end_asks(connection, opening, ShiftOutcome.OVER, await app_now(connection))
    return opening is not None


async def _end_asks_of(connection: asyncpg.Connection, person: Any, opening: Any, now: datetime) -> None:
    """What this very person was being asked about the place they have now."""
    rows = await connection.fetch(QUERIES["end_ask_of_person"], opening["id"], person["id"], now)
    code = opening["commune_code"]
    over = [settled(row["id"], person, opening, ShiftOutcome.OVER, now=now, commune_code=code, tell=False) for row in rows]
    await append(connection, over, source=SOURCE)


async def _taken(connection: asyncpg.Connection, person: Any, opening: Any, now: datetime) -> ShiftOutcome:
    """The guards, under the locks of the person and the place."""
    window = (max(now, opening["starts_at"]), opening["ends_at"])
    if window[1] <= now or not person["active"]:
        return ShiftOutcome.OVER
    if opening["status"] != "open" or opening["taken"] >= opening["places"]:
        return ShiftOutcome.FILLED
    if await connection.fetchval(QUERIES["works_then"], person["id"], *window):
        return ShiftOutcome.OVER  # they have got another shift meanwhile
    shift_id = await connection.fetchval(QUERIES["put_agreed_shift"], uuid7(), person["id"], *window)
    await connection.execute(QUERIES["end_rest_for_shift"], person["id"], window[0])  # who takes a place means to be there
    await set_timers(connection, promised(shift_id, *window, now))
    await connection.execute(QUERIES["touch_responders"], [person["id"]])
    taken = opening["taken"] + 1
    await _save(connection, opening, taken=taken, status="filled" if taken == opening["places"] else "open")
    return ShiftOutcome.TAKEN


def promised(shift_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime) -> list[Timer]:
    """Somebody has said that they will be there: it is looked at when it begins and when it is over."""
    moments = {Step.BEGINS: max(now, starts_at), Step.ENDS: ends_at}
    return [Timer(kind=TimerKind.SHIFT, subject=shift_id, due_at=at, guard=step) for step, at in moments.items()]


async def _pass(connection: asyncpg.Connection, ask: Any, person: Any, opening: Any, now: datetime) -> None:
    await connection.execute(QUERIES["end_ask"], ask["id"], "no", now)
    code = opening["commune_code"]
    over = settled(ask["id"], person, opening, ShiftOutcome.OVER, now=now, commune_code=code, tell=False)
    await append(connection, [over], source=SOURCE)
    if opening["status"] == "open" and not await connection.fetchval(QUERIES["pending_asks_of_opening"], opening["id"]):
        await look_at(connection, opening["id"], now, wave=opening["wave"])  # nobody is left to wait for


async def _free(connection: asyncpg.Connection, opening: Any, now: datetime, near: Neighbourhood | None) -> list[Any]:
    """Of the commune; for somebody's shift also of those next to it, when its own has nobody left."""
    starts_at = max(now, opening["starts_at"])
    giver = await connection.fetchval(QUERIES["person_of_shift"], opening["shift_id"]) if opening["shift_id"] else None

    async def of(communes: list[str]) -> list[Any]:
        rows = await connection.fetch(
            QUERIES["free_for_opening"],
            *(opening["id"], opening["city"], communes, opening["skills"], starts_at, opening["ends_at"]),
            *(giver, min(WAVE * (opening["places"] - opening["taken"]), LARGEST_WAVE)),
        )
        return list(rows)

    own = await of([opening["commune_code"]])
    if own or opening["shift_id"] is None:
        return own
    return await of((near or _of_city()).beside(opening["commune_code"]))


@lru_cache(maxsize=1)
def _of_city() -> Neighbourhood:
    return Neighbourhood.of_city(Policy())


async def _ask(connection: asyncpg.Connection, opening: Any, person: Any, now: datetime) -> None:
    ask_id, until = uuid7(), min(now + LEASE, opening["ends_at"])
    about = (ask_id, AskKind.TAKE, None, opening["id"], person["id"], person["contact_point_id"])
    await connection.execute(QUERIES["put_ask"], *about, opening["starts_at"], opening["ends_at"], now, until)
    code = opening["commune_code"]
    news = asked(ask_id, AskKind.TAKE, person, opening, commune_code=code, answer_by=until, now=now)
    await append(connection, [news], source=SOURCE)


async def _end_asks(
    connection: asyncpg.Connection, opening: Any, outcome: ShiftOutcome, now: datetime, *, tell: bool = True
) -> None:
    rows = await connection.fetch(QUERIES["end_asks_of_opening"], opening["id"], "over", now)
    code = opening["commune_code"]
    gone = [settled(row["id"], row, opening, outcome, now=now, commune_code=code, tell=tell) for row in rows]
    await append(connection, gone, source=SOURCE)


async def _tell_lead(connection: asyncpg.Connection, opening: Any, now: datetime) -> None:
    rows = await connection.fetch(QUERIES["seats"], [opening["city"]], [opening["commune_code"]])
    news = unfilled(opening, [lead_of(row) for row in rows], now)
    await append(connection, [news] if news else [], source=SOURCE)


async def _save(connection: asyncpg.Connection, opening: Any, **changes: Any) -> None:
    after = {**{name: opening[name] for name in ("taken", "status", "wave", "told_at")}, **changes}
    values = (after["taken"], after["status"], after["wave"], after["told_at"])
    await connection.execute(QUERIES["save_opening"], opening["id"], *values)


async def look_at(connection: asyncpg.Connection, opening_id: UUID, due_at: datetime, *, wave: int) -> None:
    await set_timers(connection, [Timer(kind=TimerKind.OPENING, subject=opening_id, due_at=due_at, guard=wave)])
