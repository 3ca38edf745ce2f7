"""From the event to the committed offer: ours against the textbook, on one PostgreSQL and one Kafka, and with the roster growing.

A round: people free again, the requests published, everything connected, all outside the clock; then the gate opens. Rates are
committed offers a second, counted in the tables.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import TypeVar
from uuid import uuid4

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from bench.city import CITY, put_people, requests
from bench.parts import real_kafka, real_postgres
from bench.peers.textbook_dispatch import SCHEMA, TextbookDispatcher, Wanted
from bench.rows import Row, compared, limited, told
from dispatch.consumer import EventHandler
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.events.envelope import Event, encode
from shared.events.registry import Topic
from shared.events.requests import RequestChanged
from shared.postgres.pool import open_pool
from shared.transport.consumer import Consumer
from shared.transport.dead_letters import DeadLetters
from shared.transport.kafka import KafkaTransport, make_topics

T = TypeVar("T")
RESPONDERS = 30_000
ROUNDS, JOBS = 6, 10_000  # ours: about 20 s
CAREFUL_ROUNDS, CAREFUL_JOBS = 3, 800  # about 20 s
AUTO_ROUNDS, AUTO_JOBS = 3, 4_000
SCALE_ROUNDS, SCALE_JOBS = 12, 450  # fewer than half of the smallest roster
SMALL, LARGE = 1_000, 100_000
OURS = "select count(*) from offers where status = 'pending'"
THEIRS = "select count(*) from textbook.offers where status = 'pending'"
LONGEST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Parts:
    dsn: str
    bootstrap: str


async def rows() -> list[Row]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # both sides run in this process
    async with real_postgres() as server, real_kafka() as bootstrap:
        dsn = await server.new_database(migrated=True)
        parts = Parts(dsn, bootstrap)
        await on_database(dsn, lambda connection: put_people(connection, RESPONDERS))
        await on_database(dsn, _put_textbook_people)
        ours = await _our_rate(parts, ROUNDS, JOBS)
        careful = await _textbook_rate(parts, CAREFUL_ROUNDS, CAREFUL_JOBS, careful=True)
        automatic = await _textbook_rate(parts, AUTO_ROUNDS, AUTO_JOBS, careful=False)
        few, many = await _scaled(parts, SMALL), await _scaled(parts, LARGE)
    return [
        compared("dispatch, event to committed offer, 30,000 responders, careful textbook (offers/s)", ours, careful, ">= 20"),
        compared(
            "dispatch, event to committed offer, 30,000 responders, auto-commit textbook (offers/s)", ours, automatic, ">= 4"
        ),
        limited("dispatch, time per offer with 100,000 responders by that with 1,000 (ratio)", few / many, "<= 1.3"),
        told("dispatch with 1,000 responders, rounds of 450 (offers/s)", few),
        told("dispatch with 100,000 responders, rounds of 450 (offers/s)", many),
    ]


async def _scaled(parts: Parts, responders: int) -> float:
    await on_database(parts.dsn, lambda connection: put_people(connection, responders))
    return await _our_rate(parts, SCALE_ROUNDS, SCALE_JOBS)


async def _our_rate(parts: Parts, rounds: int, jobs: int) -> float:
    """Median of the rounds, after one that only warms up."""
    rates = []
    async with _topics(parts.bootstrap) as prefix, open_pool(parts.dsn, schema="dispatch") as pool:
        gate = asyncio.Event()
        async with _our_consumer(pool, parts.bootstrap, prefix, gate) as matchers:
            for number in range(rounds + 1):
                await on_database(parts.dsn, _free_everybody)
                async with _matcher(pool, matchers):
                    await _publish(parts.bootstrap, prefix, requests(jobs, seed=number))
                    rates.append(await _timed(gate, jobs, lambda: pool.fetchval(OURS)))
    return median(rates[1:])


@asynccontextmanager
async def _our_consumer(pool: asyncpg.Pool, bootstrap: str, prefix: str, gate: asyncio.Event) -> AsyncIterator[list[Matcher]]:
    """The runner with dispatch's own handler; it yields where the matcher of a round is put."""
    matchers: list[Matcher] = []

    def wake() -> None:
        for matcher in matchers:
            matcher.wake()

    handler = EventHandler(pool, wake, lambda: matchers[0].planner if matchers else None)

    async def handle(events: Sequence[Event]) -> None:
        await gate.wait()
        await handler(events)

    source = KafkaTransport(bootstrap, prefix=prefix).source([Topic.REQUESTS], "dispatch")
    consumer = Consumer(source, handle, DeadLetters(pool), "dispatch")
    running = asyncio.create_task(consumer.run())
    try:
        yield matchers
    finally:
        consumer.stop()
        await running


@asynccontextmanager
async def _matcher(pool: asyncpg.Pool, matchers: list[Matcher]) -> AsyncIterator[None]:
    """A new one each round, so that it reads the freed roster; the reading is outside the clock."""
    matcher = Matcher(pool, CITY, policy=Policy(wave_size=1))
    running = asyncio.create_task(matcher.run())
    while not matcher.is_matching:  # noqa: ASYNC110 - a benchmark may look at its watch
        await asyncio.sleep(0.01)
    matchers[:] = [matcher]
    try:
        yield
    finally:
        matcher.stop()
        await running


async def _textbook_rate(parts: Parts, rounds: int, jobs: int, *, careful: bool) -> float:
    rates = []
    async with _topics(parts.bootstrap) as prefix, asyncpg.create_pool(parts.dsn, min_size=1, max_size=10) as pool:
        for number in range(rounds + 1):
            await on_database(parts.dsn, _free_textbook_people)
            await _publish(parts.bootstrap, prefix, requests(jobs, seed=number))
            consumer = AIOKafkaConsumer(
                prefix + Topic.REQUESTS,
                bootstrap_servers=parts.bootstrap,
                group_id="textbook",
                auto_offset_reset="earliest",
                enable_auto_commit=not careful,
            )
            async with consumer:
                rates.append(await _textbook_round(pool, consumer, jobs, careful=careful))
    return median(rates[1:])


async def _textbook_round(pool: asyncpg.Pool, consumer: AIOKafkaConsumer, jobs: int, *, careful: bool) -> float:
    await consumer.seek_to_committed()  # the group is joined and the fetch positions are known before the clock starts
    dispatcher = TextbookDispatcher(pool, consumer, _wanted, careful=careful)
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()
        await dispatcher.run()

    running = asyncio.create_task(work())
    rate = await _timed(gate, jobs, lambda: pool.fetchval(THEIRS))
    running.cancel()
    await asyncio.wait({running})
    if careful:
        await consumer.commit()
    return rate


async def _timed(gate: asyncio.Event, jobs: int, count: Callable[[], Awaitable[int]]) -> float:
    """Opens the gate and looks until all are there: committed offers a second."""
    await asyncio.sleep(0.5)  # what was published is fetched meanwhile, on both sides
    started = time.perf_counter()
    gate.set()
    while (found := await count()) < jobs:
        if time.perf_counter() - started > LONGEST_SECONDS:
            raise AssertionError(f"only {found} of {jobs} offers after {LONGEST_SECONDS} s")
        await asyncio.sleep(max(0.005, (time.perf_counter() - started) * 0.02))  # counting must not become the work
    taken = time.perf_counter() - started
    gate.clear()
    return jobs / taken


@asynccontextmanager
async def _topics(bootstrap: str) -> AsyncIterator[str]:
    """A set of topics of its own, by their prefix; deleted afterwards."""
    prefix = f"bench-{uuid4().hex[:8]}."
    await make_topics(bootstrap, prefix=prefix)
    try:
        yield prefix
    finally:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        await admin.delete_topics([prefix + topic for topic in Topic])
        await admin.close()


async def _publish(bootstrap: str, prefix: str, events: Sequence[Event]) -> None:
    publisher = KafkaTransport(bootstrap, prefix=prefix).publisher()
    await publisher.open()
    await publisher.publish([encode(event, source="/intake") for event in events])
    await publisher.close()


def _wanted(value: bytes) -> Wanted:
    """The same model as ours."""
    request = RequestChanged.model_validate_json(value).request
    if request.place is None:
        raise AssertionError("every request of the benchmark has a place")
    return Wanted(request.request_id, request.priority, request.skills, request.place.lat, request.place.lon)


async def on_database(dsn: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    connection = await asyncpg.connect(dsn, timeout=30, command_timeout=300)
    try:
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_json, decoder=orjson.loads)
        return await work(connection)
    finally:
        await connection.close()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


async def _free_everybody(connection: asyncpg.Connection) -> None:
    """Offers end, people are idle again. What was written stays: real tables are not empty."""
    await connection.execute("update dispatch.offers set status = 'withdrawn', ended_at = now() where status = 'pending'")
    await connection.execute("delete from dispatch.timers")
    await connection.execute("truncate dispatch.allowances")
    await connection.execute(
        "update dispatch.responders set offers_made = 0, last_offered_at = null where last_offered_at is not null"
    )
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")


async def _put_textbook_people(connection: asyncpg.Connection) -> None:
    await connection.execute(SCHEMA)
    await connection.execute(
        """insert into textbook.responders (id, place, skills, shift, capacity)
           select one.id, st_point(home_lon, home_lat)::geography, skills, tstzrange(starts_at, ends_at), capacity
           from dispatch.responders one join dispatch.shifts on responder_id = one.id"""
    )
    await connection.execute("vacuum analyze textbook.responders")


async def _free_textbook_people(connection: asyncpg.Connection) -> None:
    await connection.execute("update textbook.offers set status = 'withdrawn' where status = 'pending'")
    await connection.execute("update textbook.responders set pending = false where pending")
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")
