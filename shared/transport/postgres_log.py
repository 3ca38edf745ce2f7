"""The transport of the embedded profile: a log in PostgreSQL, one lane a topic, gapless, durable, for one machine.

A reader keeps its checkpoint in its own schema. One member of a group reads, by an advisory lock; another stands by.
Same envelope and same rules as Kafka: the contract suite holds both to them.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

import asyncpg
import orjson

from shared.crash import crash_point
from shared.errors import DependencyDown, Transient
from shared.events.envelope import Record
from shared.events.registry import Topic
from shared.pacing import Bell
from shared.postgres.failures import POSTGRES
from shared.postgres.transaction import reading, transaction
from shared.transport.owned import Ownership, try_to_own
from shared.transport.port import Lane, LaneListener, LaneLost
from shared.transport.queries import QUERIES

PARTITION: Final = 0
PER_READ: Final = 500  # records of a topic
LOOK_SECONDS: Final = 0.05  # between looks, in case another process has published
STAND_BY_SECONDS: Final = 0.25
CLASHES: Final = 10  # two relays that append at once are told to try again; more often than this means something else


class Bells:
    """Wakes the readers of this process when one of its relays has published. Contexts in one process share one."""

    def __init__(self) -> None:
        self._bells: set[Bell] = set()

    def hang(self, bell: Bell) -> None:
        self._bells.add(bell)

    def take_down(self, bell: Bell) -> None:
        self._bells.discard(bell)

    def ring(self) -> None:
        for bell in self._bells:
            bell.ring()


class PostgresLog:
    """`pool` is the context's own: it appends and keeps its checkpoints through it."""

    def __init__(self, pool: asyncpg.Pool, bells: Bells | None = None) -> None:
        self._pool = pool
        self._bells = bells or Bells()

    def publisher(self) -> "PostgresLogPublisher":
        return PostgresLogPublisher(self._pool, self._bells)

    def source(self, topics: Collection[Topic], group: str, *, hurried: bool = True) -> "PostgresLogSource":  # noqa: ARG002 - a bell rings anyway
        return PostgresLogSource(self._pool, topics, group, self._bells)


class PostgresLogPublisher:
    def __init__(self, pool: asyncpg.Pool, bells: Bells) -> None:
        self._pool = pool
        self._bells = bells

    async def open(self) -> None:
        """Nothing to open: the pool is there."""

    async def publish(self, records: Sequence[Record]) -> None:
        """All or none, in one transaction."""
        for _ in range(CLASHES):
            try:
                await self._append(records)
            except Transient:
                continue
            self._bells.ring()
            return
        raise DependencyDown(POSTGRES)

    async def _append(self, records: Sequence[Record]) -> None:
        async with transaction(self._pool, "log.append") as connection:
            await connection.execute(QUERIES["lock_log_heads"], sorted({record.topic.value for record in records}))
            await connection.execute(
                QUERIES["append_log"],
                [record.topic.value for record in records],
                [record.header("ce_id") for record in records],
                [record.key.decode() for record in records],
                # As text: a list of lists would be taken for an array of two dimensions.
                [orjson.dumps([[name, value.decode()] for name, value in record.headers]) for record in records],
                [record.value for record in records],
            )

    async def close(self) -> None:
        """Nothing is buffered."""

    async def abandon(self) -> None:
        """Nothing is buffered."""


class PostgresLogSource:
    """Owns all lanes of its group, or none."""

    def __init__(self, pool: asyncpg.Pool, topics: Collection[Topic], group: str, bells: Bells) -> None:
        self._pool = pool
        self._lanes = [Lane(topic, PARTITION) for topic in sorted(topics)]
        self._group = group
        self._bells = bells
        self._bell = Bell()
        self._stack = AsyncExitStack()
        self._owned: Ownership | None = None
        self._positions: dict[Lane, int] = {}
        self._paused: set[Lane] = set()
        self._listener: LaneListener | None = None

    async def open(self, listener: LaneListener) -> None:
        self._listener = listener
        self._bells.hang(self._bell)

    async def poll(self, seconds: float) -> Mapping[Lane, Sequence[Record]]:
        """Raises DependencyDown when the session of the lock is gone: another member may own the lanes by now."""
        if self._owned is None and not await self._own():
            await self._bell.wait(min(seconds, STAND_BY_SECONDS))
            return {}
        until = time.monotonic() + seconds
        while True:
            if self._owned is None or self._owned.lost.is_set():
                raise DependencyDown(POSTGRES)
            found = await self._read()
            left = until - time.monotonic()
            if found or left <= 0:
                return found
            await self._bell.wait(min(left, LOOK_SECONDS))

    def pause(self, lane: Lane) -> None:
        self._paused.add(lane)

    def resume(self, lane: Lane) -> None:
        self._paused.discard(lane)
        self._bell.ring()

    async def acknowledge(self, next_offsets: Mapping[Lane, int]) -> None:
        """In the session of the lock: whoever lost the lanes cannot move their checkpoints."""
        if self._owned is None or self._owned.lost.is_set():
            raise LaneLost("the lanes are not ours any more")
        topics = [lane.topic.value for lane in next_offsets]
        crash_point("log.checkpoint", "before")
        await self._owned.ask(QUERIES["save_checkpoints"], topics, list(next_offsets.values()), self._group)
        crash_point("log.checkpoint", "after")

    async def lag(self) -> Mapping[Lane, int]:
        lanes = list(self._positions)
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["log_ends"], [lane.topic.value for lane in lanes])
        ends = {row["topic"]: row["next_seq"] for row in rows}
        return {lane: ends[lane.topic] - self._positions.get(lane, 0) for lane in lanes}

    async def close(self) -> None:
        self._bells.take_down(self._bell)
        await self._stack.aclose()
        self._owned = None
        self._positions.clear()
        self._paused.clear()

    async def _own(self) -> bool:
        owned = await self._stack.enter_async_context(try_to_own(self._pool, QUERIES["try_group_lock"], self._group))
        if owned is None:
            await self._stack.aclose()
            return False
        rows = await owned.ask(QUERIES["load_checkpoints"], [lane.topic.value for lane in self._lanes], self._group)
        self._positions = {Lane(Topic(row["topic"]), PARTITION): row["next_offset"] for row in rows}
        self._owned = owned
        if self._listener is not None:
            await self._listener.lanes_assigned(self._lanes)
        return True

    async def _read(self) -> dict[Lane, list[Record]]:
        wanted = {lane: position for lane, position in self._positions.items() if lane not in self._paused}
        if not wanted:
            return {}
        async with reading(self._pool) as connection:
            rows = await connection.fetch(
                QUERIES["read_log"], [lane.topic.value for lane in wanted], list(wanted.values()), PER_READ
            )
        found: dict[Lane, list[Record]] = {}
        for row in rows:
            record = record_of(row)
            found.setdefault(Lane(record.topic, PARTITION), []).append(record)
        for lane, records in found.items():
            self._positions[lane] = records[-1].offset + 1
        return found


def record_of(row: asyncpg.Record) -> Record:
    return Record(
        topic=Topic(row["topic"]),
        key=row["key"].encode(),
        headers=tuple((name, value.encode()) for name, value in row["headers"]),
        value=row["body"],
        partition=PARTITION,
        offset=row["seq"],
    )
