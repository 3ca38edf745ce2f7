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


async def test_what_was_taken_back_is_looked_for_until_all_is_over_that_ran_with_it(pool: asyncpg.Pool, dsn: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await _taken_back(pool)
    async with transaction(pool, "notify.consume") as late:
        await append(late, [numbered(2)], source="/notify")
        async with transaction(pool, "notify.consume") as connection:
            await append(connection, [numbered(3)], source="/notify")
        async with running(Relay(pool, PostgresLog(pool), "notify")):
            await eventually(lambda: _none_waits(pool))
        for _ in range(3):
            await _minutes_later(pool, dsn)
            assert await _gaps(pool) == "{[1,3)}"
    await _minutes_later(pool, dsn)
    assert await _gaps(pool) == "{[2,3)}", "what came late still has to be published"
    async with running(Relay(pool, PostgresLog(pool), "notify")):
        await eventually(lambda: _none_waits(pool))
    assert await _gaps(pool) == "{}"
    assert await pool.fetchval("select count(*) from transport.log") == 2


async def test_what_has_just_been_missed_is_not_given_up(pool: asyncpg.Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        await _taken_back(pool)
    async with transaction(pool, "notify.consume") as connection:
        await append(connection, [numbered(1)], source="/notify")
    async with running(Relay(pool, PostgresLog(pool), "notify")):
        await eventually(lambda: _none_waits(pool))
    for _ in range(3):
        await Retention(pool, "notify").look()
        assert await _gaps(pool) == "{[1,2)}"


async def test_a_context_cannot_lose_how_far_it_came(pool: asyncpg.Pool) -> None:
    for statement in ("delete from publishing", "insert into publishing (up_to) values (7)", "truncate publishing"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def _minutes_later(pool: asyncpg.Pool, dsn: str) -> None:
    await execute(dsn, "update notify.publishing set doubted_at = now() - interval '6 minutes'")
    await Retention(pool, "notify").look()


async def _gaps(pool: asyncpg.Pool) -> str:
    return str(await pool.fetchval("select but_for::text from publishing"))


async def _taken_back(pool: asyncpg.Pool) -> None:
    async with transaction(pool, "notify.consume") as connection:
        await append(connection, [numbered(0)], source="/notify")
        raise ZeroDivisionError


async def _none_waits(pool: asyncpg.Pool) -> bool:
    return await pool.fetchval("select count(*) from unpublished") == 0
