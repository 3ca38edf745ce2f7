"""Use cases of working hours: writing somebody's rules, and making windows for the days that come into view."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.timer import TimerKind
from dispatch.rows import to_array
from dispatch.shifts.confirming import Step, first_step
from dispatch.shifts.shift import DAY, LOCAL, DaysOff, Hours, Rule, Span, Window, horizon, next_midnight, window_on, windows_of
from dispatch.shifts.shift_news import settled
from dispatch.shifts.swaps import finish
from shared.events.shifts import ShiftOutcome, SwapStage
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

NIL: Final = UUID(int=0)
PAGE: Final = 100  # responders a transaction, when a day comes into view: a few hundredths of a second of the event loop

Shift = tuple[UUID, Window]  # whose, and when
Made = dict[Shift, UUID | None]  # by which rotation; None: a dated one


async def put_hours(connection: asyncpg.Connection, hours: Mapping[UUID, Hours], *, now: datetime) -> None:
    """These responders' hours are now exactly these; what is over stays. Twice changes nothing. Locked by the caller."""
    ids = list(hours)
    rotations = {
        _rotation_id(responder_id, rule): (responder_id, rule) for responder_id, one in hours.items() for rule in one.rules
    }
    wanted: Made = {}
    for responder_id, one in hours.items():
        wanted |= _made([(_rotation_id(responder_id, rule), responder_id, rule) for rule in one.rules], one.days_off, now)
        wanted |= {(responder_id, window): None for window in _dated(one, now)}
    rows = await connection.fetch(QUERIES["shifts_ahead"], ids, now)
    known = {(row["responder_id"], Window(row["starts_at"], row["ends_at"])): row["id"] for row in rows}
    agreed = {row["id"] for row in rows if row["agreed"]}
    gone = [row_id for shift, row_id in known.items() if shift not in wanted and row_id not in agreed]
    await connection.execute(QUERIES["forget_shifts"], gone)
    await _close_questions(connection, gone, now)
    await connection.execute(QUERIES["forget_rotations"], ids, list(rotations))
    await _put_rotations(connection, rotations)
    await _put_days_off(connection, hours)
    await _put_shifts(connection, {shift: made for shift, made in wanted.items() if shift not in known}, now)


async def _close_questions(connection: asyncpg.Connection, gone: Sequence[UUID], now: datetime) -> None:
    """Nobody is asked about a shift that a list has taken away; whoever was asked is told on the phone where they read it."""
    rows = await connection.fetch(QUERIES["end_asks_of_shifts"], gone, now) if gone else []
    over = [settled(row["id"], row, row, ShiftOutcome.OVER, now=now, commune_code=row["commune_code"]) for row in rows]
    await append(connection, over, source=SOURCE)
    for swap in await connection.fetch(QUERIES["lock_asked_swaps"], gone) if gone else []:
        giver = await connection.fetchrow(QUERIES["lock_person"], swap["giver_id"])
        await finish(connection, swap, giver, SwapStage.OVER, now)


async def extend_horizon(connection: asyncpg.Connection, timer: Timer) -> None:
    """A new day has come into view: make the windows of one page of people, then the next page; and come again at midnight."""
    now = await app_now(connection)
    ids = [row["id"] for row in await connection.fetch(QUERIES["lock_page_of_rotating"], timer.subject, PAGE)]
    if timer.subject == NIL:
        await set_horizon(connection, next_midnight(now))
    if ids:  # until a page is empty: a short one may only have lost somebody who left while it waited for the lock
        await set_timers(connection, [Timer(kind=TimerKind.HORIZON, subject=ids[-1], due_at=now, guard=timer.guard)])
    rows = await connection.fetch(QUERIES["rotations_of"], ids)
    off = await _days_off_of(connection, ids)
    wanted: Made = {}
    for row in rows:
        responder_id = row["responder_id"]
        wanted |= _made([(row["id"], responder_id, _rule_of(row))], off.get(responder_id, ()), now)
    known = {
        (row["responder_id"], Window(row["starts_at"], row["ends_at"]))
        for row in await connection.fetch(QUERIES["shifts_ahead"], ids, now)
    }
    new = {shift: made for shift, made in wanted.items() if shift not in known}
    await _put_shifts(connection, new, now)
    soon = sorted({responder_id for responder_id, window in new if window.starts_at < now + DAY})
    if soon:  # after days without a timer; else nobody needs to be read again for what is two weeks ahead
        await connection.execute(QUERIES["touch_responders"], soon)


async def ensure_horizon(connection: asyncpg.Connection) -> None:
    """The first start begins; after that there always is a timer, today's page or tomorrow's first: a start repeats no day."""
    if not await connection.fetchval(QUERIES["horizon_is_set"]):
        await set_horizon(connection, await app_now(connection))


async def set_horizon(connection: asyncpg.Connection, due_at: datetime) -> None:
    """One timer a day, whoever asks for it, however often."""
    day = due_at.astimezone(LOCAL).date().toordinal()  # the handler sets tomorrow's: never the row that is being fired
    await set_timers(connection, [Timer(kind=TimerKind.HORIZON, subject=NIL, due_at=due_at, guard=day)])


def _made(rotations: Iterable[tuple[UUID, UUID, Rule]], days_off: Sequence[DaysOff], now: datetime) -> Made:
    """What the rules (rotation, whose, rule) make of the days in view, without what is over."""
    first, last = horizon(now)
    return {
        (responder_id, window): rotation_id
        for rotation_id, responder_id, rule in rotations
        for window in windows_of(rule, first, last, days_off=days_off)
        if window.ends_at > now
    }


def _dated(hours: Hours, now: datetime) -> list[Window]:
    found = [window_on(day, span) for day, span in hours.dated]
    return [window for window in found if window is not None and window.ends_at > now]


def _rotation_id(responder_id: UUID, rule: Rule) -> UUID:
    """The same rule of the same person is the same row, whenever and however often it is written."""
    span, places = rule.span, sorted(rule.places)
    return uuid5(responder_id, f"{rule.anchor}/{rule.period_days}/{places}/{span.starts}/{span.ends}/{span.nights}/{rule.until}")


def _rule_of(row: asyncpg.Record) -> Rule:
    return Rule(
        anchor=row["anchor"],
        period_days=row["period_days"],
        places=frozenset(row["places"]),
        span=Span(row["starts"], row["ends"], row["nights"]),
        until=row["until"],
    )


async def _days_off_of(connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, list[DaysOff]]:
    found: dict[UUID, list[DaysOff]] = {}
    for row in await connection.fetch(QUERIES["days_off_of"], ids):
        found.setdefault(row["responder_id"], []).append(DaysOff(row["first_day"], row["last_day"]))
    return found


async def _put_rotations(connection: asyncpg.Connection, rotations: Mapping[UUID, tuple[UUID, Rule]]) -> None:
    rows = [
        (
            rotation_id,
            responder_id,
            rule.anchor,
            rule.period_days,
            to_array(sorted(rule.places)),
            rule.span.starts,
            rule.span.ends,
            rule.span.nights,
            rule.until,
        )
        for rotation_id, (responder_id, rule) in rotations.items()
    ]
    if rows:
        await connection.execute(QUERIES["put_rotations"], *_columns(rows))


async def _put_days_off(connection: asyncpg.Connection, hours: Mapping[UUID, Hours]) -> None:
    await connection.execute(QUERIES["forget_days_off"], list(hours))
    rows = [(responder_id, off.first, off.last) for responder_id, one in hours.items() for off in one.days_off]
    if rows:
        await connection.execute(QUERIES["put_days_off"], *_columns(rows))


async def _put_shifts(connection: asyncpg.Connection, made: Made, now: datetime) -> None:
    rows = [
        (uuid7(), responder_id, rotation_id, window.starts_at, window.ends_at)
        for (responder_id, window), rotation_id in made.items()
    ]
    if not rows:
        return
    new = await connection.fetch(QUERIES["put_shifts"], *_columns(rows))
    who = sorted({row["responder_id"] for row in new})
    confirm = {row["id"] for row in await connection.fetch(QUERIES["who_confirm"], who)}
    await set_timers(connection, [timer for row in new if row["responder_id"] in confirm for timer in _first_question(row, now)])


def _first_question(row: asyncpg.Record, now: datetime) -> list[Timer]:
    due_at = first_step(Window(row["starts_at"], row["ends_at"]), now)
    return [] if due_at is None else [Timer(kind=TimerKind.SHIFT, subject=row["id"], due_at=due_at, guard=Step.FIRST)]


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
