"""Bodies of the incident.* events on `techrescue.assignments.v1`: one kind of help cannot work anywhere in a city just now."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract
from shared.events.duty import PersonNews


class IncidentStatus(StrEnum):
    PROPOSED = "proposed"  # far more people ask for the same than usual; nothing changes until a person has said so
    OPEN = "open"  # a person has said so: whoever waits for this kind of help waits on, and hears why
    ENDED = "ended"  # a person has said that it is over: everybody who was held is asked
    DISMISSED = "dismissed"  # a person has said that it is none
    SUBSIDED = "subsided"  # proposed, and before anybody decided it was as usual again


class Symptom(StrEnum):
    """What is known of it, in words of a closed list: thousands read it in two languages, and no free text stands in a topic."""

    NO_LOGIN = "no_login"  # nobody can sign in
    NO_CODE = "no_code"  # codes by text do not arrive
    NO_ANSWER = "no_answer"  # the system does not answer at all
    SLOW = "slow"
    WRONG_DATA = "wrong_data"  # documents or data are not shown, or wrongly
    MAINTENANCE = "maintenance"  # announced by whoever runs it


class IncidentState(Contract):
    """Everything public about one incident."""

    incident_id: UUID
    city: str
    version: int  # of the incident, raised by every change
    status: IncidentStatus
    category: str  # whose jobs it holds
    symptom: Symptom | None = None
    people: int = 0  # how many had asked when it was proposed
    at: datetime  # proposed, or opened


class IncidentChanged(Contract):
    """Body of incident.proposed, .opened and .ended: the incident after the change."""

    incident: IncidentState
    reason: str | None = None  # a word from a closed set, never free text


class IncidentRung(PersonNews):
    """Body of incident.rung: the city desk has to decide about it. `reason`: proposed, or still_open."""

    incident_id: UUID
    category: str
    reason: str
    people: int = 0  # who asked for it, or are held by it
    since: datetime
