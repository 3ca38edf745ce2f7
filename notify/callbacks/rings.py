"""How many missed calls are answered a day. Whoever rings may pretend to be any number, and each answer costs money."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.store import QUERIES

DAY: Final = timedelta(days=1)
MOST_A_NUMBER: Final = 3  # of missed calls that accept nothing: by then its owner knows what may be answered
MOST_IN_ALL: Final = 500  # more or less: two replicas that read at once may not see each other's


@dataclass(slots=True)
class Rings:
    """`answered` within a day, by phone."""

    answered: dict[UUID, int] = field(default_factory=dict)

    def take(self, phone: UUID) -> bool:
        """Whether this one is answered, too; then it counts."""
        if self.answered.get(phone, 0) >= MOST_A_NUMBER or sum(self.answered.values()) >= MOST_IN_ALL:
            return False
        self.answered[phone] = self.answered.get(phone, 0) + 1
        return True


async def rings_lately(connection: asyncpg.Connection, now: datetime) -> Rings:
    rows = await connection.fetch(QUERIES["rings_answered"], now - DAY)
    return Rings({row["contact_point_id"]: row["answered"] for row in rows})
