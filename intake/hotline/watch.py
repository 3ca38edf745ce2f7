"""Callbacks that wait, as gauges read from rows; those of people who filed by another door meanwhile are closed."""

from typing import Final

import asyncpg

from intake.hotline.callbacks import Callbacks
from intake.queries import QUERIES
from shared.postgres.transaction import reading
from shared.rounds import Rounds
from shared.telemetry.metrics_intake import HOTLINE_CALLBACKS, HOTLINE_CALLBACKS_AGE, HOTLINE_ESCALATED

LOOK_SECONDS: Final = 5.0


class HotlineWatch(Rounds):
    """Every intake process shows the same numbers: use max over processes, not sum."""

    def __init__(self, pool: asyncpg.Pool, callbacks: Callbacks) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._callbacks = callbacks

    async def look(self) -> None:
        await self._callbacks.close_filed()
        async with reading(self._pool) as connection:
            (row,) = await connection.fetch(QUERIES["count_callbacks"])
        HOTLINE_CALLBACKS.set(row["waiting"])
        HOTLINE_CALLBACKS_AGE.set(row["oldest_seconds"] or 0)
        HOTLINE_ESCALATED.set(row["escalated"])
