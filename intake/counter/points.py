"""The service points of a deployment: loaded by ops, read by everybody."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import asyncpg

from intake import store
from intake.counter.point import ServicePoint
from intake.counter.points_csv import read_points
from intake.counter.shown import point_views
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction

FRESH_SECONDS: Final = 2.0  # anybody may ask as often as they like; the database is asked this often


class Points:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._one_look = asyncio.Lock()
        self._seen: tuple[float, list[dict[str, Any]]] | None = None

    async def load(self, body: bytes, actor: str) -> dict[str, Any]:
        """Good rows are loaded, bad ones told by their line. Raises Invalid for what is no such file."""
        found = await asyncio.to_thread(read_points, body)
        new, changed = await put_points(self._pool, found.points, actor)
        self._seen = None
        same = len(found.points) - new - changed
        return {"added": new, "changed": changed, "unchanged": same, "bad_rows": [asdict(bad) for bad in found.bad_rows]}

    async def all(self) -> list[dict[str, Any]]:
        """However many ask at once: one look at the database at a time, and all who wait for it get what it says."""
        async with self._one_look:
            if self._seen is None or time.monotonic() - self._seen[0] > FRESH_SECONDS:
                async with reading(self._pool) as connection:
                    self._seen = time.monotonic(), await point_views(connection, await app_now(connection))
            return self._seen[1]


async def put_points(pool: asyncpg.Pool, points: Sequence[ServicePoint], actor: str) -> tuple[int, int]:
    """How many are new, and how many are otherwise than before. Who has changed when people can walk in is noted."""
    if not points:
        return 0, 0
    rows = [(p.id, p.name, p.commune_code, p.days, p.opens, p.closes, p.on_holidays, p.active) for p in points]
    async with transaction(pool, "intake.change", limit_seconds=60) as connection:
        told = await connection.fetch(QUERIES["put_points"], *zip(*rows, strict=True))
        new = sum(row["is_new"] for row in told)
        changed = len(told) - new
        if told:
            detail, now = {"added": new, "changed": changed}, await app_now(connection)
            await store.note(connection, [AuditNote(at=now, actor=actor, action="points_loaded", subject=uuid7(), detail=detail)])
    return new, changed
