"""What PostgreSQL is to dispatch, in memory: rows, and a transaction that is a copy until it is saved. No decisions."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dispatch.docket import Docket
from dispatch.faults.group import Group
from dispatch.jobs.case import Case, Fellowship, Parties, events_of, offers_of
from dispatch.jobs.escalation import Lead
from dispatch.jobs.job import Job
from dispatch.jobs.offer import Offer
from dispatch.jobs.timer import TimerKind
from dispatch.roster.responder import Contact, Responder
from shared.events.assignments import OfferStatus
from shared.events.envelope import Event

TimerKey = tuple[str, UUID, int]  # kind, subject, guard
_STILL_MATTERS = frozenset({OfferStatus.PENDING, OfferStatus.ACCEPTED})


@dataclass(slots=True)
class Store:
    jobs: dict[UUID, Job] = field(default_factory=dict)
    offers: dict[UUID, Offer] = field(default_factory=dict)
    responders: dict[UUID, Responder] = field(default_factory=dict)
    contacts: dict[UUID, Contact] = field(default_factory=dict)
    leads: list[Lead] = field(default_factory=list)
    timers: dict[TimerKey, datetime] = field(default_factory=dict)
    seen: set[UUID] = field(default_factory=set)
    buried: dict[UUID, int] = field(default_factory=dict)
    told: list[Event] = field(default_factory=list)
    groups: dict[UUID, Group] = field(default_factory=dict)

    def begun(self) -> "Store":
        """A transaction. Rows never change in place, so that copies of the tables suffice."""
        return Store(
            dict(self.jobs),
            dict(self.offers),
            dict(self.responders),
            dict(self.contacts),
            list(self.leads),
            dict(self.timers),
            set(self.seen),
            dict(self.buried),
            list(self.told),
            dict(self.groups),
        )

    def docket(
        self,
        now: datetime,
        *,
        jobs: Collection[UUID] = (),
        requests: Collection[UUID] = (),
        offers: Collection[UUID] = (),
    ) -> Docket:
        """As `open_docket` loads it: the jobs named, those of the offers named, of each request the newest."""
        wanted = {*jobs, *(self.offers[offer].job_id for offer in offers if offer in self.offers)}
        targets = {self.offers[offer].group_id for offer in offers if offer in self.offers} - {None}
        wanted |= {job.id for job in self.jobs.values() if job.group_id in targets and job.closed_at is None}
        wanted |= {job.id for request in requests if (job := self.newest(request)) is not None}
        groups = {job.group_id for job in self.jobs.values() if job.id in wanted and job.group_id is not None}
        wanted |= {job.id for job in self.jobs.values() if job.group_id in groups and job.closed_at is None}
        found = [self.jobs[job_id] for job_id in self.jobs if job_id in wanted]
        asked = [
            offer
            for offer in self.offers.values()
            if (offer.job_id in wanted and (offer.status in _STILL_MATTERS or offer.id in offers))
            or (offer.group_id in groups and offer.status is OfferStatus.ACCEPTED)
        ]
        people = {offer.responder_id for offer in asked} | {job.responder_id for job in found}
        people |= {job.aftercare.first for job in found}  # asked first when it goes on
        parties = Parties({id_: one for id_, one in self.responders.items() if id_ in people}, dict(self.contacts))
        nothing: Any = None
        docket = Docket(nothing, "simulation", now, parties=parties, leads=self.leads)
        for job in found:
            docket.add(Case(job, offers_of(job, asked), parties, now))
        for group_id in groups:
            docket.join(Fellowship(self.groups[group_id], [one for one in docket.cases.values() if one.job.group_id == group_id]))
        docket.buried.update({request: self.buried[request] for request in requests if request in self.buried})
        return docket

    def newest(self, request: UUID) -> Job | None:
        return max((job for job in self.jobs.values() if job.request_id == request), key=lambda job: job.round, default=None)

    def helped_by(self, offer: Offer) -> Job | None:
        """One that is not over; of a visit for several any of them."""
        jobs = [self.jobs[offer.job_id]]
        if offer.group_id is not None and offer.status is OfferStatus.ACCEPTED:
            jobs = [job for job in self.jobs.values() if job.group_id == offer.group_id]
        return next((job for job in jobs if job.closed_at is None), None)

    def save(self, docket: Docket) -> None:
        """As `Docket.save` writes it."""
        docket.settle()
        self.groups.update({id_: one.group for id_, one in docket.fellowships.items()})
        cases = list(docket.cases.values())
        for case in cases:
            self.jobs[case.job.id] = case.job
            self.offers.update(case.offers)
        self.responders.update(docket.parties.responders)
        restarted = {case.job.id for case in cases if case.clocks_restarted}
        self.timers = {
            key: due
            for key, due in self.timers.items()
            if not (key[1] in restarted and key[0] in {TimerKind.ESCALATE, TimerKind.SLA})
        }
        self.timers.update({(due.kind, due.subject, due.guard): due.due_at for case in cases for due in case.timers})
        self.buried.update(docket.buried)
        self.told += events_of(cases)

    def submitted(self, offer_id: UUID, at: datetime) -> None:
        """As `take_submitted` does: the lease runs from now on, never past its cap."""
        offer = self.offers[offer_id]
        if offer.status is OfferStatus.PENDING and offer.submitted_at is None:
            lease_over = at + timedelta(seconds=offer.lease_seconds)
            offer = self.offers[offer_id] = replace(offer, submitted_at=at, expires_at=min(lease_over, offer.expires_at))
            self.timers[TimerKind.OFFER_EXPIRY, offer_id, 0] = offer.expires_at
