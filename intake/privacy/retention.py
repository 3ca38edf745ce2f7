"""What is over is cleared when its time has come: each class of data has its own, figures stay. On by default, in portions."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from intake.queries import QUERIES
from intake.settings import IntakeSettings
from shared.telemetry.metrics import RETENTION_ROWS

BITE: Final = 500  # rows of a class in one turn
CONTEXT: Final = "intake"

Clear = Callable[[asyncpg.Connection, datetime], Awaitable[int]]


async def clear_old(connection: asyncpg.Connection, now: datetime, settings: IntakeSettings) -> bool:
    """One portion of each class; True: there is more."""
    keep = settings.keep
    turns: tuple[tuple[str, Clear, int], ...] = (
        ("requests", _requests, keep.details_days),
        ("surveys", _of("clear_old_whys"), keep.surveys_days),
        ("messages", _of("clear_old_messages"), keep.messages_days),
    )
    full = False
    for kind, clear, days in turns:
        gone = await clear(connection, now - timedelta(days=days))
        RETENTION_ROWS.labels(CONTEXT, kind).inc(gone)
        full |= gone >= BITE
    return full


async def _requests(connection: asyncpg.Connection, before: datetime) -> int:
    rows = await connection.fetch(QUERIES["clear_old_requests"], before, BITE)
    if rows:
        await connection.execute(QUERIES["clear_with_requests"], [row["id"] for row in rows])
    return len(rows)


def _of(query: str) -> Clear:
    async def clear(connection: asyncpg.Connection, before: datetime) -> int:
        return int((await connection.execute(QUERIES[query], before, BITE)).split()[-1])

    return clear
