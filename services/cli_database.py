"""How a command works at the database: as the role of one context, on a pool of its own, until it is done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from services.home import database_of
from services.settings import Settings
from shared.postgres.pool import open_pool

T = TypeVar("T")


def in_context(settings: Settings, context: str, work: Callable[[asyncpg.Pool], Awaitable[T]]) -> T:
    async def run(dsn: str) -> T:
        async with open_pool(dsn, schema=context, max_size=2) as pool:
            return await work(pool)

    with database_of(settings) as dsn:
        return asyncio.run(run(dsn))
