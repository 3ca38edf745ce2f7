"""The consumer runner against a bare aiokafka loop, inbox off on both sides; and how much one relay publishes to Kafka."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from uuid import uuid4

import asyncpg

from bench import city, parts
from bench.peers.bare_consumer import consume
from bench.rows import Row, compared, limited
from shared.events.envelope import Event
from shared.events.registry import Topic
from shared.lifecycle import tame_collector
from shared.postgres.pool import open_pool
from shared.transport.consumer import Consumer
from shared.transport.dead_letters import DeadLetters
from shared.transport.kafka import KafkaTransport, make_topics
from shared.transport.outbox import append
from shared.transport.relay import Relay

EVENTS = 60_000
BATCH = 1000


async def rows() -> list[Row]:
    tame_collector()  # both sides run in this process
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres:
        dsn = await postgres.new_database(migrated=True)
        prefix = f"{uuid4().hex[:8]}."
        await make_topics(bootstrap, prefix=prefix)
        transport = KafkaTransport(bootstrap, prefix=prefix)
        async with open_pool(dsn, schema="intake") as pool:
            relayed = await _relayed(pool, transport)
            bare = await _timed(consume(bootstrap, prefix + Topic.REQUESTS, EVENTS))
            ours = await _timed(_consumed(pool, transport))
    return [
        compared("transport: events per second through the runner, against a bare loop", EVENTS / ours, EVENTS / bare, ">= 0.4"),
        limited("transport: events per second published by one relay", EVENTS / relayed, ">= 10000"),
    ]


async def _relayed(pool: asyncpg.Pool, transport: KafkaTransport) -> float:
    """Seconds until an outbox of EVENTS rows is marked as published."""
    await _fill(pool, city.requests(EVENTS, seed=1))
    relay = Relay(pool, transport, "intake")
    started = time.perf_counter()
    task = asyncio.create_task(relay.run())
    while await pool.fetchval("select exists (select from unpublished)"):  # noqa: ASYNC110 - rows, no event
        await asyncio.sleep(0.05)
    elapsed = time.perf_counter() - started
    relay.stop()
    await task
    return elapsed


async def _fill(pool: asyncpg.Pool, events: Sequence[Event]) -> None:
    for start in range(0, len(events), BATCH):
        async with pool.acquire() as connection:
            await append(connection, events[start : start + BATCH], source="/intake")


async def _consumed(pool: asyncpg.Pool, transport: KafkaTransport) -> None:
    seen, done = 0, asyncio.Event()

    async def handle(events: Sequence[Event]) -> None:
        nonlocal seen
        seen += len(events)
        if seen >= EVENTS:
            done.set()

    consumer = Consumer(transport.source([Topic.REQUESTS], "bench"), handle, DeadLetters(pool), "intake")
    task = asyncio.create_task(consumer.run())
    await done.wait()
    consumer.stop()
    await task


async def _timed(work: Awaitable[None]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started
