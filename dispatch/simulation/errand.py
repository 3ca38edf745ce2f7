"""One request on its way through the simulation: what a row of `jobs` holds, as far as matching and the clocks need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dispatch.jobs.escalation import Level
from shared.events.assignments import JobStatus
from shared.events.contract import Priority


@dataclass(slots=True, kw_only=True)
class Errand:
    """Times are epoch seconds; None: it has not come to that."""

    number: int  # of the request
    id: UUID
    priority: Priority
    skills: tuple[str, ...]
    commune_code: str
    lat: float
    lon: float
    x_m: float
    y_m: float
    vulnerable: int
    filed_at: float
    waiting_since: float
    status: JobStatus = JobStatus.PENDING
    version: int = 0
    visit: int = 0
    wave: int = 0
    waves_empty: int = 0
    not_before: float = 0.0
    level: Level | None = None  # who owns the escalation
    escalated_at: float | None = None
    doubted_at: float = 0.0  # when it was last asked whether there is anybody at all
    excluded: list[UUID] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # people whose offer is open
    offers: int = 0
    first_offer_at: float | None = None
    person: int | None = None
    accepted_at: float | None = None
    arrived_at: float | None = None
    done_at: float | None = None
    called_off_at: float | None = None  # by the resident, before anybody said yes
    travel_m: float = 0.0

    def row(self) -> Mapping[str, Any]:
        """As `matching.sql` reads a waiting job."""
        return {
            "id": self.id,
            "version": self.version,
            "priority": self.priority,
            "skills": self.skills,
            "language": "vi",
            "resident_id": None,  # nobody calls twice here
            "commune_code": self.commune_code,
            "lat": self.lat,
            "lon": self.lon,
            "vulnerable": self.vulnerable,
            "visit": self.visit,
            "wave": self.wave,
            "widened": False,  # what a promise in danger does is not modelled
            "excluded": tuple(self.excluded),
            "escalated": self.level is not None,
            "not_before": self.not_before,
            "waiting_since": self.waiting_since,
        }
