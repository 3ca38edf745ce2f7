"""The inbox on a real PostgreSQL: whoever commits first has seen the event (law 6)."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.transport.inbox import first_seen
from tests.support.events import numbered

SITE = "notify.consume"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


async def test_an_event_is_new_once(pool: asyncpg.Pool) -> None:
    events = [numbered(n) for n in range(5)]
    async with transaction(pool, SITE) as connection:
        assert await first_seen(connection, events) == events
    async with transaction(pool, SITE) as connection:
        assert await first_seen(connection, [*events, late := numbered(9)]) == [late]


async def test_a_double_within_a_batch_is_new_once_and_the_order_stays(pool: asyncpg.Pool) -> None:
    one, two = numbered(1), numbered(2)
    async with transaction(pool, SITE) as connection:
        assert await first_seen(connection, [two, one, two, one]) == [two, one]


async def test_nothing_was_seen_when_the_transaction_fails(pool: asyncpg.Pool) -> None:
    event = numbered(1)

    async def fail() -> None:
        async with transaction(pool, SITE) as connection:
            assert await first_seen(connection, [event])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    async with transaction(pool, SITE) as connection:
        assert await first_seen(connection, [event]) == [event]


async def test_many_at_once_with_the_same_events_do_each_once_and_never_deadlock(pool: asyncpg.Pool) -> None:
    events = [numbered(n) for n in range(50)]

    async def take(order: int) -> int:
        async with transaction(pool, SITE) as connection:
            return len(await first_seen(connection, events if order % 2 else events[::-1]))

    assert sum(await asyncio.gather(*(take(order) for order in range(8)))) == 50
