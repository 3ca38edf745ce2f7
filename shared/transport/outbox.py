"""What a context wants to say, written in the transaction that makes it true. Publishing is the relay's."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Final

import asyncpg

from shared.events.envelope import Event, Record
from shared.events.registry import REGISTRY, Topic
from shared.transport.queries import QUERIES

_TOPICS: Final = {topic.value: topic for topic in Topic}
_CE_TYPES: Final = {kind.type.value: kind.ce_type.encode() for kind in REGISTRY.values()}

Row = Mapping[str, Any] | asyncpg.Record  # of an outbox, by the names of its columns


async def append(connection: asyncpg.Connection, events: Sequence[Event], *, source: str) -> None:
    """Adds `events` in their order, in the caller's transaction, after the aggregates' row locks (law 2).

    `source` is the context that speaks, e.g. `/intake`.
    """
    if events:
        await connection.execute(QUERIES["append_events"], *columns(events), source)


def columns(events: Sequence[Event]) -> tuple[list[Any], ...]:
    """The arrays $1 to $9 of `append_events`; for a context that appends within a larger statement of its own."""
    kinds = [REGISTRY[event.type] for event in events]
    return (
        [event.id for event in events],
        [kind.topic.value for kind in kinds],
        [str(event.key) for event in events],
        [event.type.value for event in events],
        [event.subject for event in events],
        [event.version for event in events],
        [event.time for event in events],
        [event.traceparent for event in events],
        [event.body.__pydantic_serializer__.to_json(event.body) for event in events],
    )


def record_of(row: Row) -> Record:
    """The record that `shared.events.envelope.encode` makes of the same event, without reading the body again."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_type", _CE_TYPES[row["type"]]),
        ("ce_source", row["source"].encode()),
        ("ce_time", row["occurred_at"].astimezone(UTC).isoformat().encode()),
        ("ce_subject", str(row["subject"]).encode()),
        ("ce_aggregateversion", str(row["version"]).encode()),
        ("content-type", b"application/json"),
    ]
    if row["traceparent"]:
        headers.append(("traceparent", row["traceparent"].encode()))
    return Record(topic=_TOPICS[row["topic"]], key=row["key"].encode(), headers=tuple(headers), value=row["body"])
