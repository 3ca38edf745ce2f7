"""Loading and saving of callbacks in a transaction that somebody else began; one lock a number. No rules."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.hotline.callback import Callback, Need, callback_of, next_look
from intake.hotline.person import Number, number_of
from intake.hotline.settings import HotlineSettings
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.postgres.transaction import app_now
from shared.telemetry.metrics_intake import HOTLINE_DONE
from shared.timers import Timer, set_timers

CALLBACK: Final = "callback"  # timer kind: its time, or somebody's lease, is over


async def locked(connection: asyncpg.Connection, callback_id: UUID) -> tuple[Callback, Number, datetime] | None:
    person = await connection.fetchval(QUERIES["find_callback"], callback_id)
    if person is None:
        return None
    await connection.execute(QUERIES["lock_number"], person)
    row: Any = await connection.fetchrow(QUERIES["lock_callback"], callback_id)
    number = None if row is None else number_of(row)
    return None if number is None else (callback_of(row), number, row["now"])


async def open_of(connection: asyncpg.Connection, person: UUID) -> tuple[Callback | None, Number | None, datetime]:
    await connection.execute(QUERIES["lock_number"], person)
    row: Any = await connection.fetchrow(QUERIES["open_callback_of"], person)
    now = await app_now(connection)
    return (None, None, now) if row is None else (callback_of(row), number_of(row), now)


async def need_of(connection: asyncpg.Connection, person: UUID) -> Need:
    row: Any = await connection.fetchrow(QUERIES["read_need"], person)
    return Need(**dict(row))


async def save(
    connection: asyncpg.Connection, task: Callback, number: Number, note: AuditNote, settings: HotlineSettings
) -> None:
    """With its clock: one that believes in this version, so that those set before it do nothing any more."""
    await connection.execute(
        QUERIES["put_callback"],
        *(task.id, task.contact_point_id, number.key_id, number.phone_box, task.reason, task.request_id, task.misses),
        *(task.asked_at, task.first_at, task.last_at, task.status, task.owner, task.due_at, task.lease_until, task.held_by),
        *(task.said_by, task.outcome, task.tries, task.raised, task.escalated_at, task.covers_until, task.opened_at),
        *(task.ended_at, task.version, task.conversation_id),
    )
    at = next_look(task, settings)
    if at is not None:
        await set_timers(connection, [Timer(kind=CALLBACK, subject=task.id, due_at=at, guard=task.version)])
    await store.note(connection, [note])
    if task.ended_at == note.at and task.outcome is not None:  # once, also when the operator says something of it later
        HOTLINE_DONE.labels(task.outcome).inc()
