"""Whether the vulnerable, and each commune, are helped in time like all others: counted from rows, and only shown.

Every notify process shows the same numbers: use max over processes, not sum. Nothing is shown about fewer than five, nor what
they would follow from, for whoever scrapes needs no token (decision 0031).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import asyncpg

from notify.reports.suppression import FEWEST
from notify.sla.rounds import Reached
from notify.store import QUERIES
from shared.postgres.transaction import app_now, reading
from shared.rounds import Rounds
from shared.telemetry.metrics import NOTIFY_COMMUNES, NOTIFY_EQUITY, at_zero

EVERY_SECONDS: Final = 30.0
FIRST_SECONDS: Final = 5.0
LOOK_BACK: Final = timedelta(days=7)
GROUPS: Final = {True: "vulnerable", False: "others"}
OUTCOMES: Final = ("kept", "missed")


class EquityWatch(Rounds):
    def __init__(self, pool: asyncpg.Pool, city: str) -> None:
        super().__init__(every_seconds=EVERY_SECONDS, first_seconds=FIRST_SECONDS)
        self._pool = pool
        self._city = city
        at_zero(NOTIFY_EQUITY, GROUPS.values(), Reached, OUTCOMES)

    async def look(self) -> None:
        async with reading(self._pool, limit_seconds=30) as connection:
            since = await app_now(connection) - LOOK_BACK
            rows = await connection.fetch(QUERIES["count_promises_by_group"], self._city, since)
        groups, communes = added_up(rows)
        NOTIFY_EQUITY.clear()  # a cell that has become small may not stay as it was
        for stage in Reached:
            cells = {(group, outcome): groups[group, stage, outcome] for group in GROUPS.values() for outcome in OUTCOMES}
            if any(0 < n < FEWEST for n in cells.values()):
                continue  # of two groups each follows from the other and the city, and a share needs both its cells
            for (group, outcome), n in cells.items():
                NOTIFY_EQUITY.labels(group, stage, outcome).set(n)
        NOTIFY_COMMUNES.clear()
        for outcome in OUTCOMES:
            for commune, n in shown({commune: communes[commune, outcome] for commune, _ in communes}).items():
                NOTIFY_COMMUNES.labels(commune, outcome).set(n)


def shown(counts: Mapping[str, int]) -> dict[str, int]:
    """Without 1 to 4, and as long as those follow from the city's total, or are few together, without the smallest other."""
    few = {commune for commune, n in counts.items() if 0 < n < FEWEST}
    others = sorted((commune for commune, n in counts.items() if n >= FEWEST), key=lambda commune: (counts[commune], commune))
    while few and others and (len(few) == 1 or sum(counts[commune] for commune in few) < FEWEST):
        few.add(others.pop(0))
    return {commune: n for commune, n in counts.items() if commune not in few}


def added_up(rows: Iterable[Any]) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str]]]:
    """By group, stage and outcome; and of the promise that somebody accepts, by commune and outcome."""
    groups: Counter[tuple[str, str, str]] = Counter()
    communes: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for outcome in OUTCOMES:
            groups[GROUPS[row["vulnerable"]], row["stage"], outcome] += row[outcome]
            if row["stage"] == Reached.ACCEPTED and row["commune_code"] is not None:
                communes[row["commune_code"], outcome] += row[outcome]
    return groups, communes
