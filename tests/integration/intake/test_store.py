"""Requests loaded under their locks, and the time that goes with them."""

import asyncio
from datetime import datetime

import asyncpg

from intake import store
from shared.postgres.transaction import app_now, transaction
from tests.integration.intake.conftest import Desk
from tests.support.eventually import eventually

BLOCKED = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


async def test_the_time_of_a_batch_is_read_after_the_last_of_its_locks(desk: Desk) -> None:
    for _ in range(2):
        await desk.filed()
    first, last = [row["id"] for row in await desk.pool.fetch("select id from requests order by id")]

    async def time_of_batch() -> datetime:
        async with transaction(desk.pool, "intake.consume") as connection:
            requests, now = await store.locked_at(connection, [last, first])
        assert list(requests) == [first, last]
        return now

    login = await asyncpg.connect(desk.dsn)
    async with login.transaction():
        await login.execute("select from intake.requests where id = $1 for update", last)
        batch = asyncio.create_task(time_of_batch())
        await eventually(lambda: login.fetchval(BLOCKED))
        held_until = await app_now(login)
    await login.close()
    assert await batch > held_until
