"""Bodies of `techrescue.assignments.v1`: what dispatch says of a job and its offers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract, Place, Priority, Recipient, Sealed


class JobStatus(StrEnum):
    PENDING = "pending"  # waits for a responder; the matcher takes it
    OFFERED = "offered"  # at least one offer may still be answered
    ACCEPTED = "accepted"  # exactly one responder owns it
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    FROZEN = "frozen"  # stopped because somebody may come to harm: nobody is offered it until the city desk lifts it
    DONE = "done"  # with an outcome
    HANDED_OFF = "handed_off"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    SOLVED = "solved"
    ABSENT = "absent"  # nobody opened
    REFUSED = "refused"  # the resident did not want the visit
    WRONG_ADDRESS = "wrong_address"
    UNSAFE = "unsafe"
    NEEDS_OFFICE = "needs_office"  # only an office can do it
    SECOND_VISIT = "second_visit"
    NEEDS_VISIT = "needs_visit"  # a call did not solve it: the same job goes on, and somebody goes there


class OfferKind(StrEnum):
    VISIT = "visit"  # go there and help
    ESCALATION = "escalation"  # nobody was found: 1 = mine, 2 = city desk
    INCIDENT = "incident"  # no offer of a job: a resident is asked whether it works again (job.questioned)
    SESSION = "session"  # same: whether they come to a group visit
    SHIFT = "shift"  # no offer of a job: a question about a shift (shift.asked), among the questions of a phone
    CONSENT = "consent"  # no offer either: may somebody come? (request.consent_asked)
    DRILL = "drill"  # no offer either: is anybody there? (drill.asked)
    FIXED = "fixed"  # no offers either, but what a registered number is asked about its request (request.inquired)
    SURVEY = "survey"
    CANCEL = "cancel"
    MOVE = "move"


class OfferStatus(StrEnum):
    PENDING = "pending"  # sent out; may be answered until expires_at
    ACCEPTED = "accepted"  # this responder has the job, until released or completed
    DECLINED = "declined"
    EXPIRED = "expired"  # nobody answered in time; a late yes may still win an open job
    WITHDRAWN = "withdrawn"  # taken back by us: another was faster, or the request is gone
    UNDELIVERABLE = "undeliverable"  # no channel reached this person
    RELEASED = "released"  # accepted, then given back
    COMPLETED = "completed"  # accepted, and the job is over


class ResponderKind(StrEnum):
    TEAM = "team"
    VOLUNTEER = "volunteer"  # a student
    ENGINEER = "engineer"
    MOBILE_POINT = "mobile_point"


class ResponderRef(Contract):
    """Who has the job. Names are sealed under the responder's own key."""

    responder_id: UUID
    kind: ResponderKind
    contact_point_id: UUID
    name: Sealed | None = None  # purpose "name": of the team, or of the one person
    phone: Sealed | None = None  # purpose "phone"
    member: Sealed | None = None  # purpose "name": who of a team goes
    partner: Sealed | None = None  # purpose "name": with whom, where two people go
    unnamed: bool = False  # a team with members on the roster that has not said yet who goes
    languages: tuple[str, ...] = ()  # spoken, by code; empty: nobody has said
    by_phone: bool = False  # helps in a call that the hotline connects, and goes nowhere


class OfferState(Contract):
    offer_id: UUID
    kind: OfferKind
    status: OfferStatus
    wave: int
    responder_id: UUID | None  # None for an escalation: leads are no responders
    contact_point_id: UUID
    lease_seconds: float  # runs from message.submitted
    not_after: datetime  # a message about this offer is worthless afterwards
    distance_m: int | None = None  # None also by phone: it does not matter there
    by_phone: bool = False


class JobState(Contract):
    """Everything public about one job, and the sealed parts that notify needs to tell the two sides about each other."""

    job_id: UUID
    request_id: UUID
    city: str
    code: str
    version: int  # of the job, raised by every change of it or of its offers
    status: JobStatus
    priority: Priority
    category: str
    commune_code: str
    place: Place
    round: int = 0  # of the request: each reopening and each second visit is a new job
    visit: int  # counts releases; a new visit has a new pass phrase
    details: Sealed  # the request's, opened for the winner only
    resident: Recipient
    visit_consent: bool | None = None
    company: str | None = None  # who has to be there beside one helper: a Company of shared/company.py
    by_call: bool = False
    escalated_to: str | None = None  # "ward_lead" | "deputy" | "city_desk"
    pause: str | None = None  # while it stands still: a Pause of shared/pauses.py
    paused_until: datetime | None = None  # … and until when, at the latest
    held_seconds: float = 0.0  # of the tier's clock, in pauses that are over: the promises are later by so much
    responder: ResponderRef | None = None
    outcome: Outcome | None = None
    stopped: str | None = None  # why it is frozen, when that is not suspicion: "unsafe"
    group_id: UUID | None = None  # a person has said that several requests are one fault: one visit helps them all
    shared_by: int = 1  # how many requests that visit helps
    session_at: datetime | None = None  # its visit is a group visit: everybody comes at this hour …
    comes: bool | None = None  # … and whether they have said so; None: not yet
    venue: Sealed | None = None  # … to this place; purpose "venue", under the key of `details`
    filed_at: datetime
    opened_at: datetime


class AssignmentChanged(Contract):
    """Body of every event on this topic: the job after the change, the offer it is about, who must hear of it, and why."""

    job: JobState
    offer: OfferState | None = None
    recipients: tuple[Recipient, ...] = ()
    reason: str | None = None  # a word from a closed set, never free text
    until: datetime | None = None  # clock.paused: when it goes on; sla.*: the deadline
    since: datetime | None = None  # clock.*: from when on it stands, or stood, still
    coming: int | None = None  # of a session: how many have said that they come
    asked: int | None = None  # job.news: how many are being asked just now
    minutes: int | None = None  # assignment.late: by so many
    choices: tuple[Sealed, ...] = ()  # purpose "name"; assignment.name_wanted: whom a name could mean
