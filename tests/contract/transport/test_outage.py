"""The broker dies and comes back: the outbox keeps what is said meanwhile, and all of it arrives in order (laws 3, 4, 13)."""

import asyncio
from collections.abc import Iterator, Sequence
from uuid import uuid4

import asyncpg
import pytest

from shared.events.envelope import Event
from shared.postgres.transaction import transaction
from shared.transport.kafka import KafkaTransport, make_topics
from shared.transport.outbox import append
from shared.transport.relay import Relay
from tests.contract.transport.places import Effects, Place
from tests.support.brokers import Broker, own_broker
from tests.support.events import numbered
from tests.support.eventually import eventually
from tests.support.running import running

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.fixture
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        yield broker


async def test_a_broker_that_was_killed_costs_time_and_nothing_else(pool: asyncpg.Pool, broker: Broker) -> None:
    await make_topics(broker.bootstrap)
    transport = KafkaTransport(broker.bootstrap)
    place = Place(pool, transport, {})
    consumer, relay = place.consumer(Effects(pool)), Relay(pool, transport, "notify")
    keys = [uuid4() for _ in range(5)]
    async with running(consumer, relay):
        await write(pool, [numbered(n, key=keys[n % 5]) for n in range(50)])
        await eventually(lambda: _has(place, 50), within=30)
        broker.kill()
        for start in range(50, 150, 10):
            await write(pool, [numbered(n, key=keys[n % 5]) for n in range(start, start + 10)])
        await eventually(lambda: relay.oldest_age_seconds() > 1, within=30)
        assert consumer.trouble() is None  # not our illness
        await asyncio.to_thread(broker.start)
        await eventually(lambda: _has(place, 150), within=60)
    done = await place.effects()
    assert sorted(done) == list(range(150))
    for key in range(5):
        of_key = [number for number in done if number % 5 == key]
        assert of_key == sorted(of_key)


async def test_a_start_without_a_broker_waits_for_it(pool: asyncpg.Pool, broker: Broker) -> None:
    await make_topics(broker.bootstrap)
    broker.kill()
    transport = KafkaTransport(broker.bootstrap)
    place = Place(pool, transport, {})
    await write(pool, [numbered(1)])
    async with running(place.consumer(Effects(pool)), Relay(pool, transport, "notify")):
        await asyncio.to_thread(broker.start)
        await eventually(lambda: _has(place, 1), within=60)


async def test_a_stop_without_a_broker_is_bounded(pool: asyncpg.Pool, broker: Broker) -> None:
    await make_topics(broker.bootstrap)
    place = Place(pool, KafkaTransport(broker.bootstrap), {})
    consumer = place.consumer(Effects(pool))
    task = asyncio.create_task(consumer.run())
    await eventually(consumer.lanes, within=30)
    broker.kill()
    consumer.stop()
    async with asyncio.timeout(30):
        await task


async def write(pool: asyncpg.Pool, events: Sequence[Event]) -> None:
    async with transaction(pool, "notify.consume") as connection:
        await append(connection, events, source="/notify")


async def _has(place: Place, effects: int) -> bool:
    return len(await place.effects()) >= effects
