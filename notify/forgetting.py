"""How long notify keeps what it no longer needs: texts and numbers of messages that are over, references and words of providers.

Small bites, seldom; nothing waits for it, and two processes at once do no harm. What remains of a message is that it was sent.
"""

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from notify.store import QUERIES
from shared.ids import before_time
from shared.postgres.transaction import transaction
from shared.rounds import Rounds
from shared.telemetry.metrics import RETENTION_ROWS

CONTEXT, SITE = "notify", "retention.prune"
BITE: Final = 2000  # rows a transaction
EVERY_SECONDS: Final = 600.0
FIRST_SECONDS: Final = 30.0  # a start has better things to do
DAY: Final = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Days. A receipt that is older than that finds nothing, as if it were forged."""

    texts_days: int = 30
    refs_days: int = 14
    phones_days: int = 365  # the number of somebody to whom nothing was said, and who has written nothing


class Forgetting(Rounds):
    def __init__(self, pool: asyncpg.Pool, keeping: Keeping, *, bite: int = BITE) -> None:
        super().__init__(every_seconds=EVERY_SECONDS, first_seconds=FIRST_SECONDS)
        self._pool = pool
        self._keeping = keeping
        self._bite = bite
        self._reached: dict[str, UUID | int] = {}  # what lies before is done with; a restart looks at it once more

    async def look(self) -> None:
        texts, refs = (before_time(time.time() - days * DAY) for days in (self._keeping.texts_days, self._keeping.refs_days))
        await self._walk("forget_texts", UUID(int=0), texts)
        await self._walk("forget_calls", UUID(int=0), texts)
        await self._walk("forget_inbound_texts", 0, self._keeping.texts_days)
        await self._delete("forget_refs", refs)
        await self._delete("forget_receipts", refs)
        await self._delete("forget_listeners", self._keeping.texts_days)
        await self._delete("forget_phones", self._keeping.phones_days)
        await self._delete("forget_probes")
        await self._delete("forget_strangers")

    async def _walk(self, query: str, start: UUID | int, young: UUID | int) -> None:
        while not self._stopping:
            async with transaction(self._pool, SITE) as connection:
                (row,) = await connection.fetch(QUERIES[query], self._reached.get(query, start), young, self._bite)
            self._count(query, row["gone"])
            if row["last"] is None:
                return
            self._reached[query] = row["last"]

    async def _delete(self, query: str, *young: UUID | int) -> None:
        gone = self._bite
        while gone >= self._bite and not self._stopping:
            async with transaction(self._pool, SITE) as connection:
                gone = int((await connection.execute(QUERIES[query], *young, self._bite)).split()[-1])
            self._count(query, gone)

    def _count(self, query: str, gone: int) -> None:
        RETENTION_ROWS.labels(CONTEXT, query.removeprefix("forget_")).inc(gone)
