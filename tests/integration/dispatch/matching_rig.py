"""A matcher that runs on a real database, for tests that put rows straight into it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from dispatch.matching.matcher import Matcher
from tests.integration.dispatch.roster_rows import CITY
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually

MORNING: Final = datetime(2027, 3, 3, 3, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Hanoi, whenever the tests run


async def set_time(dsn: str, moment: datetime) -> None:
    await set_app_clock(dsn, (moment - datetime.now(UTC)).total_seconds())


@asynccontextmanager
async def matching(pool: asyncpg.Pool, **settings: Any) -> AsyncIterator[Matcher]:
    """A running matcher; stopped cleanly afterwards."""
    matcher = Matcher(pool, CITY, **settings)
    running = asyncio.create_task(matcher.run())
    await eventually(lambda: matcher.is_matching or running.done())
    try:
        yield matcher
    finally:
        matcher.stop()
        await running


async def count(pool: asyncpg.Pool, query: str, *arguments: Any) -> int:
    found: int = await pool.fetchval(f"select count(*) from {query}", *arguments)
    return found
