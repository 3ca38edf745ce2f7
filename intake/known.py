"""What a person has confirmed: whoever files about the same, near a fault or during an incident, hears it. A projection.

Filing must not wait for it: it asks a short list in memory, which a loop reads again every other second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np

from intake.known_incident import KnownIncident, known_incident
from intake.queries import QUERIES
from shared.categories import FAULTS
from shared.events.envelope import Event
from shared.events.groups import GroupChanged, GroupStatus
from shared.events.incidents import IncidentChanged, IncidentState, IncidentStatus
from shared.geo.plane import to_metres
from shared.postgres.transaction import reading
from shared.rounds import Rounds

LOOK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFault:
    group_id: UUID
    fault: str
    lat: float
    lon: float
    radius_m: float
    requests: int

    def view(self) -> dict[str, Any]:
        """What the caller is told. No personal data: how many, and what happens next."""
        return {
            "requests": self.requests,
            "sentence": {
                "vi": f"Sự cố này đã biết, {self.requests} yêu cầu cùng báo. Một người sẽ đến cho tất cả.",
                "en": f"This fault is known, {self.requests} requests tell of it. One helper comes for all of them.",
            },
        }


def nearest(faults: Sequence[KnownFault], category: str, lat: float, lon: float) -> KnownFault | None:
    """The nearest known fault that a request of this category, here, may be about."""
    fault = FAULTS.get(category)
    x_m, y_m = to_metres(lat, lon)
    found: tuple[float, KnownFault] | None = None
    for known in faults:
        if known.fault == fault:
            there_x, there_y = to_metres(known.lat, known.lon)
            away = float(np.hypot(there_x - x_m, there_y - y_m))
            if away <= known.radius_m and (found is None or away < found[0]):
                found = away, known
    return found[1] if found else None


class KnownFaults(Rounds):
    """Every intake process has its own; until it has read, nothing is known, and filing goes on. In an outage what was last
    known stays."""

    def __init__(self, pool: asyncpg.Pool, city: str) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._city = city
        self._faults: Sequence[KnownFault] = ()
        self._incidents: Mapping[str, KnownIncident] = {}

    async def look(self) -> None:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["known_faults"])
            incidents = await connection.fetch(QUERIES["known_incidents"], self._city)
        self._faults = [KnownFault(**dict(row)) for row in rows]
        self._incidents = {row["category"]: known_incident(dict(row)) for row in incidents}

    def incident(self, category: str) -> KnownIncident | None:
        return self._incidents.get(category)

    def near(self, category: str, lat: float, lon: float) -> KnownFault | None:
        return nearest(self._faults, category, lat, lon) if self._faults else None


async def learn(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    """In the consumer's transaction. An older version than the one we know changes nothing (law 6)."""
    for event in events:
        if isinstance(event.body, IncidentChanged):
            await _learn_incident(connection, event, event.body.incident)
        if isinstance(event.body, GroupChanged):
            group = event.body.group
            known = group.status is GroupStatus.CONFIRMED
            if known or group.status is not GroupStatus.PROPOSED:
                await connection.execute(
                    QUERIES["learn_fault"],
                    *(group.group_id, group.version, group.fault, group.place.lat, group.place.lon, group.radius_m),
                    *(len(group.requests), None if known else event.time),
                )


async def _learn_incident(connection: asyncpg.Connection, event: Event, incident: IncidentState) -> None:
    if incident.status is IncidentStatus.PROPOSED:
        return  # nobody has said so yet
    is_open = incident.status is IncidentStatus.OPEN
    await connection.execute(
        QUERIES["learn_incident"],
        *(incident.incident_id, incident.version, incident.city, incident.category, incident.symptom, incident.at),
        None if is_open else event.time,
    )
