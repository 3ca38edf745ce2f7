"""The service points of a deployment: loaded by ops, read by everybody."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import asyncpg

from intake.counter.point import ServicePoint
from intake.counter.points_csv import read_points
from intake.counter.shown import point_views
from intake.queries import QUERIES
from shared.postgres.transaction import app_now, reading, transaction


class Points:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def load(self, body: bytes) -> dict[str, Any]:
        """Good rows are loaded, bad ones told by their line. Raises Invalid for what is no such file."""
        found = read_points(body)
        new, changed = await put_points(self._pool, found.points)
        same = len(found.points) - new - changed
        return {"added": new, "changed": changed, "unchanged": same, "bad_rows": [asdict(bad) for bad in found.bad_rows]}

    async def all(self) -> list[dict[str, Any]]:
        async with reading(self._pool) as connection:
            return await point_views(connection, await app_now(connection))


async def put_points(pool: asyncpg.Pool, points: Sequence[ServicePoint]) -> tuple[int, int]:
    """How many are new, and how many are otherwise than before."""
    if not points:
        return 0, 0
    rows = [(p.id, p.name, p.commune_code, p.days, p.opens, p.closes, p.on_holidays, p.active) for p in points]
    async with transaction(pool, "intake.change", limit_seconds=60) as connection:
        told = await connection.fetch(QUERIES["put_points"], *zip(*rows, strict=True))
    new = sum(row["is_new"] for row in told)
    return new, len(told) - new
