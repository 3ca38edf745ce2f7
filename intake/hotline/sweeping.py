"""What of the hotline is forgotten in time: drafts nobody touches, whose call it was, and at last the call itself."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from intake.hotline.settings import HotlineSettings
from intake.queries import QUERIES

KEEP_FIGURES: Final = timedelta(days=5 * 366)  # law 14: what service levels are counted from, without personal data


async def sweep_hotline(connection: asyncpg.Connection, settings: HotlineSettings, now: datetime) -> None:
    kept = now - timedelta(seconds=settings.keep_seconds)
    await connection.execute(QUERIES["sweep_drafts"], now - timedelta(seconds=settings.draft_seconds), kept)
    await connection.execute(QUERIES["sweep_callers"], kept)
    await connection.execute(QUERIES["sweep_callbacks"], kept)
    await connection.execute(QUERIES["sweep_calls"], now - KEEP_FIGURES)
