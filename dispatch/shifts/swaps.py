"""Use cases of shifts that change hands: wanting it, asking others, and the end without a yes. Rules: swapping.py; a yes:
swap_answers.py. Until somebody has said yes the shift is the giver's, and everything about it goes on as if nobody had asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.timer import TimerKind
from dispatch.rows import lead_of, sealed_of
from dispatch.shifts.confirming import STANDING, may_ask_at
from dispatch.shifts.shift import Window
from dispatch.shifts.shift_news import asked, settled, swap_news, unfilled
from dispatch.shifts.swapping import LEAST, MOST, SOON, Asking, CannotSwap, Party, Rule, SwapStatus, asking, asking_now, why_not
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.events.shifts import AskKind, ShiftOutcome, SwapStage
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.security.tokens import Caller
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

WAVE: Final = 3  # people asked at a time when nobody is named
ENDS: Final = {
    SwapStage.REFUSED: SwapStatus.REFUSED,
    SwapStage.SILENT: SwapStatus.SILENT,
    SwapStage.NOBODY: SwapStatus.SILENT,
    SwapStage.OVER: SwapStatus.OVER,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose place somebody shall take. `return_id`: the shift of the one who is named that the giver takes for it."""

    shift_id: UUID
    named_id: UUID | None = None
    return_id: UUID | None = None
    releases: bool = False


async def want(connection: asyncpg.Connection, wish: Wish, caller: Caller | None = None) -> Any:
    """Others are asked in the next breath; asking anew ends what was asked before. `caller`: of the desk, which may telephone.

    Raises NotFound, CannotSwap, Refused; nothing is written then.
    """
    giver_id = await connection.fetchval(QUERIES["person_of_shift"], wish.shift_id)
    people = await lock_people(connection, [giver_id, wish.named_id])
    giver, shift = people.get(giver_id), await connection.fetchrow(QUERIES["lock_shift"], wish.shift_id)
    if giver is None or shift is None:
        raise NotFound("shift")
    if caller is not None:
        check_ward(caller, giver["commune_code"])
    now = await app_now(connection)
    if shift["status"] not in STANDING or shift["ends_at"] <= now or not giver["active"]:
        raise CannotSwap(Rule.NO_SHIFT)
    running = shift["starts_at"] <= now
    window = await _running(connection, giver_id, now) if running else Window(shift["starts_at"], shift["ends_at"])
    times = asking_now(window, now) if running else asking(window, now)
    if not times.by_day and caller is None:
        raise CannotSwap(Rule.NIGHT)
    if running and wish.return_id is not None:
        raise CannotSwap(Rule.NO_RETURN)
    if await connection.fetchval(QUERIES["swaps_of_shift"], wish.shift_id) >= MOST:
        raise CannotSwap(Rule.TOO_OFTEN)
    named = _named(wish, giver, people)
    if named is not None:
        await _check(connection, wish, giver, named, Window(max(now, window.starts_at), window.ends_at))
    await end_asked(connection, [wish.shift_id], giver, now, tell=False)
    swap = await _put(connection, wish, giver, window, times=times, running=running, now=now)
    name, returned = sealed_of(named["name"]) if named else None, await returned_for(connection, swap)
    news = swap_news(giver, SwapStage.ASKED, now, swap=swap, returned=returned, colleague=name)
    await append(connection, [news], source=SOURCE)
    return swap


async def swap_due(connection: asyncpg.Connection, timer: Timer) -> None:
    """The first are asked, or nobody of them has said yes: the next, or the end. A timer of an earlier wave does nothing."""
    known = await connection.fetchrow(QUERIES["swap"], timer.subject)
    people = await lock_people(connection, [known["giver_id"], known["named_id"]]) if known else {}
    swap = await connection.fetchrow(QUERIES["lock_swap"], timer.subject) if known else None
    if swap is None or swap["status"] != SwapStatus.ASKED or swap["wave"] != timer.guard or swap["giver_id"] not in people:
        return
    giver, now = people[swap["giver_id"]], await app_now(connection)
    before = await connection.fetch(QUERIES["asks_of_swap"], swap["id"])
    await end_asks(connection, swap, ShiftOutcome.OVER, now, tell=False)
    nobody = SwapStage.SILENT if before else SwapStage.NOBODY
    if now >= swap["answer_by"]:
        await finish(connection, swap, giver, nobody, now)
        return
    by_day = may_ask_at(now)
    following = [] if by_day > now or (swap["named_id"] and before) else await _next(connection, swap, giver, people, now)
    if not following and by_day == now:
        await finish(connection, swap, giver, nobody, now)
        return
    lease = now + (SOON if swap["running"] else LEAST)
    until = swap["answer_by"] if swap["named_id"] else min(lease, swap["answer_by"])
    for person in following:
        await _ask(connection, swap, giver, person, until=until, now=now)
    await connection.execute(QUERIES["put_swap_wave"], swap["id"], swap["wave"] + 1)
    await _look_at(connection, swap["id"], until if following else min(by_day, swap["answer_by"]), wave=swap["wave"] + 1)


async def look_again(connection: asyncpg.Connection, swap_ids: Collection[UUID]) -> None:
    """Whoever was asked could not be reached: nobody waits for their silence. The timer is due at once; it locks and looks."""
    rows = await connection.fetch(QUERIES["unanswered_swaps"], list(swap_ids)) if swap_ids else []
    now = await app_now(connection)
    for row in rows:
        await _look_at(connection, row["id"], now, wave=row["wave"])


async def end_asked(
    connection: asyncpg.Connection, shift_ids: Collection[UUID], giver: Any, now: datetime, *, tell: bool = True
) -> None:
    """There is nothing to give any more: whoever was asked is told, and (`tell`) whoever wanted it."""
    for swap in await connection.fetch(QUERIES["lock_asked_swaps"], list(shift_ids)):
        await finish(connection, swap, giver, SwapStage.OVER, now, tell=tell)


async def finish(
    connection: asyncpg.Connection,
    swap: Any,
    giver: Any,
    stage: SwapStage,
    now: datetime,
    *,
    tell: bool = True,
    reason: str | None = None,
) -> None:
    """Without a yes: the shift stays the giver's. Of a running one whoever answers for the ward has to know."""
    await connection.execute(QUERIES["end_swap"], swap["id"], ENDS[stage], None, swap["starts_at"], now)
    await end_asks(connection, swap, ShiftOutcome.OVER, now)
    named = await connection.fetchrow(QUERIES["name_of_responder"], swap["named_id"]) if swap["named_id"] else None
    colleague = sealed_of(named["name"]) if named else None
    news = [swap_news(giver, stage, now, swap=swap, colleague=colleague, reason=reason)] if tell else []
    if swap["running"] and stage is not SwapStage.OVER:
        seats = await connection.fetch(QUERIES["seats"], [swap["city"]], [swap["commune_code"]])
        news += [gap for gap in [unfilled(swap, [lead_of(row) for row in seats], now)] if gap]
    await append(connection, news, source=SOURCE)


async def end_asks(connection: asyncpg.Connection, swap: Any, outcome: ShiftOutcome, now: datetime, *, tell: bool = True) -> None:
    rows = await connection.fetch(QUERIES["end_asks_of_swap"], swap["id"], now)
    code = swap["commune_code"]
    gone = [settled(row["id"], row, swap, outcome, now=now, commune_code=code, tell=tell) for row in rows]
    await append(connection, gone, source=SOURCE)


async def lock_people(connection: asyncpg.Connection, ids: Sequence[UUID | None]) -> dict[UUID, Any]:
    rows = await connection.fetch(QUERIES["lock_people"], [one for one in ids if one is not None])
    return {row["id"]: row for row in rows}


async def unequal(
    connection: asyncpg.Connection,
    taker_id: UUID,
    window: Window,
    giver: Any,
    *,
    giving: Sequence[UUID] = (),
    agrees: bool = False,
) -> Rule | None:
    """By which rule this person may not work in the giver's place. `giving`: shifts that they would not work then.

    `agrees`: they say that they will be there, which ends their rest.
    """
    row = await connection.fetchrow(QUERIES["party"], taker_id, window.starts_at, window.ends_at, list(giving))
    if row is None:
        return Rule.INACTIVE
    party = Party(**{**dict(row), "skills": frozenset(row["skills"])})
    party = replace(party, on_duty=party.on_duty or agrees)
    return why_not(party, commune_code=giver["commune_code"], skills=frozenset(giver["skills"]))


async def returned_for(connection: asyncpg.Connection, swap: Any) -> Window | None:
    """The hours that the giver takes for it."""
    shift = await connection.fetchrow(QUERIES["shift"], swap["return_id"]) if swap["return_id"] else None
    return Window(shift["starts_at"], shift["ends_at"]) if shift else None


async def swaps_of(connection: asyncpg.Connection, people: Sequence[UUID]) -> list[dict[str, Any]]:
    """Agreed on, and still before them."""
    rows = await connection.fetch(QUERIES["swaps_of_people"], people, await app_now(connection))
    return [dict(row) for row in rows]


async def _running(connection: asyncpg.Connection, giver_id: UUID, now: datetime) -> Window:
    """All that they work now, as one. Raises CannotSwap."""
    row = await connection.fetchrow(QUERIES["running_hours"], giver_id, now)
    if row is None or row["ends_at"] is None:
        raise CannotSwap(Rule.NO_SHIFT)
    return Window(row["starts_at"], row["ends_at"])


def _named(wish: Wish, giver: Any, people: Mapping[UUID, Any]) -> Any:
    """The colleague, locked; None: nobody is named. Raises NotFound, CannotSwap."""
    if wish.named_id is None and wish.return_id is not None:
        raise CannotSwap(Rule.NO_RETURN)
    if wish.named_id is not None and wish.named_id not in people:
        raise NotFound("responder")
    if wish.named_id == giver["id"]:
        raise CannotSwap(Rule.YOURSELF)
    return people[wish.named_id] if wish.named_id else None


async def _check(connection: asyncpg.Connection, wish: Wish, giver: Any, named: Any, hours: Window) -> None:
    """Before anybody is asked in vain. Raises CannotSwap."""
    back = await connection.fetchrow(QUERIES["shift"], wish.return_id) if wish.return_id else None
    ahead = back is not None and back["status"] in STANDING and back["starts_at"] > await app_now(connection)
    if wish.return_id is not None and not (back is not None and ahead and back["responder_id"] == named["id"]):
        raise CannotSwap(Rule.NO_RETURN)
    rule = await unequal(connection, named["id"], hours, giver, giving=[wish.return_id] if wish.return_id else [])
    if rule is None and back is not None:
        theirs = Window(back["starts_at"], back["ends_at"])
        rule = await unequal(connection, giver["id"], theirs, named, giving=[wish.shift_id])
    if rule is not None:
        raise CannotSwap(rule)


async def _put(
    connection: asyncpg.Connection, wish: Wish, giver: Any, window: Window, *, times: Asking, running: bool, now: datetime
) -> Any:
    """The first are asked when it is day."""
    swap_id = uuid7()
    about = (swap_id, giver["city"], giver["commune_code"], wish.shift_id, giver["id"], wish.named_id, wish.return_id)
    how = (running, wish.releases and running, times.answer_by, now)
    await connection.execute(QUERIES["put_swap"], *about, window.starts_at, window.ends_at, *how)
    await _look_at(connection, swap_id, times.asks_at if times.by_day else times.answer_by, wave=0)
    return await connection.fetchrow(QUERIES["swap"], swap_id)


async def _next(connection: asyncpg.Connection, swap: Any, giver: Any, people: dict[UUID, Any], now: datetime) -> list[Any]:
    if swap["named_id"]:
        return [people[swap["named_id"]]] if swap["named_id"] in people else []
    hours = (max(now, swap["starts_at"]), swap["ends_at"])
    about = (swap["shift_id"], swap["city"], swap["commune_code"], giver["skills"], *hours, giver["id"], WAVE)
    return list(await connection.fetch(QUERIES["free_for_swap"], *about))


async def _ask(connection: asyncpg.Connection, swap: Any, giver: Any, person: Any, *, until: datetime, now: datetime) -> None:
    ask_id, kind = uuid7(), AskKind.TAKE_OVER if swap["running"] else AskKind.SWAP
    about = (ask_id, kind, swap["id"], person["id"], person["contact_point_id"])
    await connection.execute(QUERIES["put_swap_ask"], *about, swap["starts_at"], swap["ends_at"], now, until)
    news = asked(
        *(ask_id, kind, person, swap),
        commune_code=swap["commune_code"],
        answer_by=until,
        now=now,
        colleague=sealed_of(giver["name"]),
        returned=await returned_for(connection, swap),
    )
    await append(connection, [news], source=SOURCE)


async def _look_at(connection: asyncpg.Connection, swap_id: UUID, due_at: datetime, *, wave: int) -> None:
    await set_timers(connection, [Timer(kind=TimerKind.SWAP, subject=swap_id, due_at=due_at, guard=wave)])
