"""Outbox and relay on a real PostgreSQL: nothing is lost, the order holds, whatever goes wrong in between (laws 1, 3, 4)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from shared.errors import DependencyDown
from shared.events.envelope import Event, Record, decode, encode
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.transport.outbox import append
from shared.transport.owned import Ownership
from shared.transport.relay import Relay, RelayPolicy
from tests.support.databases import execute
from tests.support.events import numbered, numbers_of
from tests.support.eventually import eventually
from tests.support.running import running

KILL_LOCK_HOLDERS = """
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())
"""
QUICK = RelayPolicy(owner_seconds=0.05, idle_seconds=0.02)


class RecordingTransport:
    """Keeps what was published; `fail` says how many publishes from now on fail, after half of the records have arrived."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.publishes = 0
        self.fail = 0
        self.publishers = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def publisher(self) -> "RecordingPublisher":
        self.publishers += 1
        return RecordingPublisher(self)

    def source(self, topics: object, group: str) -> object:
        raise NotImplementedError("a relay only publishes; one that reads is broken")

    @property
    def events(self) -> list[Event]:
        return [decode(record) for record in self.records]


class RecordingPublisher:
    def __init__(self, transport: RecordingTransport) -> None:
        self._transport = transport
        self.abandoned = False

    async def open(self) -> None:
        pass

    async def publish(self, records: Sequence[Record]) -> None:
        await self._transport.gate.wait()
        assert not self.abandoned
        if self._transport.fail:
            self._transport.fail -= 1
            self._transport.records += records[: len(records) // 2]
            raise DependencyDown("Kafka")
        self._transport.records += records
        self._transport.publishes += 1

    async def close(self) -> None:
        pass

    async def abandon(self) -> None:
        self.abandoned = True


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


async def write(pool: asyncpg.Pool, events: Sequence[Event]) -> None:
    async with transaction(pool, "notify.consume") as connection:
        await append(connection, events, source="/notify")


async def unpublished(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("select count(*) from unpublished"))


async def test_appended_events_keep_their_order(pool: asyncpg.Pool) -> None:
    await write(pool, [numbered(n) for n in range(500)])
    rows = await pool.fetch("select version from outbox order by id")
    assert [row["version"] - 1 for row in rows] == list(range(500))


async def test_nothing_is_appended_when_the_transaction_fails(pool: asyncpg.Pool) -> None:
    async def fail_after_append() -> None:
        async with transaction(pool, "notify.consume") as connection:
            await append(connection, [numbered(1)], source="/notify")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail_after_append()
    assert await unpublished(pool) == 0


async def test_a_body_over_256_kib_is_refused(pool: asyncpg.Pool) -> None:
    big = numbered(1)
    big = Event(
        type=big.type,
        subject=big.subject,
        version=1,
        key=big.key,
        time=big.time,
        body=big.body.model_copy(update={"purpose": "x" * 262_144}),
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await write(pool, [big])


async def test_the_relay_publishes_what_encode_would_make(pool: asyncpg.Pool) -> None:
    transport, event = RecordingTransport(), numbered(7)
    await write(pool, [event])
    async with running(Relay(pool, transport, "notify", QUICK)):
        await eventually(lambda: transport.records)
    assert transport.records == [encode(event, source="/notify")]
    assert await unpublished(pool) == 0


async def test_a_failing_publisher_loses_nothing_and_keeps_the_order(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    transport.fail = 3
    await write(pool, [numbered(n) for n in range(40)])
    async with running(Relay(pool, transport, "notify", QUICK)):
        await eventually(lambda: none_left(pool))
    assert list(dict.fromkeys(numbers_of(transport.events))) == list(range(40))
    assert transport.publishers == 4  # never a used producer again


async def test_a_row_committed_late_with_a_low_id_is_published(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    async with running(Relay(pool, transport, "notify", QUICK)):
        async with transaction(pool, "notify.consume") as slow:
            await append(slow, [numbered(1)], source="/notify")
            await write(pool, [numbered(2)])
            await eventually(lambda: numbers_of(transport.events) == [2])
        await eventually(lambda: numbers_of(transport.events) == [2, 1])


async def test_what_is_committed_late_is_found_by_another_owner_too_a_batch_at_a_time(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    async with transaction(pool, "notify.consume") as slow:
        await append(slow, [numbered(n) for n in range(25)], source="/notify")
        await write(pool, [numbered(99)])
        async with running(Relay(pool, transport, "notify", QUICK)):
            await eventually(lambda: numbers_of(transport.events) == [99])
    assert await unpublished(pool) == 25
    async with running(Relay(pool, transport, "notify", replace(QUICK, batch=10))):
        await write(pool, [numbered(100)])
        await eventually(lambda: none_left(pool))
    assert numbers_of(transport.events) == [99, *range(25), 100]
    assert await pool.fetchval("select but_for::text from publishing") == "{}"


async def test_two_relays_never_publish_side_by_side(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    async with running(Relay(pool, transport, "notify", QUICK), Relay(pool, transport, "notify", QUICK)):
        for n in range(50):
            await write(pool, [numbered(n)])
        await eventually(lambda: none_left(pool))
    assert numbers_of(transport.events) == list(range(50))
    assert transport.publishers <= 2


async def test_another_relay_takes_over_when_the_lock_connection_dies(pool: asyncpg.Pool, dsn: str) -> None:
    transport = RecordingTransport()
    transport.gate.clear()
    await write(pool, [numbered(n) for n in range(10)])
    async with running(Relay(pool, transport, "notify", QUICK), Relay(pool, transport, "notify", QUICK)):
        await eventually(lambda: transport.publishers == 1)
        await execute(dsn, KILL_LOCK_HOLDERS)
        await eventually(lambda: transport.publishers >= 2)
        transport.gate.set()
        await eventually(lambda: none_left(pool))
    assert list(dict.fromkeys(numbers_of(transport.events))) == list(range(10))


async def test_who_asks_on_a_connection_that_the_pool_has_taken_back_owns_nothing(pool: asyncpg.Pool) -> None:
    """As the pool does with one that broke, a moment before its listeners hear of it: an outage, not a mistake of ours."""
    connection = await pool.acquire()
    ownership = Ownership(connection)
    await pool.release(connection)
    with pytest.raises(DependencyDown):
        await ownership.ask("select 1")


async def test_the_age_of_the_oldest_event_grows_while_the_transport_hangs(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    transport.gate.clear()
    relay = Relay(pool, transport, "notify", QUICK)
    await write(pool, [numbered(1)])
    async with running(relay):
        await eventually(lambda: relay.oldest_age_seconds() > 0.2)
        transport.gate.set()
        await eventually(lambda: relay.oldest_age_seconds() == 0.0)


async def test_stopping_publishes_what_is_left(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", RelayPolicy(batch=10, idle_seconds=5, busy_seconds=5))
    async with running(relay):
        await eventually(lambda: transport.publishers == 1)
        await write(pool, [numbered(n, key=uuid4()) for n in range(35)])
    assert numbers_of(transport.events) == list(range(35))


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(RelayPolicy(storm_rate=150, storm_seconds=3600), id="storm"),
        pytest.param(RelayPolicy(storm_seconds=0, flood_rate=150, flood_seconds=3600), id="flood"),
    ],
)
async def test_in_a_storm_and_in_a_flood_events_are_gathered_and_a_stop_waits_for_nothing(
    pool: asyncpg.Pool, policy: RelayPolicy
) -> None:
    transport = RecordingTransport()
    relay = Relay(pool, transport, "notify", policy)
    async with running(relay):
        await write(pool, [numbered(n) for n in range(200)])
        relay.wake()
        await eventually(lambda: transport.publishes == 1)
        for n in range(200, 220):
            await write(pool, [numbered(n)])
            relay.wake()
    assert transport.publishes == 2
    assert numbers_of(transport.events) == list(range(220))


async def test_while_others_write_who_cannot_ring_looks_come_closer_together(pool: asyncpg.Pool) -> None:
    transport = RecordingTransport()
    often = RelayPolicy(idle_seconds=3600, busy_seconds=0.01, busy_for_seconds=3600, unrung_seconds=0)
    await write(pool, [numbered(1)])
    async with running(Relay(pool, transport, "notify", often)):
        await eventually(lambda: numbers_of(transport.events) == [1])
        await write(pool, [numbered(2)])
        await eventually(lambda: none_left(pool))
        assert numbers_of(transport.events) == [1, 2]


async def none_left(pool: asyncpg.Pool) -> bool:
    return await unpublished(pool) == 0
