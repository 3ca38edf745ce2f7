"""`techrescue sla recompute --transport`: is the log of the service levels what the transport still has? Writes nothing."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from notify.sla.line import Line, line_of
from notify.sla.proof import LogProof
from notify.sla.rows import line_of_row
from services.audit.reading import QUERIES
from shared.errors import UnreadableEvent
from shared.events.envelope import Record, decode
from shared.events.registry import Topic
from shared.postgres.pool import open_connection
from shared.transport.history import History, of_kafka, of_postgres

TOPICS: Final = (Topic.REQUESTS, Topic.ASSIGNMENTS)
SAFELY_YOUNGER: Final = timedelta(seconds=60)  # than the oldest record of every lane: so much the clocks of processes may differ


async def compare(dsn: str, bootstrap: str | None, prefix: str, told: Callable[[int], None] = lambda _: None) -> LogProof:
    """`bootstrap` None: the log in PostgreSQL. `told` hears how many events were looked at. Raises DependencyDown."""
    async with _looking(dsn) as connection:
        ((now, _),) = await connection.fetch(QUERIES["sla_extent"], None)
        proof, oldest = LogProof(now), dict[tuple[str, int], datetime]()
        async with _looking(dsn) as other:
            history: History = of_postgres(other, TOPICS) if bootstrap is None else of_kafka(bootstrap, TOPICS, prefix=prefix)
            async for records in history:
                lines = _lines(records, proof, oldest)
                rows = await connection.fetch(QUERIES["sla_lines_of_events"], [line.event_id for line in lines])
                proof.look_at(lines, {row["event_id"]: line_of_row(row) for row in rows})
                told(proof.events)
        if oldest:
            rows = await connection.fetch(QUERIES["sla_events_after"], max(oldest.values()) + SAFELY_YOUNGER)
            proof.look_at_surplus(row["event_id"] for row in rows)
        return proof


def _lines(records: Sequence[Record], proof: LogProof, oldest: dict[tuple[str, int], datetime]) -> list[Line]:
    found = []
    for record in records:
        try:
            event = decode(record)
        except UnreadableEvent:
            proof.unreadable += 1
            continue
        oldest.setdefault((record.topic, record.partition), event.time)
        line = line_of(event)
        if line is not None:
            found.append(line)
    return found


@asynccontextmanager
async def _looking(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    async with open_connection(dsn, schema="auditor") as connection:
        await connection.execute(QUERIES["look_into"], "notify,transport")
        yield connection
