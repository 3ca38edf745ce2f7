"""What was spent today, read from the attempts every few seconds: nothing is counted on the way of a message.

What is more than a minute old is added up once and kept: a look reads the last minute only, and a restart the day.
Between two looks several processes may spend more than there is: what further tries of `EVERY_SECONDS` cost.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from notify.sending.budget import Purse, day_begins
from notify.store import QUERIES
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_BUDGET, NOTIFY_BUDGET_ALARM, NOTIFY_BUDGET_USED, NOTIFY_SPENT

log = logger()

EVERY_SECONDS: Final = 5.0
RESTLESS: Final = timedelta(seconds=60)  # by then an attempt that was claimed is committed, and whether it left is mostly known
WHOLE, COMMUNE = "all", "commune"
NOWHERE: Final = ""  # the commune of what belongs to none


class BudgetWatch(Rounds):
    """Every process that sends has one, each reads for itself."""

    def __init__(self, pool: asyncpg.Pool, purse: Purse) -> None:
        super().__init__(every_seconds=EVERY_SECONDS)
        self._pool = pool
        self._purse = purse
        self._day: datetime | None = None
        self._kept: Counter[str] = Counter()
        self._kept_until: datetime | None = None
        self._over = False
        budgets = purse.budgets
        NOTIFY_BUDGET.labels(WHOLE).set(budgets.day_vnd)
        NOTIFY_BUDGET.labels(COMMUNE).set(budgets.commune_day_vnd)
        NOTIFY_BUDGET_ALARM.set(budgets.alarm_share)
        self._show()

    async def look(self) -> None:
        async with reading(self._pool, limit_seconds=30) as connection:
            now = await app_now(connection)
            since, until = self._kept_since(now), now - RESTLESS
            rows = await connection.fetch(QUERIES["spent_since"], since, until)
        spent = self._kept + Counter({row["commune"]: row["vnd"] for row in rows})
        self._kept += Counter({row["commune"]: row["settled"] for row in rows})
        self._kept_until = max(since, until)
        self._purse.spent = spent.total()
        self._purse.by_commune = {commune: vnd for commune, vnd in spent.items() if commune != NOWHERE}
        self._show()

    def _kept_since(self, now: datetime) -> datetime:
        """A new day begins with nothing spent."""
        day = day_begins(now)
        if day != self._day:
            self._day, self._kept, self._kept_until = day, Counter(), day
        return self._kept_until or day

    def _show(self) -> None:
        whole, commune = self._purse.used()
        NOTIFY_SPENT.set(self._purse.spent)
        NOTIFY_BUDGET_USED.labels(WHOLE).set(whole)
        NOTIFY_BUDGET_USED.labels(COMMUNE).set(commune)
        over = max(whole, commune) >= 1
        if over and not self._over:
            log.warning("notify.budget.used_up", whole=round(whole, 2), commune=round(commune, 2))
        self._over = over
