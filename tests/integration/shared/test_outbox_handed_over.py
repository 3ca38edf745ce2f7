"""What a writer hands over to the relay: published without being looked for, once, and never lost (law 3)."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared.postgres.pool import open_pool
from shared.transport.outbox import Row
from shared.transport.relay import Relay, RelayPolicy
from tests.integration.shared.test_outbox_relay import QUICK, RecordingTransport, none_left, unpublished, write
from tests.support.events import numbered, numbers_of
from tests.support.eventually import eventually
from tests.support.running import running


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


async def rows_of(pool: asyncpg.Pool) -> list[Row]:
    return [dict(row) for row in await pool.fetch("select * from outbox order by id")]


async def test_what_is_handed_over_is_published_without_a_look_and_marked(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", RelayPolicy(busy_seconds=0.5, idle_seconds=0.5))
    async with running(relay):
        await write(pool, [numbered(1)])
        await eventually(lambda: numbers_of(transport.events) == [1])
        await write(pool, [numbered(n, key=uuid4()) for n in (2, 3)])
        unseen = {**(await rows_of(pool))[-1], "id": 2**40, "event_id": uuid4()}  # that no look would find
        relay.hand_over([*(await rows_of(pool))[1:], unseen])
        await eventually(lambda: none_left(pool))
        assert numbers_of(transport.events) == [1, 2, 3, 3]


async def test_what_a_look_has_found_is_not_published_again_when_it_is_handed_over(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    transport.gate.clear()
    relay = Relay(pool, transport, "notify", RelayPolicy(busy_seconds=0.5, idle_seconds=0.5))
    await write(pool, [numbered(1)])
    async with running(relay):
        await eventually(lambda: transport.publishers == 1 and relay.oldest_age_seconds() > 0)
        relay.hand_over(await rows_of(pool))  # while the look's publish hangs
        transport.gate.set()
        await eventually(lambda: none_left(pool))
        assert numbers_of(transport.events) == [1]


async def test_what_is_handed_over_needs_no_look_and_what_rings_has_one(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", RelayPolicy(idle_seconds=3600, busy_seconds=3600))
    await write(pool, [numbered(0)])
    async with running(relay):
        await eventually(lambda: numbers_of(transport.events) == [0])
        await write(pool, [numbered(1)])  # by somebody who does not ring
        for number in (2, 3):
            await write(pool, [numbered(number)])
            relay.hand_over((await rows_of(pool))[-1:])
            await eventually(lambda number=number: len(transport.events) == number)
        assert numbers_of(transport.events) == [0, 2, 3]
        relay.wake()
        await eventually(lambda: numbers_of(transport.events) == [0, 2, 3, 1])
    assert await unpublished(pool) == 0


async def test_who_has_written_too_much_to_hand_over_is_looked_for_at_once(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", RelayPolicy(idle_seconds=3600, busy_seconds=3600))
    await write(pool, [numbered(0)])
    async with running(relay):
        await eventually(lambda: numbers_of(transport.events) == [0])
        await write(pool, [numbered(n) for n in (1, 2)])
        relay.hand_over([])
        await eventually(lambda: numbers_of(transport.events) == [0, 1, 2])


async def test_what_was_handed_over_is_not_lost_with_the_publisher(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", QUICK)
    async with running(relay):
        await eventually(lambda: transport.publishers == 1)
        transport.fail = 2
        await write(pool, [numbered(n) for n in range(6)])
        relay.hand_over(await rows_of(pool))
        await eventually(lambda: none_left(pool))
    assert list(dict.fromkeys(numbers_of(transport.events))) == list(range(6))
    assert transport.publishers == 3


async def test_a_relay_that_owns_nothing_keeps_nothing_that_is_handed_over(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    owner, other = Relay(pool, transport, "notify", QUICK), Relay(pool, transport, "notify", QUICK)
    async with running(owner):
        await eventually(lambda: transport.publishers == 1)
        async with running(other):
            await write(pool, [numbered(1)])
            other.hand_over(await rows_of(pool))
            await eventually(lambda: none_left(pool))
    assert numbers_of(transport.events) == [1]
    assert other.oldest_age_seconds() == 0.0


async def test_while_the_transport_hangs_no_more_than_a_batch_is_kept_in_hand(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", RelayPolicy(batch=10, busy_seconds=0.02, idle_seconds=0.02))
    async with running(relay):
        await eventually(lambda: transport.publishers == 1)
        transport.gate.clear()
        for n in range(35):
            await write(pool, [numbered(n, key=uuid4())])
            relay.hand_over((await rows_of(pool))[-1:])
        await eventually(lambda: relay.oldest_age_seconds() > 0.1)
        transport.gate.set()
        await eventually(lambda: none_left(pool))
    assert sorted(set(numbers_of(transport.events))) == list(range(35))
