"""What became of what was offered, by entry and day: which guidance helps, and which only costs people time. No personal data."""

from datetime import datetime
from typing import Any

import asyncpg

from intake.guidance.offering import Outcome
from intake.queries import QUERIES
from shared.calendar import OFFICE_HOURS
from shared.telemetry.metrics_intake import GUIDANCE_OFFERS


async def count(connection: asyncpg.Connection, entry_id: str, outcome: Outcome, now: datetime) -> None:
    """In the transaction that heard the answer: what is heard once counts once."""
    day = OFFICE_HOURS.local_day(now)
    await connection.execute(QUERIES["count_guidance"], entry_id, day, *(int(outcome is one) for one in Outcome))
    GUIDANCE_OFFERS.labels(outcome).inc()


async def outcomes(connection: asyncpg.Connection, days: int) -> list[dict[str, Any]]:
    """Of the last days, most offered first. `helped_share` of those who said anything; None: nobody has."""
    rows = await connection.fetch(QUERIES["guidance_outcomes"], days)
    return [{**row, "helped_share": _share(row["helped"], row["helped"] + row["not_helped"] + row["person"])} for row in rows]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
