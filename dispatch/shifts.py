"""Use cases of working hours: writing somebody's rules, and making windows for the days that come into view."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.shift import LOCAL, Rotation, Rule, Window, horizon, next_midnight, window_on, windows_of
from dispatch.timer import TimerKind
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers

NIL: Final = UUID(int=0)


async def put_hours(connection: asyncpg.Connection, hours: Mapping[UUID, Sequence[Rule]], *, now: datetime) -> None:
    """These responders' hours are now exactly these. Locked by the caller."""
    ids = list(hours)
    today, _ = horizon(now)
    await connection.execute(QUERIES["forget_future_shifts"], ids, now)
    await connection.execute(QUERIES["forget_rotations"], ids)
    rotations = [
        Rotation(
            id=uuid7(), responder_id=responder_id, weekdays=rule.weekdays, starts=rule.starts, ends=rule.ends, valid_from=today
        )
        for responder_id, rules in hours.items()
        for rule in dict.fromkeys(rules)
        if rule.day is None
    ]
    await _put_rotations(connection, rotations)
    dated = [
        (responder_id, None, window_on(rule.day, rule.starts, rule.ends))
        for responder_id, rules in hours.items()
        for rule in rules
        if rule.day is not None
    ]
    await _put_windows(connection, [*dated, *_made(rotations, *horizon(now))])


async def extend_horizon(connection: asyncpg.Connection, _: Timer) -> None:
    """A new day has come into view: make its windows, and come again at midnight."""
    now = await app_now(connection)
    first, last = horizon(now)
    rows = await connection.fetch(QUERIES["rotations_in_view"], first, last, None)
    rotations = [Rotation(**{**dict(row), "weekdays": frozenset(row["weekdays"])}) for row in rows]
    touched = await _put_windows(connection, _made(rotations, first, last))
    if touched:
        await connection.execute(QUERIES["touch_responders"], touched)
    await set_horizon(connection, next_midnight(now))


async def set_horizon(connection: asyncpg.Connection, due_at: datetime) -> None:
    """One timer a day, whoever asks for it, however often."""
    day = due_at.astimezone(LOCAL).date().toordinal()  # the handler sets tomorrow's: never the row that is being fired
    await set_timers(connection, [Timer(id=uuid7(), kind=TimerKind.HORIZON, subject=NIL, due_at=due_at, guard=day)])


def _made(rotations: Sequence[Rotation], first: date, last: date) -> list[tuple[UUID, UUID | None, Window]]:
    return [(one.responder_id, one.id, window) for one in rotations for window in windows_of(one, first, last)]


async def _put_rotations(connection: asyncpg.Connection, rotations: Sequence[Rotation]) -> None:
    if rotations:
        rows = [
            (one.id, one.responder_id, f"{{{','.join(map(str, sorted(one.weekdays)))}}}", one.starts, one.ends, one.valid_from)
            for one in rotations
        ]
        await connection.execute(QUERIES["put_rotations"], *(list(column) for column in zip(*rows, strict=True)))


async def _put_windows(connection: asyncpg.Connection, windows: Sequence[tuple[UUID, UUID | None, Window]]) -> list[UUID]:
    """Whose windows are new."""
    if not windows:
        return []
    rows = [(uuid7(), responder_id, rotation_id, one.starts_at, one.ends_at) for responder_id, rotation_id, one in windows]
    made = await connection.fetch(QUERIES["put_shifts"], *(list(column) for column in zip(*rows, strict=True)))
    return sorted({row["responder_id"] for row in made})
