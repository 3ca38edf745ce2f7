"""`techrescue sla recompute`: log, rounds and counts of one snapshot, compared a round at a time. Writes nothing."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.sla.proof import Proof, Stored
from notify.sla.rows import line_of_row, round_of
from services.audit.reading import QUERIES, snapshot
from shared.postgres.pool import open_connection

PAGE: Final = 500  # rows fetched at once: memory does not grow with the years
Key = tuple[UUID, int]


async def recompute(dsn: str, since: datetime | None, told: Callable[[int, int], None] = lambda _done, _all: None) -> Proof:
    """`since`: rounds that began then or later; the totals are left out then. `told` hears how many of how many are done."""
    async with open_connection(dsn, schema="auditor") as connection, snapshot(connection, "notify"):
        now, total = (await connection.fetch(QUERIES["sla_extent"], since))[0]
        proof, done = Proof(now), count(1)
        async for lines, stored in _side_by_side(connection, since):
            proof.look_at([line_of_row(row) for row in lines], _stored(stored))
            told(next(done), total)
        if since is None:
            rows = await connection.fetch(QUERIES["sla_counts"])
            proof.look_at_counts({(row["series"], row["priority"], row["label"]): row["value"] for row in rows})
        return proof


async def _side_by_side(connection: asyncpg.Connection, since: datetime | None) -> AsyncIterator[tuple[list[Any], Any]]:
    """Of each round its lines and its row, whichever is there; both are read in the order of their keys."""
    log = _rounds_of_log(connection.cursor(QUERIES["sla_lines"], since, prefetch=PAGE))
    rounds = aiter(connection.cursor(QUERIES["sla_rounds"], since, prefetch=PAGE))
    lines, row = await anext(log, None), await anext(rounds, None)
    while lines is not None or row is not None:
        if row is None or (lines is not None and _key(lines[0]) < _key(row)):
            assert lines is not None  # noqa: S101 - the loop says so
            yield lines, None
            lines = await anext(log, None)
        elif lines is None or _key(row) < _key(lines[0]):
            yield [], row
            row = await anext(rounds, None)
        else:
            yield lines, row
            lines, row = await anext(log, None), await anext(rounds, None)


async def _rounds_of_log(rows: AsyncIterator[Any] | Any) -> AsyncIterator[list[Any]]:
    lines: list[Any] = []
    async for row in rows:
        if lines and _key(row) != _key(lines[0]):
            yield lines
            lines = []
        lines.append(row)
    if lines:
        yield lines


def _key(row: Any) -> Key:
    return row["request_id"], row["round"]


def _stored(row: Any) -> Stored | None:
    return None if row is None else Stored(round=round_of(row), counted=frozenset(row["counted"]), check_at=row["check_at"])
