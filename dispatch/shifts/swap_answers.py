"""Use cases of an answer to "will you work in a colleague's place?": by message, or at the desk for somebody who was called.

With the yes of a take-over the giver is off at once. What they are being asked goes to others in the same breath; what they have
accepted stays theirs until it is done, or is released like any visit: there is no moment without an owner or a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE, Docket, open_docket
from dispatch.jobs.job import OWNED
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.visiting import release
from dispatch.rows import sealed_of
from dispatch.shifts.duty import take_back
from dispatch.shifts.openings import promised
from dispatch.shifts.shift import Window
from dispatch.shifts.shift_news import settled, swap_news
from dispatch.shifts.swapping import CannotSwap, Rule, SwapStatus
from dispatch.shifts.swaps import end_asked, end_asks, finish, lock_people, returned_for, unequal
from dispatch.wards import check_ward
from shared.errors import NotFound, Transient
from shared.events.shifts import ShiftOutcome, SwapStage
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.security.tokens import Caller
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

UNTIL_EVERYBODY_KNOWS: Final = timedelta(seconds=5)  # rosters in memory are renewed twice a second


@dataclass(frozen=True, slots=True)
class Parties:
    """Both sides, their visits and the swap, all locked, at `now`."""

    swap: Any
    giver: Any
    taker: Any
    docket: Docket | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Deal:
    """What changes hands: rows of shifts, and the hours that are worked from now on."""

    given: Sequence[UUID]
    hours: Window
    returned: Sequence[UUID] = ()
    back: Window | None = None


async def take_swap(connection: asyncpg.Connection, ask: Any, *, yes: bool, said_at: datetime) -> ShiftOutcome | None:
    """By message. None: nothing has to be said: a no, or it crossed our own word on the way."""
    both = await _lock(connection, ask["swap_id"], ask["responder_id"], "event", leaves=yes)
    ask = await connection.fetchrow(QUERIES["shift_ask"], ask["id"], ask["contact_point_id"])  # as it is under the locks
    if both is None or ask["status"] == "yes":
        return None
    if not yes:
        await _pass(connection, ask, both)
        return None
    deal = await _deal(connection, both, said_at)
    outcome = deal if isinstance(deal, ShiftOutcome) else ShiftOutcome.OVER if isinstance(deal, Rule) else ShiftOutcome.TAKEN
    if outcome is not ShiftOutcome.TAKEN and ask["ended_at"] and said_at <= ask["ended_at"]:
        return None
    await connection.execute(QUERIES["end_ask"], ask["id"], "yes" if outcome is ShiftOutcome.TAKEN else "over", both.now)
    if isinstance(deal, Deal):
        await _change_hands(connection, both, deal, ask["id"])
        return outcome
    code = both.swap["commune_code"]
    await append(connection, [settled(ask["id"], both.taker, both.swap, outcome, now=both.now, commune_code=code)], source=SOURCE)
    if isinstance(deal, Rule) and both.swap["named_id"]:  # they may not any more: whoever waits for them has to know
        await finish(connection, both.swap, both.giver, SwapStage.REFUSED, both.now, reason=deal)
    return outcome


async def agree_by_hand(connection: asyncpg.Connection, swap_id: UUID, taker_id: UUID, caller: Caller) -> Any:
    """Somebody was called and agrees; of a colleague who was named, only they can. Raises NotFound, CannotSwap, Refused."""
    both = await _lock(connection, swap_id, taker_id, caller.role, leaves=True)
    if both is None:
        raise NotFound("swap or responder")
    check_ward(caller, both.swap["commune_code"])
    if both.swap["named_id"] not in {None, taker_id}:
        raise CannotSwap(Rule.NO_SHIFT)
    deal = await _deal(connection, both, both.now)
    if not isinstance(deal, Deal):
        raise CannotSwap(deal if isinstance(deal, Rule) else Rule.NO_SHIFT)
    ask = await connection.fetchrow(QUERIES["ask_of_swap"], swap_id, taker_id)
    if ask is not None:
        await connection.execute(QUERIES["end_ask"], ask["id"], "yes", both.now)
    await _change_hands(connection, both, deal, ask["id"] if ask else uuid7())
    return await connection.fetchrow(QUERIES["swap"], swap_id)


async def refuse_by_hand(connection: asyncpg.Connection, swap_id: UUID, caller: Caller) -> Any:
    """Whoever was called says no, or the giver keeps it after all. Raises NotFound, Refused."""
    both = await _lock(connection, swap_id, None, caller.role, leaves=False)
    if both is None:
        raise NotFound("swap")
    check_ward(caller, both.swap["commune_code"])
    if both.swap["status"] == SwapStatus.ASKED:
        await finish(connection, both.swap, both.giver, SwapStage.REFUSED, both.now)
    return await connection.fetchrow(QUERIES["swap"], swap_id)


async def _lock(
    connection: asyncpg.Connection, swap_id: UUID, taker_id: UUID | None, actor: str, *, leaves: bool
) -> Parties | None:
    """`leaves`: the giver of a running shift would be off with it: what they have and are asked is locked first (law 2).

    Raises Transient when they take something on meanwhile.
    """
    swap: Any = await connection.fetchrow(QUERIES["swap"], swap_id)
    if swap is None:
        return None
    docket = await _visits(connection, swap, taker_id, actor) if leaves and swap["running"] else None
    people = await lock_people(connection, [swap["giver_id"], taker_id])
    swap = await connection.fetchrow(QUERIES["lock_swap"], swap_id)
    giver, taker = people.get(swap["giver_id"]), people.get(taker_id) if taker_id else None
    if giver is None or (taker_id is not None and taker is None):
        return None
    if docket is not None:
        now_has = {row["id"] for row in await connection.fetch(QUERIES["visits_in_hand"], swap["giver_id"])}
        asked = {row["job_id"] for row in await connection.fetch(QUERIES["jobs_asked_of"], [swap["giver_id"]])}
        if not (now_has | asked) <= docket.cases.keys():
            raise Transient("took something on, or was asked, meanwhile")
    return Parties(swap, giver, taker, docket, await app_now(connection))


async def _visits(connection: asyncpg.Connection, swap: Any, taker_id: UUID | None, actor: str) -> Docket:
    jobs = {row["job_id"] for row in await connection.fetch(QUERIES["jobs_asked_of"], [swap["giver_id"]])}
    jobs |= {row["id"] for row in await connection.fetch(QUERIES["visits_in_hand"], swap["giver_id"])}
    people = [swap["giver_id"], *([taker_id] if taker_id else [])]
    return await open_docket(connection, actor=actor, job_ids=jobs, responder_ids=people)


async def _deal(connection: asyncpg.Connection, both: Parties, said_at: datetime) -> Deal | Rule | ShiftOutcome:
    """The guards, under the locks of both people. An answer in time counts, whenever it is read."""
    swap, now = both.swap, both.now
    if swap["status"] == SwapStatus.AGREED:
        return ShiftOutcome.FILLED
    in_time = swap["status"] == SwapStatus.SILENT and said_at <= swap["answer_by"]
    if (swap["status"] != SwapStatus.ASKED and not in_time) or swap["ends_at"] <= now:
        return ShiftOutcome.OVER
    rows = await connection.fetch(QUERIES["lock_shifts_within"], swap["giver_id"], swap["starts_at"], swap["ends_at"])
    given = [row["id"] for row in rows]
    if swap["shift_id"] not in given:
        return ShiftOutcome.OVER  # given up, or taken away by a list
    back = await returned_for(connection, swap)
    returned = []
    if swap["return_id"] is not None:
        rows = await connection.fetch(QUERIES["lock_shifts_within"], both.taker["id"], *_of(back)) if back else []
        returned = [row["id"] for row in rows]
        if swap["return_id"] not in returned:
            return Rule.NO_RETURN
    hours = Window(max(now, swap["starts_at"]), swap["ends_at"])
    rule = await unequal(connection, both.taker["id"], hours, both.giver, giving=returned, agrees=True)
    if rule is None and back is not None:
        rule = await unequal(connection, both.giver["id"], back, both.taker, giving=given, agrees=True)
    return rule or Deal(given, hours, returned, back)


async def _change_hands(connection: asyncpg.Connection, both: Parties, deal: Deal, ask_id: UUID) -> None:
    """From here on the taker works. Both are told, and so is everybody else who was asked."""
    swap, giver, taker, now = both.swap, both.giver, both.taker, both.now
    if both.docket is not None and both.docket.cases:
        _leave(both.docket, giver["id"], releases=swap["releases"])
        await both.docket.save()
    await _give(connection, giver, deal.given, now)
    await _receive(connection, taker["id"], deal.hours, now)
    if swap["running"] and swap["starts_at"] < now:
        await connection.execute(QUERIES["put_worked_part"], uuid7(), giver["id"], swap["starts_at"], now)
        await connection.execute(QUERIES["leave_now"], giver["id"], now + UNTIL_EVERYBODY_KNOWS)
    if deal.back is not None:
        await _give(connection, taker, deal.returned, now)
        await _receive(connection, giver["id"], deal.back, now)
    await connection.execute(QUERIES["touch_responders"], sorted([giver["id"], taker["id"]]))
    await connection.execute(QUERIES["end_swap"], swap["id"], SwapStatus.AGREED, taker["id"], deal.hours.starts_at, now)
    await end_asked(connection, deal.given, giver, now, tell=False)  # a yes that is read late may find another question out
    await end_asked(connection, deal.returned, taker, now)
    window = {"starts_at": deal.hours.starts_at, "ends_at": deal.hours.ends_at}
    code, taken, name = swap["commune_code"], ShiftOutcome.TAKEN, sealed_of(taker["name"])
    news = [
        settled(ask_id, taker, window, taken, now=now, commune_code=code, returned=deal.back),
        swap_news(giver, SwapStage.AGREED, now, swap=swap, returned=deal.back, colleague=name),
    ]
    await append(connection, news, source=SOURCE)
    await end_asks(connection, swap, ShiftOutcome.FILLED, now)
    detail = {"giver": str(giver["id"]), "taker": str(taker["id"]), "starts_at": deal.hours.starts_at.isoformat()}
    await connection.execute(QUERIES["write_audit"], now, "event", ["shift.swapped"], [swap["id"]], [detail])


def _leave(docket: Docket, giver_id: UUID, *, releases: bool) -> None:
    for case in list(docket.cases.values()):
        take_back(case, {giver_id}, docket.leads)
        if releases and case.job.status in OWNED and case.job.responder_id == giver_id:
            release(case)


async def _give(connection: asyncpg.Connection, person: Any, shift_ids: Sequence[UUID], now: datetime) -> None:
    """Nobody is asked any more whether they will be there."""
    await connection.execute(QUERIES["give_shifts"], shift_ids)
    rows = await connection.fetch(QUERIES["end_asks_of_shifts"], shift_ids, now)
    code = person["commune_code"]
    over = [settled(row["id"], row, row, ShiftOutcome.OVER, now=now, commune_code=code, tell=False) for row in rows]
    await append(connection, over, source=SOURCE)


async def _receive(connection: asyncpg.Connection, person_id: UUID, hours: Window, now: datetime) -> None:
    """They have promised it: watched like any promise, and their rest ends with it."""
    shift_id = await connection.fetchval(QUERIES["put_agreed_shift"], uuid7(), person_id, *_of(hours))
    await connection.execute(QUERIES["end_rest_for_shift"], person_id, max(now, hours.starts_at))
    await set_timers(connection, promised(shift_id, *_of(hours), now))


async def _pass(connection: asyncpg.Connection, ask: Any, both: Parties) -> None:
    swap, now = both.swap, both.now
    await connection.execute(QUERIES["end_ask"], ask["id"], "no", now)
    code = swap["commune_code"]
    over = settled(ask["id"], both.taker, swap, ShiftOutcome.OVER, now=now, commune_code=code, tell=False)
    await append(connection, [over], source=SOURCE)
    if swap["status"] != SwapStatus.ASKED:
        return
    if swap["named_id"]:
        await finish(connection, swap, both.giver, SwapStage.REFUSED, now)
    elif not any(row["status"] == "pending" for row in await connection.fetch(QUERIES["asks_of_swap"], swap["id"])):
        await set_timers(connection, [Timer(kind=TimerKind.SWAP, subject=swap["id"], due_at=now, guard=swap["wave"])])


def _of(window: Window) -> tuple[datetime, datetime]:
    return window.starts_at, window.ends_at
