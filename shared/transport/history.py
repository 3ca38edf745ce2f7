"""All that a transport still has of some topics, once, from the oldest record to what was its end when asked: for proofs.

Read as nobody's group, so that nothing is acknowledged and no lane is taken from anybody. Both transports, one shape: batches.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Final

import asyncpg

from shared.errors import DependencyDown
from shared.events.envelope import Record
from shared.events.registry import PARTITIONS, Topic
from shared.transport.postgres_log import record_of
from shared.transport.queries import QUERIES

AT_ONCE: Final = 500
PATIENCE_SECONDS: Final = 30.0  # for one answer of the broker

History = AsyncIterator[Sequence[Record]]


async def of_postgres(connection: asyncpg.Connection, topics: Collection[Topic]) -> History:
    """The connection's search_path leads to schema transport."""
    names = sorted(topic.value for topic in topics)
    ends = {row["topic"]: row["next_seq"] for row in await connection.fetch(QUERIES["log_ends"], names)}
    at = dict.fromkeys(names, 0)
    while True:
        rows = await connection.fetch(QUERIES["read_log"], names, [at[name] for name in names], AT_ONCE)
        records = [record_of(row) for row in rows if row["seq"] < ends[row["topic"]]]
        if not records:
            return
        at |= {record.topic.value: record.offset + 1 for record in records}
        yield records


async def of_kafka(bootstrap: str, topics: Collection[Topic], *, prefix: str = "") -> History:
    """Raises DependencyDown."""
    from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: PLC0415 - whoever runs without Kafka starts without its library
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - same

    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    lanes = [TopicPartition(prefix + topic, number) for topic in sorted(topics) for number in range(PARTITIONS)]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await consumer.start()
        consumer.assign(lanes)
        async for records in _to_the_end(consumer, lanes, prefix):
            yield records
    except (KafkaError, OSError, TimeoutError) as error:
        raise DependencyDown("Kafka") from error
    finally:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await consumer.stop()


async def _to_the_end(consumer: Any, lanes: Sequence[Any], prefix: str) -> History:
    from shared.transport.kafka_source import record_of as record_of_kafka  # noqa: PLC0415 - same
    from shared.transport.port import Lane  # noqa: PLC0415 - same

    async with asyncio.timeout(PATIENCE_SECONDS):
        begins, ends = await consumer.beginning_offsets(lanes), await consumer.end_offsets(lanes)
    left = {lane: ends[lane] for lane in lanes if begins[lane] < ends[lane]}
    consumer.pause(*(lane for lane in lanes if lane not in left))
    while left:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = await consumer.getmany(*left, timeout_ms=1000, max_records=AT_ONCE)
        for lane, messages in found.items():
            ours = Lane(Topic(lane.topic.removeprefix(prefix)), lane.partition)
            records = [record_of_kafka(ours, message) for message in messages if message.offset < left[lane]]
            if records:
                yield records
            if messages and messages[-1].offset + 1 >= left[lane]:
                del left[lane]
                consumer.pause(lane)
