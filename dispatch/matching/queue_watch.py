"""What ops see of the queue, the offers and the people at work: counted from rows, and only shown. Decides nothing.

Every dispatch process shows the same numbers: use max over processes, not sum.
"""

import time
from datetime import timedelta
from typing import Final

import asyncpg

from dispatch.queries import QUERIES
from shared.events.assignments import JobStatus, OfferStatus, ResponderKind
from shared.events.contract import Priority
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.telemetry.metrics import (
    DISPATCH_ENDED_OFFERS,
    DISPATCH_JOBS,
    DISPATCH_MOST_VISITS,
    DISPATCH_ON_SHIFT,
    DISPATCH_VISITS,
    DISPATCH_WAITS,
    DISPATCH_WORKING,
    at_zero,
)

EVERY_SECONDS: Final = 5.0
PEOPLE_SECONDS: Final = 30.0  # a look at everybody
LOOK_BACK: Final = timedelta(hours=1)
OPEN: Final = tuple(status for status in JobStatus if status not in {JobStatus.DONE, JobStatus.HANDED_OFF, JobStatus.CANCELLED})
RESULTS: Final = (
    OfferStatus.ACCEPTED,
    OfferStatus.DECLINED,
    OfferStatus.EXPIRED,
    OfferStatus.WITHDRAWN,
    OfferStatus.UNDELIVERABLE,
)


class QueueWatch(Rounds):
    """Zeros are shown from the start: no line of a dashboard begins with its first value."""

    def __init__(self, pool: asyncpg.Pool, city: str) -> None:
        super().__init__(every_seconds=EVERY_SECONDS)
        self._pool = pool
        self._city = city
        self._people_at = float("-inf")
        at_zero(DISPATCH_JOBS, OPEN, Priority)
        at_zero(DISPATCH_WAITS, Priority)
        at_zero(DISPATCH_ENDED_OFFERS, RESULTS)
        for metric in (DISPATCH_ON_SHIFT, DISPATCH_WORKING, DISPATCH_VISITS, DISPATCH_MOST_VISITS):
            at_zero(metric, ResponderKind)

    async def look(self) -> None:
        async with reading(self._pool, limit_seconds=10) as connection:
            now = await app_now(connection)
            jobs = await connection.fetch(QUERIES["count_open_jobs"], self._city, now)
            offers = await connection.fetch(QUERIES["count_ended_offers"], self._city, now - LOOK_BACK)
        _show_jobs(jobs)
        ended = {row["result"]: row["offers"] for row in offers}
        for result in RESULTS:
            DISPATCH_ENDED_OFFERS.labels(result).set(ended.get(result, 0))
        if time.monotonic() - self._people_at >= PEOPLE_SECONDS:
            self._people_at = time.monotonic()
            await self.count_people()

    async def count_people(self) -> None:
        async with reading(self._pool, limit_seconds=30) as connection:
            rows = await connection.fetch(QUERIES["count_people_at_work"], self._city, await app_now(connection))
        found = {row["kind"]: row for row in rows}
        for kind in ResponderKind:
            row = found.get(kind)
            DISPATCH_ON_SHIFT.labels(kind).set(row["on_shift"] if row else 0)
            DISPATCH_WORKING.labels(kind).set(row["working"] if row else 0)
            DISPATCH_VISITS.labels(kind).set(row["visits"] if row else 0)
            DISPATCH_MOST_VISITS.labels(kind).set(row["most"] if row else 0)


def _show_jobs(rows: list[asyncpg.Record]) -> None:
    jobs = {(row["status"], row["priority"]): row["jobs"] for row in rows}
    for priority in Priority:
        waits = [row["waits_seconds"] for row in rows if row["priority"] == priority]
        DISPATCH_WAITS.labels(priority).set(max(waits, default=0.0))
        for status in OPEN:
            DISPATCH_JOBS.labels(status, priority).set(jobs.get((status, priority), 0))
