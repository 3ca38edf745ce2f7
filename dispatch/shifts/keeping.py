"""Use cases of confirming shifts: asking who is expected, their answer, counting out who gives none. The rules: confirming.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.timer import TimerKind
from dispatch.shifts.confirming import ANSWER, FAIR, NOT_THEIRS, STANDING, ShiftStatus, Step, times_of, was_missed
from dispatch.shifts.openings import close_for, open_place, promised
from dispatch.shifts.shift import Window
from dispatch.shifts.shift_news import asked, settled
from dispatch.shifts.swaps import end_asked
from shared.events.envelope import Event
from shared.events.shifts import AskKind, ShiftOutcome
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers
from shared.transport.outbox import append


async def shift_due(connection: asyncpg.Connection, timer: Timer) -> None:
    """A shift comes nearer. A timer that came late or twice finds a shift that has begun, or an answer, and does nothing."""
    found = await lock_shift_of(connection, timer.subject)
    if found is None:
        return
    person, shift = found
    now = await app_now(connection)
    if timer.guard in {Step.BEGINS, Step.ENDS}:
        await _watch(connection, shift, Step(timer.guard))
        return
    expected = shift["status"] == ShiftStatus.PLANNED and shift["starts_at"] > now
    if expected and person["active"] and person["confirmed_at"] and person["confirms_shifts"]:
        asks = await connection.fetch(QUERIES["asks_of_shift"], shift["id"])
        await _STEPS[Step(timer.guard)](connection, person, shift, asks, now)


async def lock_shift_of(connection: asyncpg.Connection, shift_id: UUID) -> tuple[Any, Any] | None:
    """The person, then their shift, both locked."""
    responder_id = await connection.fetchval(QUERIES["person_of_shift"], shift_id)
    person = await connection.fetchrow(QUERIES["lock_person"], responder_id) if responder_id else None
    shift = await connection.fetchrow(QUERIES["lock_shift"], shift_id) if person else None
    return (person, shift) if shift else None


async def answer(connection: asyncpg.Connection, ask_id: UUID, person: Any, shift: Any, *, yes: bool) -> ShiftOutcome:
    """What somebody says of their own shift; both are locked. The last word counts, until the shift is over."""
    now, status = await app_now(connection), ShiftStatus(shift["status"])
    if shift["ends_at"] <= now:
        outcome = ShiftOutcome.OVER
    elif status is ShiftStatus.GIVEN:
        outcome = ShiftOutcome.FILLED  # a colleague has it
    elif yes:
        mine = status in STANDING or await close_for(connection, shift["id"], now)
        outcome = ShiftOutcome.KEPT if mine else ShiftOutcome.FILLED
    else:
        outcome = ShiftOutcome.GIVEN_UP
    await _hold(connection, person, shift, outcome, now)
    await connection.execute(QUERIES["end_ask"], ask_id, "yes" if yes else "no", now)
    await _end_asks(connection, person, shift, now, but=ask_id)
    if outcome is ShiftOutcome.GIVEN_UP:
        await end_asked(connection, [shift["id"]], person, now, tell=False)
    news = settled(ask_id, person, shift, outcome, now=now, commune_code=person["commune_code"])
    await append(connection, [news], source=SOURCE)
    if outcome is ShiftOutcome.GIVEN_UP and status in STANDING:
        await open_place(connection, person, shift, now)
    return outcome


async def _watch(connection: asyncpg.Connection, shift: Any, step: Step) -> None:
    """A shift that somebody promised begins, or is over: did they answer anything in between?"""
    if shift["status"] != ShiftStatus.CONFIRMED:
        return
    if step is Step.BEGINS:
        await connection.execute(QUERIES["note_beginning"], shift["id"])
        return
    found = await connection.fetchrow(QUERIES["since_beginning"], shift["id"])
    if found is not None and was_missed(**found):
        await connection.execute(QUERIES["put_shift_status"], shift["id"], ShiftStatus.MISSED)
        detail = {"responder_id": str(shift["responder_id"]), "asked": str(found["asked"])}
        now = await app_now(connection)
        await connection.execute(QUERIES["write_audit"], now, "clock", ["shift.missed"], [shift["id"]], [detail])


async def _hold(connection: asyncpg.Connection, person: Any, shift: Any, outcome: ShiftOutcome, now: datetime) -> None:
    if outcome is ShiftOutcome.KEPT:
        await connection.execute(QUERIES["put_shift_status"], shift["id"], ShiftStatus.CONFIRMED)
        await connection.execute(QUERIES["end_rest_for_shift"], person["id"], max(now, shift["starts_at"]))
        await set_timers(connection, promised(shift["id"], shift["starts_at"], shift["ends_at"], now))
    elif outcome is ShiftOutcome.GIVEN_UP:
        await connection.execute(QUERIES["put_shift_status"], shift["id"], ShiftStatus.DECLINED)
    await connection.execute(QUERIES["touch_responders"], [person["id"]])


async def _ask(connection: asyncpg.Connection, person: Any, shift: Any, asks: Sequence[Any], now: datetime) -> None:
    if any(one["status"] == "pending" for one in asks):
        return
    times = times_of(Window(shift["starts_at"], shift["ends_at"]))
    steps = {Step.AGAIN: times.again_at, Step.DEADLINE: times.deadline}
    ahead = [Timer(kind=TimerKind.SHIFT, subject=shift["id"], due_at=at, guard=step) for step, at in steps.items() if at > now]
    until = times.deadline if times.deadline > now else shift["starts_at"]  # after an outage: asked, but never counted out
    await _put_question(connection, person, shift, until, now)
    await set_timers(connection, ahead)


async def _ask_again(connection: asyncpg.Connection, person: Any, shift: Any, asks: Sequence[Any], now: datetime) -> None:
    """A new question in place of the old one, whose code is still understood. Who was asked a moment ago is left in peace."""
    if asks and now - asks[-1]["asked_at"] >= ANSWER:
        await _end_asks(connection, person, shift, now)
        await _put_question(connection, person, shift, times_of(Window(shift["starts_at"], shift["ends_at"])).deadline, now)


async def _count_out(connection: asyncpg.Connection, person: Any, shift: Any, asks: Sequence[Any], now: datetime) -> None:
    """No answer. Only of somebody who was really asked, and had time: a fault of ours takes nobody's shift away."""
    fairly = [one for one in asks if one["asked_at"] <= now - FAIR and one["reason"] not in NOT_THEIRS]
    if not fairly:
        return
    await connection.execute(QUERIES["put_shift_status"], shift["id"], ShiftStatus.SILENT)
    await connection.execute(QUERIES["touch_responders"], [person["id"]])
    await connection.execute(QUERIES["end_asks_of_shift"], shift["id"], "over", now)
    await end_asked(connection, [shift["id"]], person, now, tell=False)
    last = fairly[-1]["id"]
    news = settled(last, person, shift, ShiftOutcome.SILENT, now=now, commune_code=person["commune_code"])
    await append(connection, [news], source=SOURCE)
    await open_place(connection, person, shift, now)


async def _put_question(connection: asyncpg.Connection, person: Any, shift: Any, until: datetime, now: datetime) -> None:
    ask_id = uuid7()
    about = (ask_id, AskKind.CONFIRM, shift["id"], None, person["id"], person["contact_point_id"])
    await connection.execute(QUERIES["put_ask"], *about, shift["starts_at"], shift["ends_at"], now, until)
    code = person["commune_code"]
    news = asked(ask_id, AskKind.CONFIRM, person, shift, commune_code=code, answer_by=until, now=now)
    await append(connection, [news], source=SOURCE)


async def _end_asks(connection: asyncpg.Connection, person: Any, shift: Any, now: datetime, *, but: UUID | None = None) -> None:
    """Earlier questions about the same shift are over, without a word: the newer one says it all."""
    rows = await connection.fetch(QUERIES["end_asks_of_shift"], shift["id"], "over", now)
    gone: list[Event] = [
        settled(row["id"], person, shift, ShiftOutcome.OVER, now=now, commune_code=person["commune_code"], tell=False)
        for row in rows
        if row["id"] != but
    ]
    await append(connection, gone, source=SOURCE)


_STEPS: Final = {Step.FIRST: _ask, Step.AGAIN: _ask_again, Step.DEADLINE: _count_out}
