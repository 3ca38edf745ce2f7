"""How the events of a town travel, seen from outside: all that was ever said, and how far everybody has read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

import dispatch.consumer
import notify.groups
from shared.events.registry import PARTITIONS, Topic
from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.journal import CONTEXTS, Entry, read_log, read_topics
from tests.support.town import Town

GROUPS = ("intake", *(group for group, *_ in (*dispatch.consumer.READING, *notify.groups.READING)))


class Wire(Protocol):
    async def entries(self) -> list[Entry]: ...

    async def rewind(self) -> None:
        """Everybody will begin at the beginning. Nobody may be reading."""

    async def unread(self) -> int:
        """How many places there are where somebody has not come to the end."""


def wire_of(town: Town) -> Wire:
    bootstrap = town.settings.get("TECHRESCUE_KAFKA_BOOTSTRAP")
    if bootstrap:
        return _Kafka(bootstrap, town.settings.get("TECHRESCUE_KAFKA_PREFIX", ""))
    return _Log(start_embedded(town.home).dsn)


@dataclass(frozen=True)
class _Log:
    dsn: str

    async def entries(self) -> list[Entry]:
        return await read_log(self.dsn)

    async def rewind(self) -> None:
        for context in CONTEXTS:
            await self._ask(f"update {context}.checkpoints set next_offset = 0")

    async def unread(self) -> int:
        behind = "checkpoints join transport.log_heads using (topic) where next_offset < next_seq"
        return sum([await self._ask(f"select count(*) from {context}.{behind}") or 0 for context in CONTEXTS])

    async def _ask(self, statement: str) -> int | None:
        connection = await asyncpg.connect(self.dsn)
        try:
            found: int | None = await connection.fetchval(statement)
            return found
        finally:
            await connection.close()


@dataclass(frozen=True)
class _Kafka:
    bootstrap: str
    prefix: str

    async def entries(self) -> list[Entry]:
        return await read_topics(self.bootstrap, self.prefix)

    async def rewind(self) -> None:
        for name in GROUPS:
            async with self._group(name) as group:
                read = await self._read(group)

                async def forgotten(group: AIOKafkaConsumer = group, read: dict[TopicPartition, int] = read) -> bool:
                    try:
                        await group.commit(dict.fromkeys(read, 0))
                    except KafkaError:
                        return False  # the broker waits for the member that stopped until its session is over
                    return True

                await eventually(forgotten, 60, what=f"{name} is sent back")

    async def unread(self) -> int:
        behind = 0
        for name in GROUPS:
            async with self._group(name) as group:
                read = await self._read(group)
                ends = await group.end_offsets(list(read))
                behind += sum(place < ends[lane] for lane, place in read.items())
        return behind

    async def _read(self, group: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Where they are in each lane that they read, and that anything came through."""
        read = {lane: await group.committed(lane) for lane in group.assignment()}
        return {lane: place for lane, place in read.items() if place is not None}

    @asynccontextmanager
    async def _group(self, name: str) -> AsyncIterator[AIOKafkaConsumer]:
        """Looks at a group, and is no member of it."""
        group = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=f"{self.prefix}{name}", enable_auto_commit=False)
        group.assign([TopicPartition(self.prefix + topic, lane) for topic in Topic for lane in range(PARTITIONS)])
        await group.start()
        try:
            yield group
        finally:
            await group.stop()
