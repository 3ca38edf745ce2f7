"""What intake shows of requests that wait for a place: two gauges, read from rows. Decides nothing."""

from contextlib import suppress
from typing import Final

import asyncpg

from intake.queries import QUERIES
from shared.errors import DependencyDown, Transient
from shared.pacing import Bell
from shared.postgres.transaction import reading
from shared.telemetry.metrics import INTAKE_WITHOUT_PLACE, INTAKE_WITHOUT_PLACE_AGE

LOOK_SECONDS: Final = 15.0


class PlaceWatch:
    """Every intake process shows the same numbers: use max over processes, not sum."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._end = Bell()
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._end.ring()

    async def run(self) -> None:
        while not self._stopping:
            # An outage is said loudly by the relay and by /readyz; the gauges keep what was last known.
            with suppress(DependencyDown, Transient):
                await self.look()
            await self._end.wait(LOOK_SECONDS)

    async def look(self) -> None:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["count_without_place"])
        INTAKE_WITHOUT_PLACE.set(rows[0]["waiting"])
        INTAKE_WITHOUT_PLACE_AGE.set(rows[0]["oldest_seconds"] or 0)
