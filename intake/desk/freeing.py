"""Whoever was merged into somebody else's request waits for help again when that one ends without any: found, and set free."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.desk.merging import set_free
from intake.queries import QUERIES
from intake.triage import Promises
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.telemetry.metrics_intake import DESK_MERGES

LOOK_SECONDS: Final = 15.0
AT_ONCE: Final = 100
ACTOR: Final = "merge_watch"


class MergeWatch(Rounds):
    def __init__(self, pool: asyncpg.Pool, wake: Callable[[], None], *, every_seconds: float = LOOK_SECONDS) -> None:
        super().__init__(every_seconds=every_seconds)
        self._pool = pool
        self._wake = wake
        self._promises = Promises()

    async def look(self) -> float | None:
        async with reading(self._pool) as connection:
            ids = [row["id"] for row in await connection.fetch(QUERIES["merges_to_set_free"], AT_ONCE)]
        for id_ in ids:
            await self._set_free(id_)
        if ids:
            self._wake()
        return 0 if len(ids) == AT_ONCE else None

    async def _set_free(self, id_: UUID) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            request = (await store.lock_many(connection, [id_])).get(id_)
            if request is not None and await connection.fetchval(QUERIES["is_to_set_free"], id_):
                await set_free(connection, request, ACTOR, self._promises, await app_now(connection))
                DESK_MERGES.labels("set_free").inc()
