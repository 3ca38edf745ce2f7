"""Sending to Kafka: idempotent, all replicas, and per publish at most one batch of a partition under way.

One batch a partition at a time is what keeps the order of a key when a send fails: nothing later of that partition has gone.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Final
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.errors import DependencyDown
from shared.events.envelope import Record

KAFKA: Final = "Kafka"
START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 5.0
BATCH_BYTES: Final = 900 * 1024  # below the broker's limit of 1 MiB for a batch; a body has at most 256 KiB


class KafkaPublisher:
    def __init__(self, bootstrap: str, *, prefix: str = "") -> None:
        self._prefix = prefix
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            linger_ms=0,
        )
        self._partitions: dict[str, int] = {}

    async def open(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._producer.start()
        except (KafkaError, OSError) as error:
            raise DependencyDown(KAFKA) from error

    async def publish(self, records: Sequence[Record]) -> None:
        """No time-out: the caller goes on only when it knows. An error means start over with a new producer (law 4)."""
        try:
            lanes: dict[tuple[str, int], list[Record]] = {}
            for record in records:
                topic = self._prefix + record.topic
                partition = _partition(record.key, await self._partitions_of(topic))
                lanes.setdefault((topic, partition), []).append(record)
            sends = [self._send(topic, partition, lane) for (topic, partition), lane in lanes.items()]
            await (sends[0] if len(sends) == 1 else _all(sends))
        except (KafkaError, OSError) as error:
            raise DependencyDown(KAFKA) from error
        except ExceptionGroup as errors:
            _, unknown = errors.split((KafkaError, OSError))
            raise unknown or DependencyDown(KAFKA) from errors

    async def close(self) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._producer.stop()
        except (KafkaError, OSError):
            await self.abandon()

    async def abandon(self) -> None:
        """Connections first: what the sender still holds has no way out any more."""
        with suppress(KafkaError, OSError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._producer.client.close()
                # aiokafka has no "stop without flush": its own stop() would wait for a broker that is away.
                sender = self._producer._sender  # noqa: SLF001
                if sender is not None and sender.sender_task is not None:
                    sender.sender_task.cancel()
                    await asyncio.wait({sender.sender_task})
                self._producer._closed = True  # noqa: SLF001

    async def _send(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        for batch in self._batches(records):
            await (await self._producer.send_batch(batch, topic, partition=partition))

    def _batches(self, records: Sequence[Record]) -> Iterable[BatchBuilder]:
        batch = self._producer.create_batch()
        for record in records:
            if not self._added(batch, record):
                yield batch
                batch = self._producer.create_batch()
                self._added(batch, record)
        yield batch

    @staticmethod
    def _added(batch: BatchBuilder, record: Record) -> bool:
        added = batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers))
        return added is not None

    async def _partitions_of(self, topic: str) -> int:
        if topic not in self._partitions:
            self._partitions[topic] = len(await self._producer.partitions_for(topic))
        return self._partitions[topic]


async def _all(sends: Iterable[Coroutine[None, None, None]]) -> None:
    async with asyncio.TaskGroup() as group:
        for send in sends:
            group.create_task(send)


def _partition(key: bytes, partitions: int) -> int:
    """CRC-32, as librdkafka's `consistent` partitioner: in C, where aiokafka's murmur2 is 10 µs of Python a key."""
    return crc32(key) % partitions
