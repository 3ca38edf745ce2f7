"""Old plumbing rows go, young and unpublished ones stay (law 14)."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.transport.inbox import first_seen
from shared.transport.outbox import append
from shared.transport.postgres_log import PostgresLog
from shared.transport.relay import Relay
from shared.transport.retention import Retention
from tests.support.databases import execute
from tests.support.events import numbered
from tests.support.eventually import eventually
from tests.support.running import running


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


async def test_what_is_too_old_goes_and_the_rest_stays(pool: asyncpg.Pool, dsn: str) -> None:
    async with transaction(pool, "notify.consume") as connection:
        events = [numbered(n) for n in range(4)]
        await append(connection, events, source="/notify")
        await first_seen(connection, events)
    async with running(Relay(pool, PostgresLog(pool), "notify")):
        await eventually(lambda: _none_waits(pool))
    await execute(dsn, "update notify.outbox set created_at = now() - interval '8 days' where id in (1, 3, 4)")
    await execute(dsn, "update notify.publishing set but_for = '{[3,4)}'")  # that it waits since then
    oldest = "(select event_id from notify.inbox order by event_id limit 1)"
    await execute(dsn, f"update notify.inbox set seen_at = seen_at - interval '15 days' where event_id = {oldest}")
    await execute(dsn, "update transport.log set appended_at = appended_at - interval '8 days' where seq < 2")
    await Retention(pool, "notify").look()
    assert [row["id"] for row in await pool.fetch("select id from outbox order by id")] == [2, 3]
    assert await pool.fetchval("select id from unpublished") == 3
    assert await pool.fetchval("select count(*) from inbox") == 3
    assert [row["seq"] for row in await pool.fetch("select seq from transport.log order by seq")] == [2, 3]


async def test_what_was_taken_back_is_looked_for_until_its_neighbours_are_too_old(pool: asyncpg.Pool, dsn: str) -> None:
    for number in range(2):
        with pytest.raises(ZeroDivisionError):
            await _taken_back(pool)
        async with transaction(pool, "notify.consume") as connection:
            await append(connection, [numbered(number)], source="/notify")
    async with running(Relay(pool, PostgresLog(pool), "notify")):
        await eventually(lambda: _none_waits(pool))
    assert str(await pool.fetchval("select but_for::text from publishing")) == "{[1,2),[3,4)}"
    await execute(dsn, "update notify.outbox set created_at = now() - interval '8 days' where id = 2")
    await Retention(pool, "notify").look()
    assert await pool.fetchval("select but_for::text from publishing") == "{[3,4)}"


async def _taken_back(pool: asyncpg.Pool) -> None:
    async with transaction(pool, "notify.consume") as connection:
        await append(connection, [numbered(0)], source="/notify")
        raise ZeroDivisionError


async def _none_waits(pool: asyncpg.Pool) -> bool:
    return await pool.fetchval("select count(*) from unpublished") == 0
