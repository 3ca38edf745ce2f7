"""Events that could not be handled, kept with everything needed to try again (law 7). Nothing is ever dropped from here unasked.

A dead letter blocks its subject: later events of the same subject are parked behind it, in order. `replay` asks the
consumer that owns the lane to handle the letter again, with the same event id; what waited behind it follows by itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from shared.errors import NotFound, Refused
from shared.events.envelope import Record
from shared.events.registry import Topic
from shared.postgres.transaction import reading, transaction
from shared.transport.port import Lane
from shared.transport.queries import QUERIES


class LetterStatus(StrEnum):
    DEAD = "dead"  # failed; blocks its subject until it is replayed or discarded
    PARKED = "parked"  # waits behind a dead one of the same subject, and comes by itself when that is settled
    REPLAYED = "replayed"  # handled in the end
    DISCARDED = "discarded"  # somebody decided that it shall not be handled


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One letter without its body, which may hold sealed fields."""

    id: int
    event_id: UUID
    topic: str
    partition: int
    record_offset: int
    subject: str | None
    reason: str
    status: LetterStatus
    parked_behind: int | None
    at: datetime
    replay_requested_at: datetime | None
    resolved_at: datetime | None


class DeadLetters:
    """Those of one context: `pool` decides which."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def park(self, record: Record, reason: str) -> None:
        """Returns when it is durable; only then may the record be acknowledged."""
        async with transaction(self._pool, "dead_letter.park") as connection:
            await connection.execute(QUERIES["park_dead"], *_columns(record), reason)

    async def park_behind(self, record: Record) -> bool:
        """Keeps a successor of an open letter. False when none is open: the record has to be handled."""
        async with transaction(self._pool, "dead_letter.park") as connection:
            columns = _columns(record)
            if await connection.fetchval(QUERIES["park_behind"], *columns, "waits behind an earlier event of its subject"):
                return True
            known = QUERIES["is_known_letter"]
            return bool(await connection.fetchval(known, record.topic, record.partition, columns[0]))

    async def open_subjects(self, lane: Lane) -> set[str]:
        """Subjects whose next events have to be parked."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["open_subjects"], lane.topic, lane.partition)
        return {row["subject"] for row in rows}

    async def due_lanes(self, lanes: Collection[Lane]) -> set[Lane]:
        """Those of `lanes` that have a letter to be handled now."""
        topics, partitions = [lane.topic.value for lane in lanes], [lane.partition for lane in lanes]
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["lanes_with_due_letters"], topics, partitions)
        return {Lane(Topic(row["topic"]), row["partition"]) for row in rows}

    async def next_due(self, lane: Lane) -> tuple[DeadLetter, Record] | None:
        """The letter of `lane` to be handled next."""
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["next_due_letter"], lane.topic, lane.partition)
        return (_letter(row), _record(row)) if row else None

    async def settle(self, letter: DeadLetter, status: LetterStatus, reason: str | None = None) -> None:
        """What the lane's consumer made of it: REPLAYED, or DEAD with the new `reason`. `letter` as `next_due` gave it."""
        async with transaction(self._pool, "dead_letter.replay") as connection:
            await connection.execute(QUERIES["settle_letter"], letter.id, status.value, reason, letter.replay_requested_at)

    async def list(self, status: LetterStatus | None = None, limit: int = 100) -> Sequence[DeadLetter]:
        """Newest first."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["list_letters"], status.value if status else None, limit)
        return [_letter(row) for row in rows]

    async def show(self, letter_id: int) -> tuple[DeadLetter, Record]:
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["show_letter"], letter_id)
        if row is None:
            raise NotFound("dead letter")
        return _letter(row), _record(row)

    async def replay(self, letter_id: int) -> None:
        """Asks for it; the consumer that owns its lane sees that within a second. Asking again later is harmless."""
        await self._change("request_replay", letter_id, "only dead and replayed letters are replayed; parked ones follow")

    async def discard(self, letter_id: int) -> None:
        """It will not be handled; what is parked behind it goes on."""
        await self._change("discard_letter", letter_id, "it is settled already")

    async def forget(self, connection: asyncpg.Connection, key_ids: Collection[UUID]) -> None:
        """Part of erasing a person, in the caller's transaction: letters sealed under these keys lose their bodies."""
        await connection.execute(QUERIES["forget_letters"], [str(key_id) for key_id in key_ids])

    async def _change(self, query: str, letter_id: int, advice: str) -> None:
        async with transaction(self._pool, "dead_letter.replay") as connection:
            if await connection.fetchval(QUERIES[query], letter_id):
                return
            if not await connection.fetchrow(QUERIES["show_letter"], letter_id):
                raise NotFound("dead letter")
        raise Refused("not_open", advice)


def subject_of(record: Record) -> str | None:
    text = record.header("ce_subject")
    return readable(text.encode()) if text else None


def readable(value: bytes) -> str:
    """Bytes of anybody as text that PostgreSQL takes: no NUL, nothing that is not UTF-8."""
    return value.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _columns(record: Record) -> tuple[Any, ...]:
    headers = [[readable(name.encode("utf-8", "backslashreplace")), readable(value)] for name, value in record.headers]
    return (
        _event_id(record),
        record.topic.value,
        record.partition,
        record.offset,
        readable(record.key),
        subject_of(record),
        headers,
        record.value,
    )


def _event_id(record: Record) -> UUID:
    """The event's own id; a record without a readable one gets an id made of its place, the same each time it is read."""
    try:
        return UUID(record.header("ce_id") or "")
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{record.topic}/{record.partition}/{record.offset}")


def _record(row: asyncpg.Record) -> Record:
    headers = tuple((name, value.encode()) for name, value in row["headers"])
    return Record(
        topic=Topic(row["topic"]),
        key=row["key"].encode(),
        headers=headers,
        value=row["body"],
        partition=row["partition"],
        offset=row["record_offset"],
    )


def _letter(row: asyncpg.Record) -> DeadLetter:
    return DeadLetter(
        id=row["id"],
        event_id=row["event_id"],
        topic=row["topic"],
        partition=row["partition"],
        record_offset=row["record_offset"],
        subject=row["subject"],
        reason=row["reason"],
        status=LetterStatus(row["status"]),
        parked_behind=row["parked_behind"],
        at=row["at"],
        replay_requested_at=row["replay_requested_at"],
        resolved_at=row["resolved_at"],
    )
