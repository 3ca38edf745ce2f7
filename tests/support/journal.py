"""What stands in the topics, against what the outboxes say was said: everything, and in order per key."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events.registry import PARTITIONS, Topic

CONTEXTS: Final = ("intake", "dispatch", "notify")


@dataclass(frozen=True, slots=True)
class Entry:
    topic: str
    key: str
    event_id: str
    source: str
    body: bytes


async def read_topics(bootstrap: str, prefix: str) -> list[Entry]:
    """Each partition from its beginning to where it ends now."""
    lanes = [TopicPartition(prefix + topic, lane) for topic in Topic for lane in range(PARTITIONS)]
    entries: list[Entry] = []
    async with _reader(bootstrap, lanes) as consumer:
        ends = await consumer.end_offsets(lanes)
        left = {lane for lane in lanes if ends[lane] > 0}
        while left:
            for lane, records in (await consumer.getmany(timeout_ms=1000)).items():
                for record in records:
                    headers = {name: value.decode() for name, value in record.headers}
                    topic = record.topic.removeprefix(prefix)
                    entries.append(Entry(topic, record.key.decode(), headers["ce_id"], headers["ce_source"], record.value))
                if await consumer.position(lane) >= ends[lane]:
                    left.discard(lane)
    return entries


async def read_log(dsn: str) -> list[Entry]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "select topic, key, event_id::text, headers::text as headers, body from transport.log order by topic, seq"
        )
    finally:
        await connection.close()
    return [Entry(row["topic"], row["key"], row["event_id"], row["headers"], row["body"]) for row in rows]


async def all_of_it_in_order(dsn: str, entries: Sequence[Entry]) -> int:
    """How many events there are. A record that came twice counts where it came first: the inbox drops the other."""
    connection, events = await asyncpg.connect(dsn), 0
    try:
        for context in CONTEXTS:
            said: dict[tuple[str, str], list[str]] = defaultdict(list)
            for row in await connection.fetch(f"select topic, key, event_id::text from {context}.outbox order by id"):
                said[row["topic"], row["key"]].append(row["event_id"])
                events += 1
            heard: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
            for entry in entries:
                if entry.source == f"/{context}":
                    heard[entry.topic, entry.key][entry.event_id] = None
            assert {lane: list(ids) for lane, ids in heard.items()} == said, context
    finally:
        await connection.close()
    return events


@asynccontextmanager
async def _reader(bootstrap: str, lanes: Sequence[TopicPartition]) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    async with asyncio.timeout(60):
        await consumer.start()
    try:
        consumer.assign(list(lanes))
        yield consumer
    finally:
        await consumer.stop()
