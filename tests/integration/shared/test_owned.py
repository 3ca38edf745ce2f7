"""Of several processes one is the owner: it works as long as the lock is its own, and not a moment longer (law 3)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest

from shared.errors import DependencyDown
from shared.pacing import Backoff
from shared.postgres.pool import open_pool
from shared.postgres.transaction import is_gone
from shared.transport.owned import Owner, Ownership
from shared.transport.queries import QUERIES
from tests.support.databases import execute
from tests.support.eventually import eventually

KILL_OWNERS: Final = """
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())
"""
KILL_ALL: Final = """
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'techrescue-notify'
    and datname = current_database()
"""


class Keeper(Owner):
    """Works until it is cancelled, or told to go on, and tells what happened to it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool, QUERIES["try_relay_lock"], stand_by_seconds=0.05, backoff=Backoff(0.01, 0.1))
        self.story: list[str] = []
        self.may_end = asyncio.Event()

    @property
    def at_work(self) -> bool:
        return self.story[-1:] == ["begins"]

    async def own(self, owned: Ownership) -> None:
        self._is_well()
        await owned.unless_lost(self._work(), let_go=lambda: self.story.append("lets go"))

    async def _work(self) -> None:
        self.story.append("begins")
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.story.append("is cancelled")
            raise
        raise ZeroDivisionError


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


async def test_whoever_loses_the_lock_lets_go_before_its_work_is_cancelled_and_tries_again(dsn: str, pool: asyncpg.Pool) -> None:
    keeper = Keeper(pool)
    task = asyncio.create_task(keeper.run())
    await eventually(lambda: keeper.at_work)
    await execute(dsn, KILL_OWNERS)
    await eventually(lambda: len(keeper.story) > 3 and keeper.at_work)
    assert keeper.story[:4] == ["begins", "lets go", "is cancelled", "begins"]
    keeper.may_end.set()
    with pytest.raises(ZeroDivisionError):
        await task
    assert keeper.story[4:] == ["lets go"], "what nobody foresaw ends it, and whoever asks sees that it owns nothing"


async def test_a_connection_that_breaks_before_its_owner_has_its_turn_is_an_outage_and_no_end_of_the_process(
    dsn: str, pool: asyncpg.Pool
) -> None:
    connection = await pool.acquire()
    await execute(dsn, KILL_ALL)
    await eventually(lambda: is_gone(connection))
    late = Ownership(connection)
    assert late.lost.is_set()
    with pytest.raises(DependencyDown):
        await late.ask("select 1")
