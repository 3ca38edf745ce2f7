"""The clock of an import: one that does not get on is said to have stopped, so that somebody sends the file again. A timer."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.postgres.transaction import app_now
from shared.timers import Timer, TimerHandler, set_timers

IMPORT_WATCH: Final = "import_watch"  # timer kind
STOPPED_AFTER: Final = timedelta(minutes=5)  # without a row; a batch of rows takes less than a second


def watch_from(import_id: UUID, at: datetime, guard: int = 0) -> Timer:
    return Timer(kind=IMPORT_WATCH, subject=import_id, due_at=at + STOPPED_AFTER, guard=guard)


async def watch_import(connection: asyncpg.Connection, timer: Timer) -> None:
    row = await connection.fetchrow(QUERIES["lock_import"], timer.subject)
    if row is None or row["status"] != "running":
        return
    now = await app_now(connection)
    if row["progressed_at"] + STOPPED_AFTER > now:
        await set_timers(connection, [watch_from(timer.subject, row["progressed_at"], timer.guard + 1)])
        return
    await connection.execute(QUERIES["stop_import"], timer.subject)
    detail = {"filed": row["filed"], "before": row["before"]}
    await store.note(
        connection, [AuditNote(at=now, actor="timer", action="import_stopped", subject=timer.subject, detail=detail)]
    )


IMPORT_TIMERS: Final[dict[str, TimerHandler]] = {IMPORT_WATCH: watch_import}
