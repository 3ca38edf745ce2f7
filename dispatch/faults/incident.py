"""A kind of help that works nowhere in the city just now: an incident, its states, its moves, what looks like one; no I/O.

It looks like one when far more people than usual ask for the same, from several communes. That is a proposal, and changes
nothing: a person opens an incident, and a person ends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.errors import Misconfigured, Refused
from shared.events.envelope import Event
from shared.events.incidents import IncidentChanged, IncidentState, IncidentStatus, Symptom
from shared.events.registry import EventType

MOVES: Final[Mapping[IncidentStatus, frozenset[IncidentStatus]]] = MappingProxyType(
    {
        IncidentStatus.PROPOSED: frozenset({IncidentStatus.OPEN, IncidentStatus.DISMISSED, IncidentStatus.SUBSIDED}),
        IncidentStatus.OPEN: frozenset({IncidentStatus.ENDED}),
    }
)
LIVE: Final = frozenset(MOVES)
SAID: Final[Mapping[IncidentStatus, EventType]] = MappingProxyType(
    {
        IncidentStatus.PROPOSED: EventType.INCIDENT_PROPOSED,
        IncidentStatus.OPEN: EventType.INCIDENT_OPENED,
        IncidentStatus.ENDED: EventType.INCIDENT_ENDED,
        IncidentStatus.DISMISSED: EventType.INCIDENT_ENDED,
        IncidentStatus.SUBSIDED: EventType.INCIDENT_ENDED,
    }
)


class IllegalIncidentMove(Refused):
    def __init__(self, status: IncidentStatus, target: IncidentStatus) -> None:
        advice = f"an incident that is {status} cannot become {target}; read its state again"
        super().__init__(f"incident_{status}", advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRules:
    """What a deployment may choose of what is unusual, and of how long nobody may forget an incident."""

    window_seconds: float = 1800.0
    least: int = 20  # people within the window, below which nothing is proposed
    times: float = 5.0  # … and so many times as many as usual at this time of day
    communes: int = 3  # of so many communes: what happens in one place is a group
    usual_days: int = 14
    quiet_seconds: float = 2 * 3600.0  # after a person has said no, or has ended one, nothing is proposed again
    ring_seconds: float = 4 * 3600.0  # an incident that nobody ends rings at the city desk so often

    def __post_init__(self) -> None:
        if min(self.window_seconds, self.least, self.times, self.communes, self.usual_days, self.ring_seconds) <= 0:
            raise Misconfigured("incidents need a window, numbers above 0, and a time after which they ring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The row, word for word; `schema.sql` explains the fields."""

    id: UUID
    city: str
    version: int = 0
    status: IncidentStatus
    category: str
    symptom: Symptom | None = None
    people: int = 0
    proposed_at: datetime
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    rings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """How many asked for one kind of help within the window, from how many communes."""

    category: str
    people: int
    communes: int


def moved(incident: Incident, target: IncidentStatus, now: datetime) -> Incident:
    """The one door to another status. Raises IllegalIncidentMove."""
    if target not in MOVES.get(incident.status, frozenset()):
        raise IllegalIncidentMove(incident.status, target)
    if target is IncidentStatus.OPEN:
        return replace(incident, status=target, opened_at=now)
    return replace(incident, status=target, ended_at=now)


def unusual(floods: Sequence[Flood], usual: Mapping[str, float], rules: IncidentRules) -> list[Flood]:
    """`usual`: people in such a window at this time of day, by category. The largest first."""
    found = [flood for flood in floods if is_unusual(flood, usual.get(flood.category, 0.0), rules)]
    return sorted(found, key=lambda flood: (-flood.people, flood.category))


def is_unusual(flood: Flood, usual: float, rules: IncidentRules) -> bool:
    return flood.people >= max(rules.least, rules.times * usual) and flood.communes >= rules.communes


def has_subsided(flood: Flood | None, usual: float, rules: IncidentRules) -> bool:
    """Half of what would be unusual: a proposal does not come and go with each caller."""
    return flood is None or flood.people < max(rules.least, rules.times * usual) / 2


def told(incident: Incident, now: datetime) -> tuple[Incident, Event]:
    """Say what became of it: each telling is one version of the incident."""
    incident = replace(incident, version=incident.version + 1)
    state = IncidentState(
        incident_id=incident.id,
        city=incident.city,
        version=incident.version,
        status=incident.status,
        category=incident.category,
        symptom=incident.symptom,
        people=incident.people,
        at=incident.opened_at or incident.proposed_at,
    )
    ended = SAID[incident.status] is EventType.INCIDENT_ENDED
    body = IncidentChanged(incident=state, reason=incident.status.value if ended else None)
    kind, version = SAID[incident.status], incident.version
    return incident, Event(type=kind, subject=incident.id, version=version, key=incident.id, body=body, time=now)
