"""Imported shares into their rows: the same file again changes nothing, a corrected one adds a later word to what it corrects."""

from dataclasses import asdict, dataclass
from typing import Final

import asyncpg

from notify.reports.kpi_csv import BadRow, read_kpi_csv
from notify.store import QUERIES
from shared.postgres.transaction import transaction

BATCH: Final = 5_000
IMPORT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    added: int
    changed: int
    same: int
    bad: list[BadRow]


async def import_kpis(pool: asyncpg.Pool, city: str, body: bytes, *, by: str) -> Imported:
    """All good rows or, when the database goes away, none. Raises Invalid for what is no such file."""
    found = read_kpi_csv(body)
    rows = found.rows
    added = changed = 0
    async with transaction(pool, "notify.count", limit_seconds=IMPORT_SECONDS) as connection:
        await connection.execute(QUERIES["lock_kpi_rows"])
        for start in range(0, len(rows), BATCH):
            told = await connection.fetch(
                QUERIES["put_kpi_rows"],
                city,
                by,
                [asdict(row) | {"day": row.day.isoformat()} for row in rows[start : start + BATCH]],
            )
            added += sum(row["added"] for row in told)
            changed += sum(not row["added"] for row in told)
    return Imported(added=added, changed=changed, same=len(rows) - added - changed, bad=found.bad)
