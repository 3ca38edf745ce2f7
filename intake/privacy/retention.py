"""What is over is cleared when its time has come: each class of data has its own, figures stay. On by default, in portions: one
transaction takes one, whichever classes it is of, and while there is more the next follows at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import asyncpg

from intake.aftercare.rows import end_unanswered
from intake.hotline.sweeping import hotline_classes
from intake.queries import QUERIES
from intake.settings import IntakeSettings
from intake.web_chat.sessions import writer_name
from shared.ids import before_time
from shared.security.vault import Vault
from shared.telemetry.metrics import RETENTION_ROWS

BITE: Final = 500  # rows of a transaction
CONTEXT: Final = "intake"
KEEP_TICKETS: Final = timedelta(days=90)  # of walk-in queues, without phones and words, which go when a ticket is over
KEEP_TALKS: Final = timedelta(days=30)  # what was said, and who said it on our page

Clear = Callable[[asyncpg.Connection, int], Awaitable[int]]  # at most so many; says how many


async def clear_old(connection: asyncpg.Connection, now: datetime, settings: IntakeSettings, vault: Vault) -> bool:
    """One portion; True: there is more."""
    left = BITE
    for kind, clear in _classes(now, settings, vault):
        gone = await clear(connection, left)
        RETENTION_ROWS.labels(CONTEXT, kind).inc(gone)
        left -= gone
        if left <= 0:
            return True
    return False


def _classes(now: datetime, settings: IntakeSettings, vault: Vault) -> list[tuple[str, Clear]]:
    keep = settings.keep
    over, talked, queued = now - timedelta(days=keep.details_days), now - KEEP_TALKS, now - KEEP_TICKETS
    answered = now - timedelta(seconds=settings.keep_answers_seconds)
    told = (before_time(over.timestamp()), over)  # how it went is told no longer than what it was about
    plain: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("sweep_allowances", (now,)),
        ("sweep_idempotency_keys", (before_time(answered.timestamp()), answered)),
        ("sweep_hints", ()),
        ("sweep_board_changes", ()),
        ("clear_old_whys", (now - timedelta(days=keep.surveys_days),)),
        ("clear_old_messages", (now - timedelta(days=keep.messages_days),)),
        ("sweep_chronicle", told),
        ("sweep_cards", told),
        ("sweep_desk_calls", told),
        *hotline_classes(settings.hotline, now),
        ("sweep_turns", (talked,)),
        ("sweep_talks", (talked,)),
        ("sweep_tickets", (queued,)),
        ("sweep_days", (queued,)),
        ("sweep_imports", (queued,)),
        ("sweep_faults", (talked,)),  # long after the last word about them can still come
        ("sweep_incidents", (talked,)),
    )
    return [
        ("inquiries", lambda connection, most: end_unanswered(connection, now, most)),
        ("requests", partial(_requests, over)),
        *((_kind(query), partial(_rows, query, args)) for query, args in plain),
        ("visitors", partial(_visitors, vault, talked)),  # after what they have said
    ]


def _kind(query: str) -> str:
    return query.removeprefix("sweep_").removeprefix("clear_old_")


async def _rows(query: str, args: tuple[Any, ...], connection: asyncpg.Connection, most: int) -> int:
    return int((await connection.execute(QUERIES[query], *args, most)).split()[-1])


async def _requests(before: datetime, connection: asyncpg.Connection, most: int) -> int:
    rows = await connection.fetch(QUERIES["clear_old_requests"], before, most)
    if rows:
        await connection.execute(QUERIES["clear_with_requests"], [row["id"] for row in rows])
    return len(rows)


async def _visitors(vault: Vault, before: datetime, connection: asyncpg.Connection, most: int) -> int:
    """Of our page: nobody knows them but their chat, so the vault forgets them with it."""
    rows = await connection.fetch(QUERIES["sweep_chats"], before, most)
    if rows:
        await vault.forget_passers(connection, [writer_name(row["id"]) for row in rows])
    return len(rows)
