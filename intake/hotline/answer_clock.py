"""How long callers waited, counted from their rows for any days. What may be said of it: figures.py."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import asyncpg

from intake.hotline.call import ANSWER_SECONDS
from intake.hotline.figures import PARTS, figures
from intake.queries import QUERIES
from shared.calendar import OFFICE_HOURS
from shared.errors import Invalid
from shared.postgres.transaction import reading

MOST_DAYS: Final = 366


class AnswerClock:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def between(self, since: date, until: date) -> dict[str, object]:
        """Both days are counted, as the city's calendar has them. Raises Invalid."""
        if not since <= until < since + timedelta(days=MOST_DAYS):
            raise Invalid("to", f"must not be before from, nor more than {MOST_DAYS} days with it")
        async with reading(self._pool) as connection:
            row: Any = await connection.fetchrow(
                QUERIES["count_calls_between"], _midnight(since), _midnight(until + timedelta(days=1)), ANSWER_SECONDS
            )
        return {"from": since, "to": until, **figures({name: row[name] for name in PARTS})}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_HOURS.timezone).astimezone(UTC)
