"""What waits for a person: requests for a place, messages for a reader, conversations for an answer, rights over one's data.
Gauges, read from rows."""

from typing import Final

import asyncpg

from intake.queries import QUERIES
from shared.postgres.transaction import reading
from shared.rounds import Rounds
from shared.telemetry.metrics import INTAKE_UNREAD, INTAKE_UNREAD_AGE, INTAKE_WITHOUT_PLACE, INTAKE_WITHOUT_PLACE_AGE
from shared.telemetry.metrics_intake import RIGHTS_OPEN, RIGHTS_OVERDUE, TALKS_ESCALATED

LOOK_SECONDS: Final = 15.0


class PlaceWatch(Rounds):
    """Every intake process shows the same numbers: use max over processes, not sum. In an outage they keep what was last
    known; the relay and /readyz say it loudly."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool

    async def look(self) -> None:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["count_without_place"])
            messages = await connection.fetch(QUERIES["count_waiting_messages"])
            talks = await connection.fetchval(QUERIES["count_talks_at_the_desk"])
            (rights,) = await connection.fetch(QUERIES["count_rights"])
        INTAKE_WITHOUT_PLACE.set(rows[0]["waiting"])
        INTAKE_WITHOUT_PLACE_AGE.set(rows[0]["oldest_seconds"] or 0)
        INTAKE_UNREAD.set(messages[0]["waiting"])
        INTAKE_UNREAD_AGE.set(messages[0]["oldest_seconds"] or 0)
        TALKS_ESCALATED.set(talks)
        RIGHTS_OPEN.set(rights["waiting"])
        RIGHTS_OVERDUE.set(rights["overdue"])
