"""One job with its offers and the people concerned, while it is decided on. It collects what the decision changes and tells.

The files beside it decide (opening, answering, visiting, escalating): each function takes a Case, moves its parts
through the tables in job.py, offer.py and responder.py, and tells. No I/O; the docket loads a case and saves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from dispatch.faults.group import Group
from dispatch.faults.group import told as group_told
from dispatch.jobs.job import OWNED, Job, standing_still
from dispatch.jobs.offer import Offer, state
from dispatch.jobs.timer import Due, TimerKind
from dispatch.roster.responder import Contact, Responder, recipient, ref
from shared.company import needs_two
from shared.events.assignments import AssignmentChanged, JobState, OfferKind, OfferState, OfferStatus, ResponderRef
from shared.events.contract import Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType


@dataclass(slots=True)
class Parties:
    """Everybody whom the loaded cases concern. Responders are locked, so their load may be changed."""

    responders: dict[UUID, Responder] = field(default_factory=dict)
    contacts: dict[UUID, Contact] = field(default_factory=dict)
    lead_names: dict[UUID, Sealed] = field(default_factory=dict)  # by contact point


@dataclass(slots=True)
class Fellowship:
    """A group that a person has confirmed, and all its jobs that are not over: one visit helps them. together.py decides."""

    group: Group
    cases: list["Case"] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    said: Group | None = None  # as it was when it was last told

    def __post_init__(self) -> None:
        self.said = self.group

    def tell(self, kind: EventType, now: datetime, *, reason: str | None = None) -> None:
        self.group, event = group_told(self.group, kind, now, reason=reason)
        self.said = self.group
        self.events.append(event)


@dataclass(slots=True)
class Case:
    job: Job
    offers: dict[UUID, Offer]
    parties: Parties
    now: datetime
    events: list[Event] = field(default_factory=list)
    timers: list[Due] = field(default_factory=list)
    answered: list[UUID] = field(default_factory=list)  # responders who said yes or no: their statistics
    declined: list[UUID] = field(default_factory=list)  # … and those of them who said no: they are left in peace for a while
    notes: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)  # for the audit: what was done, and why
    clocks_restarted: bool = False  # another tier: the timers of the old one are void
    followed_by: Job | None = None  # a second visit is a new job
    fellowship: Fellowship | None = field(default=None, repr=False, compare=False)

    def tell(
        self,
        kind: EventType,
        *,
        offer: Offer | None = None,
        question: OfferState | None = None,
        recipients: tuple[Recipient, ...] = (),
        reason: str | None = None,
        until: datetime | None = None,
        since: datetime | None = None,
        asked: int | None = None,
        minutes: int | None = None,
        choices: tuple[Sealed, ...] = (),
    ) -> None:
        """Say what happened, with the whole public state: each telling is one version of the job. `question`: to the resident."""
        self.job = replace(self.job, version=self.job.version + 1)
        body = AssignmentChanged(
            job=job_state(self.job, self._winner()),
            offer=state(offer) if offer else question,
            recipients=recipients,
            reason=reason,
            until=until,
            since=since,
            coming=self._coming(),
            asked=asked,
            minutes=minutes,
            choices=choices,
        )
        self.events.append(
            Event(type=kind, subject=self.job.id, version=self.job.version, key=self.job.request_id, body=body, time=self.now)
        )

    def note(self, what: str, **detail: object) -> None:
        self.notes.append((what, {name: str(value) for name, value in detail.items()}))

    def put(self, offer: Offer) -> Offer:
        self.offers[offer.id] = offer
        for other in self.fellowship.cases if self.fellowship else ():  # one visit is one offer, whoever looks at it
            if offer.id in other.offers:
                other.offers[offer.id] = offer
        return offer

    def set_timer(self, kind: TimerKind, due_at: datetime, *, subject: UUID | None = None, guard: int | None = None) -> None:
        """About the job at its present version, unless told otherwise."""
        self.timers.append(Due(kind, subject or self.job.id, due_at, self.job.version if guard is None else guard))

    def keep_watch(self) -> bool:
        """Sets the timer of the moment at which this visit is looked at: one row a moment, because a timer that rings cannot move
        itself. False: there is none."""
        due = self.job.aftercare.watch_at
        if due is not None:
            self.set_timer(TimerKind.WATCH, due, guard=int(due.timestamp()))
        return due is not None

    def having(self, kind: OfferKind, status: OfferStatus) -> list[Offer]:
        return [offer for offer in self.offers.values() if offer.kind is kind and offer.status is status]

    def responder(self, responder_id: UUID) -> Responder:
        return self.parties.responders[responder_id]

    def put_responder(self, responder: Responder) -> None:
        self.parties.responders[responder.id] = responder

    def winning_offer(self) -> Offer | None:
        """Of the visit that helps this job: its own, or its group's."""
        accepted = self.having(OfferKind.VISIT, OfferStatus.ACCEPTED)
        return next((offer for offer in accepted if offer.group_id == self.job.group_id), None)

    @property
    def fellows(self) -> list["Case"]:
        """The others that the same visit is for."""
        if self.fellowship is None or self.job.group_id is None:
            return []
        return [case for case in self.fellowship.cases if case is not self and case.job.group_id == self.job.group_id]

    def visit_goes_on(self) -> bool:
        """Whoever comes, or was here, still goes to others of the group."""
        return any(fellow.job.status in OWNED for fellow in self.fellows)

    def resident(self) -> tuple[Recipient, ...]:
        return (self.job.resident,)

    def asked(self, offer: Offer) -> tuple[Recipient, ...]:
        """Who was asked by this offer: a responder or a lead."""
        contact = self.parties.contacts.get(offer.contact_point_id)
        if offer.kind is OfferKind.ESCALATION:
            return recipient(contact, Role.LEAD, self.parties.lead_names.get(offer.contact_point_id))
        found = self.parties.responders.get(offer.responder_id) if offer.responder_id else None
        return recipient(contact, Role.RESPONDER, found.name if found else None)

    def owner(self) -> tuple[Recipient, ...]:
        """The responder who has the job."""
        offer = self.winning_offer()
        return self.asked(offer) if offer else ()

    def unnamed(self, offer: Offer) -> bool:
        """A team with members that has not said who goes, or with whom: nobody may stand at the door yet."""
        found = self.parties.responders.get(offer.responder_id) if offer.responder_id else None
        missing = offer.member_id is None or (self.needs_two and offer.partner_id is None)
        # Nobody stands at a door who only calls.
        return found is not None and found.present_members is not None and missing and not offer.by_phone

    @property
    def needs_two(self) -> bool:
        """Of whoever sets out now, or as they set out; of one visit for several requests, if any of them does."""
        homes = [case.job for case in (self, *self.fellows) if case.job.aftercare.session_at is None]
        return any(needs_two(job.company, job.en_route_at or job.on_scene_at or self.now) for job in homes)

    @property
    def by_phone(self) -> bool:
        """Whoever has it helps in a call, and goes nowhere."""
        offer = self.winning_offer()
        return offer is not None and offer.by_phone

    def _coming(self) -> int | None:
        if self.job.aftercare.session_at is None:
            return None
        return sum(case.job.aftercare.coming is True for case in (self, *self.fellows))

    def _winner(self) -> ResponderRef | None:
        found = self.parties.responders.get(self.job.responder_id) if self.job.responder_id else None
        if found is None:
            return None
        offer, contact = self.winning_offer(), self.parties.contacts.get(found.contact_point_id)
        if offer is None:
            return ref(found, contact)
        unnamed = self.unnamed(offer)
        return ref(found, contact, offer.member, offer.partner, unnamed=unnamed, by_phone=offer.by_phone)


def job_state(job: Job, winner: ResponderRef | None = None) -> JobState:
    """What the other contexts may know of a job."""
    return JobState(
        job_id=job.id,
        request_id=job.request_id,
        city=job.city,
        code=job.code,
        version=job.version,
        status=job.status,
        priority=job.priority,
        category=job.category,
        commune_code=job.commune_code,
        place=job.place,
        round=job.round,
        visit=job.visit,
        details=job.details,
        resident=job.resident,
        visit_consent=job.visit_consent,
        company=job.company,
        by_call=job.by_call,
        escalated_to=job.escalated_to,
        pause=standing_still(job),
        paused_until=job.not_before,
        held_seconds=job.held_seconds,
        responder=winner,
        outcome=job.outcome,
        stopped=job.aftercare.stopped,
        group_id=job.group_id,
        shared_by=job.shared_by,
        session_at=job.aftercare.session_at,
        comes=job.aftercare.coming,
        venue=job.aftercare.venue,
        filed_at=job.filed_at,
        opened_at=job.opened_at,
    )


def offers_of(job: Job, offers: Iterable[Offer]) -> dict[UUID, Offer]:
    """Its own, and the one that somebody has accepted for its whole group; not that of a group which it has left."""

    def concerns(offer: Offer) -> bool:
        if offer.group_id is not None and offer.status is OfferStatus.ACCEPTED:
            return offer.group_id == job.group_id
        return offer.job_id == job.id

    return {offer.id: offer for offer in offers if concerns(offer)}


def events_of(cases: Iterable[Case]) -> list[Event]:
    return [event for case in cases for event in case.events]


def detail_of(event: Event) -> Mapping[str, str]:
    """What the audit keeps of a telling: ids and words, no personal data."""
    body = event.body
    if not isinstance(body, AssignmentChanged):
        return {}
    found = {"status": body.job.status.value}
    if body.offer:
        found |= {"offer_id": str(body.offer.offer_id), "offer": body.offer.status.value}
    if body.reason:
        found["reason"] = body.reason
    if body.until:
        found["until"] = body.until.isoformat()
    return found
