"""How many visits help by phone has saved, by category: counted from rows, so that neither a kill nor a restart loses any."""

from datetime import timedelta
from typing import Any, Final

import asyncpg
from fastapi import APIRouter

from dispatch.queries import QUERIES
from shared.categories import BY_PHONE
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.telemetry.metrics import REMOTE_JOBS

LOOK_BACK: Final = timedelta(days=7)
EVERY_SECONDS: Final = 300.0
RESULTS: Final = ("solved", "visit", "office", "other", "open")


async def remote_results(pool: asyncpg.Pool, city: str) -> dict[str, dict[str, int]]:
    """Category → result → jobs, of those that were offered by phone in the last seven days."""
    async with reading(pool, limit_seconds=30) as connection:
        since = await app_now(connection) - LOOK_BACK
        rows = await connection.fetch(QUERIES["remote_results"], city, since)
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["category"], dict.fromkeys(RESULTS, 0))[row["result"]] = row["jobs"]
    return found


def deflection_router(pool: asyncpg.Pool, city: str) -> APIRouter:
    routes = APIRouter(tags=["desk"])

    @routes.get("/v1/remote-results")
    async def show() -> dict[str, Any]:
        found = await remote_results(pool, city)
        return {"days": LOOK_BACK.days, "categories": [{"category": key, **counted} for key, counted in found.items()]}

    return routes


class DeflectionWatch(Rounds):
    """The same as a metric. Every dispatch process shows the same numbers: use max over processes, not sum."""

    def __init__(self, pool: asyncpg.Pool, city: str) -> None:
        super().__init__(every_seconds=EVERY_SECONDS, first_seconds=EVERY_SECONDS / 10)
        self._pool = pool
        self._city = city

    async def look(self) -> None:
        found = await remote_results(self._pool, self._city)
        for category in BY_PHONE:
            for result, jobs in found.get(category, dict.fromkeys(RESULTS, 0)).items():
                REMOTE_JOBS.labels(category, result).set(jobs)
