"""The transports that the suite runs over: the log in PostgreSQL, a mock cluster that speaks Kafka, the real broker."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest
from confluent_kafka import Producer

from shared.postgres.pool import open_pool
from shared.transport.kafka import KafkaTransport, make_topics
from shared.transport.postgres_log import PostgresLog
from tests.contract.transport.places import Place
from tests.support.brokers import BOOTSTRAP

KAFKA = pytest.param("kafka", marks=pytest.mark.kafka)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify") as pool:
        yield pool


@pytest.fixture
def mock_cluster() -> Iterator[str]:
    """librdkafka's own broker for tests: 4 partitions a topic, made on first sight, one member a group."""
    owner = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1})
    metadata = owner.list_topics(timeout=5)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in metadata.brokers.values())
    owner.flush(0)  # the cluster lives as long as its owner: it must not be collected before the test has ended


@pytest.fixture(params=["postgres_log", "mock", KAFKA])
async def any_place(request: pytest.FixtureRequest, pool: asyncpg.Pool, dsn: str) -> Place:
    """The mock cluster too: Kafka's protocol where no Java is at hand. It takes 3 s to form a group and forgets none for 10."""
    return await make_place(request, pool, dsn)


@pytest.fixture(params=["postgres_log", KAFKA])
async def place(request: pytest.FixtureRequest, pool: asyncpg.Pool, dsn: str) -> Place:
    return await make_place(request, pool, dsn)


@pytest.fixture(params=["postgres_log"])
async def log_place(request: pytest.FixtureRequest, pool: asyncpg.Pool, dsn: str) -> Place:
    """For what only the log in PostgreSQL has."""
    return await make_place(request, pool, dsn)


@pytest.fixture(params=[KAFKA])
async def kafka_place(request: pytest.FixtureRequest, pool: asyncpg.Pool, dsn: str) -> Place:
    """For what only Kafka does: many lanes, shared among the members."""
    return await make_place(request, pool, dsn)


async def make_place(request: pytest.FixtureRequest, pool: asyncpg.Pool, dsn: str) -> Place:
    if request.param == "postgres_log":
        return Place(pool, PostgresLog(pool), {"DSN": dsn})
    prefix = f"t{uuid4().hex[:12]}."
    if request.param == "kafka":
        await make_topics(BOOTSTRAP, prefix=prefix)
        return Place(pool, KafkaTransport(BOOTSTRAP, prefix=prefix), {"DSN": dsn, "KAFKA": BOOTSTRAP, "PREFIX": prefix})
    bootstrap = request.getfixturevalue("mock_cluster")
    return Place(pool, KafkaTransport(bootstrap, prefix=prefix), {})
