"""How long plumbing rows are kept (law 14). Small bites, seldom; nothing waits for it."""

from typing import Final

import asyncpg

from shared.errors import DependencyDown, Transient
from shared.postgres.transaction import transaction
from shared.rounds import Rounds
from shared.telemetry.logs import logger
from shared.telemetry.metrics import RETENTION_ROWS
from shared.transport.queries import QUERIES

INBOX_DAYS: Final = 14  # longer than any transport keeps an event, so that no replay finds it new
OUTBOX_DAYS: Final = 7  # since they were written; published ones only
LOG_DAYS: Final = 7
BITE: Final = 5000  # rows a transaction
EVERY_SECONDS: Final = 600.0
DOUBT_SECONDS: Final = 300.0  # far longer than any transaction of ours

log = logger()


class Retention(Rounds):
    """One loop a context. Deleting twice at once does no harm."""

    def __init__(self, pool: asyncpg.Pool, context: str) -> None:
        super().__init__(every_seconds=EVERY_SECONDS)
        self._pool = pool
        self._context = context

    def failed(self, error: DependencyDown | Transient) -> None:
        log.warning("retention.round.skipped", context=self._context, reason=str(error))

    async def look(self) -> None:
        """Everything that is too old now."""
        await self._prune("prune_inbox", INBOX_DAYS)
        await self._prune("prune_outbox", OUTBOX_DAYS)
        await self._prune("prune_log", LOG_DAYS)
        async with transaction(self._pool, "retention.prune") as connection:
            await connection.execute(QUERIES["close_gaps"], DOUBT_SECONDS)

    async def _prune(self, query: str, days: int) -> None:
        gone = BITE
        while gone == BITE and not self._stopping:
            async with transaction(self._pool, "retention.prune") as connection:
                gone = await connection.fetchval(QUERIES[query], days, BITE)
            RETENTION_ROWS.labels(self._context, query.removeprefix("prune_")).inc(gone)
