"""Reading from Kafka as one member of a group. Every call of aiokafka that can hang has our own bound around it (law 8)."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.errors import DependencyDown
from shared.events.envelope import Record
from shared.events.registry import Topic
from shared.transport.fetch_session import use_sessions
from shared.transport.fetching import FetchPace, set_patience
from shared.transport.port import Lane, LaneListener, LaneLost

KAFKA: Final = "Kafka"
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
ACK_SECONDS: Final = 10.0
LAG_SECONDS: Final = 5.0
SESSION_SECONDS: Final = 10.0  # a killed member is noticed after this
REBALANCE_SECONDS: Final = 45.0  # longer than a consumer drains and cancels (ConsumerPolicy)


class KafkaSource:
    def __init__(
        self,
        bootstrap: str,
        topics: Collection[Topic],
        group: str,
        *,
        prefix: str = "",
        hurried: bool = True,
        instance: str | None = None,
    ) -> None:
        self._instance = instance
        self._pace = FetchPace(hurried=hurried)
        self._bootstrap = bootstrap
        self._topics = sorted(topics)
        self._group = prefix + group
        self._prefix = prefix
        self._consumer: AIOKafkaConsumer | None = None

    async def open(self, listener: LaneListener) -> None:
        consumer = self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=self._group,
            group_instance_id=self._instance,
            enable_auto_commit=False,  # the default would acknowledge what nobody has done yet
            auto_offset_reset="earliest",  # the default would skip what came before the group was first seen
            fetch_max_wait_ms=self._pace.patience.wait_ms,
            fetch_min_bytes=self._pace.patience.least_bytes,
            session_timeout_ms=int(SESSION_SECONDS * 1000),
            heartbeat_interval_ms=3000,
            rebalance_timeout_ms=int(REBALANCE_SECONDS * 1000),
            max_poll_interval_ms=300_000,
        )
        use_sessions(consumer)
        consumer.subscribe(topics=[self._prefix + topic for topic in self._topics], listener=_Rebalance(self, listener))
        try:
            async with asyncio.timeout(START_SECONDS):
                await consumer.start()
        except (KafkaError, OSError) as error:
            raise DependencyDown(KAFKA) from error

    async def poll(self, seconds: float) -> Mapping[Lane, Sequence[Record]]:
        """Takes all that is buffered of a lane: aiokafka drops and fetches again what is left of a paused one."""
        try:
            async with asyncio.timeout(seconds + 1.0):  # getmany waits without bound while a rebalance runs
                found = await self._open_consumer().getmany(timeout_ms=int(seconds * 1000))
        except TimeoutError:
            return {}
        except KafkaError as error:
            raise DependencyDown(KAFKA) from error
        if self._pace.answered(time.monotonic(), events=bool(found)):
            set_patience(self._consumer, self._pace.patience)
        batches = {}
        for partition, messages in found.items():
            lane = self.lane(partition)
            batches[lane] = [record_of(lane, message) for message in messages]
        return batches

    def pause(self, lane: Lane) -> None:
        self._if_assigned("pause", lane)

    def resume(self, lane: Lane) -> None:
        self._if_assigned("resume", lane)

    async def acknowledge(self, next_offsets: Mapping[Lane, int]) -> None:
        offsets = {self.partition(lane): next_offset for lane, next_offset in next_offsets.items()}
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await self._open_consumer().commit(offsets)
        except (CommitFailedError, IllegalStateError):
            raise LaneLost(f"{', '.join(map(str, next_offsets))} is not ours any more") from None
        except (KafkaError, OSError) as error:
            raise DependencyDown(KAFKA) from error

    async def lag(self) -> Mapping[Lane, int]:
        consumer = self._open_consumer()
        partitions = list(consumer.assignment())
        if not partitions:
            return {}
        try:
            async with asyncio.timeout(LAG_SECONDS):
                ends = await consumer.end_offsets(partitions)
                return {self.lane(partition): end - await consumer.position(partition) for partition, end in ends.items()}
        except IllegalStateError:
            return {}  # a rebalance came in between
        except (KafkaError, OSError) as error:
            raise DependencyDown(KAFKA) from error

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await _stopped(consumer)
        except (KafkaError, OSError):
            return  # the broker notices by itself, after the session time-out

    def lane(self, partition: TopicPartition) -> Lane:
        return Lane(Topic(partition.topic.removeprefix(self._prefix)), partition.partition)

    def partition(self, lane: Lane) -> TopicPartition:
        return TopicPartition(self._prefix + lane.topic, lane.partition)

    def _open_consumer(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise DependencyDown(KAFKA)
        return self._consumer

    def _if_assigned(self, what: str, lane: Lane) -> None:
        """A lane that a rebalance took in this instant needs neither."""
        try:
            getattr(self._open_consumer(), what)(self.partition(lane))
        except IllegalStateError:
            return


async def _stopped(consumer: AIOKafkaConsumer) -> None:
    """aiokafka's stop cancels its fetch; one that waits after a failure just then lets the cancel out, past the rest of stop."""
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise  # it was meant for us
        await consumer._client.close()  # noqa: SLF001 - what stop() had still to do


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, source: KafkaSource, listener: LaneListener) -> None:
        self._source = source
        self._listener = listener

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._listener.lanes_revoked([self._source.lane(partition) for partition in revoked])

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._listener.lanes_assigned([self._source.lane(partition) for partition in assigned])


def record_of(lane: Lane, message: Any) -> Record:
    """Anybody may have written it: a record without key or value is one all the same, and decode says what is wrong with it."""
    return Record(
        topic=lane.topic,
        key=message.key or b"",
        headers=tuple((name, value or b"") for name, value in message.headers),
        value=message.value or b"",
        partition=lane.partition,
        offset=message.offset,
    )
