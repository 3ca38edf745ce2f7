"""How long dispatch keeps what is sealed of jobs that are over. What remains is what was done, when, and by which id."""

from typing import Final

import asyncpg

from dispatch.queries import QUERIES
from shared.postgres.transaction import transaction
from shared.rounds import Rounds
from shared.telemetry.metrics import RETENTION_ROWS

BITE: Final = 500  # rows a transaction
EVERY_SECONDS: Final = 3600.0
FIRST_SECONDS: Final = 30.0  # a start has better things to do


class Forgetting(Rounds):
    """Two processes at once do no harm: each leaves what the other has in hand."""

    def __init__(self, pool: asyncpg.Pool, details_days: int) -> None:
        super().__init__(every_seconds=EVERY_SECONDS, first_seconds=FIRST_SECONDS)
        self._pool = pool
        self._days = details_days

    async def look(self) -> float | None:
        """One portion; sooner again while there is more."""
        async with transaction(self._pool, "retention.prune") as connection:
            gone = int((await connection.execute(QUERIES["forget_jobs"], self._days, BITE)).split()[-1])
        RETENTION_ROWS.labels("dispatch", "jobs").inc(gone)
        return 0 if gone == BITE else None
