"""The cases of one transaction: loaded under their locks, decided on, saved with everything they tell. No rules here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from dispatch.faults.group import Group
from dispatch.faults.group_rows import lock_groups, record_groups
from dispatch.jobs.case import Case, Fellowship, Parties, detail_of, events_of, offers_of
from dispatch.jobs.escalation import Lead
from dispatch.jobs.going import Naming
from dispatch.jobs.job import Job
from dispatch.jobs.naming import NotFoundByName
from dispatch.jobs.offer import Offer
from dispatch.jobs.opening import open_case
from dispatch.jobs.pinning import Chosen
from dispatch.jobs.timer import Due, TimerKind
from dispatch.jobs.together import settle
from dispatch.matching.acquaintance import met_in
from dispatch.queries import QUERIES, SOURCE
from dispatch.roster.responder import Responder
from dispatch.rows import (
    contact_of,
    inserted_escalations,
    inserted_jobs,
    inserted_pin,
    job_of,
    lead_of,
    offer_of,
    responder_of,
    turned,
    updated_jobs,
    updated_offers,
    updated_responders,
)
from shared.errors import NotFound, Refused, Transient
from shared.events.assignments import OfferKind
from shared.events.messages import ReplyReceived
from shared.ids import uuid7
from shared.postgres.transaction import app_now
from shared.timers import Timer, clear_timers, set_timers
from shared.transport.outbox import append

__all__ = ["QUERIES", "SOURCE", "Docket", "open_docket", "timer_of"]


@dataclass(slots=True)
class Docket:
    """`leads` are those of the loaded cases' communes. `actor` is a word or a token's name, for the audit."""

    connection: asyncpg.Connection
    actor: str
    now: datetime
    cases: dict[UUID, Case] = field(default_factory=dict)
    parties: Parties = field(default_factory=Parties)
    leads: list[Lead] = field(default_factory=list)
    heard: set[UUID] = field(default_factory=set)  # phones from which an answer came
    buried: dict[UUID, int] = field(default_factory=dict)  # cancelled before we knew them: request id → its version
    named: dict[UUID, Chosen | NotFoundByName] = field(default_factory=dict)  # by event: whom a lead has named
    namings: dict[UUID, Naming] = field(default_factory=dict)  # by event: what an answer says of who goes
    fellowships: dict[UUID, Fellowship] = field(default_factory=dict)  # confirmed groups of the loaded jobs
    incidents: Mapping[str, UUID] = field(default_factory=dict)  # open ones, by category: a new job of it is held
    refusals: list[tuple[str, UUID, dict[str, str]]] = field(default_factory=list)  # answers that changed nothing: for the audit
    _newest: dict[UUID, Case] = field(default_factory=dict)
    _asking: dict[UUID, Case] = field(default_factory=dict)  # by the offers that were loaded
    _jobs: dict[UUID, Job] = field(default_factory=dict)  # as they were loaded
    _offers: dict[UUID, Offer] = field(default_factory=dict)
    _responders: dict[UUID, Responder] = field(default_factory=dict)

    def join(self, fellowship: Fellowship) -> Fellowship:
        self.fellowships[fellowship.group.id] = fellowship
        for case in fellowship.cases:
            case.fellowship = fellowship
        return fellowship

    def find_offer(self, offer_id: UUID) -> tuple[Case, Offer] | None:
        """The offer as it is now, which earlier decisions of this docket may have changed."""
        case = self._asking.get(offer_id)
        return (case, case.offers[offer_id]) if case else None

    def case_of_offer(self, offer_id: UUID) -> tuple[Case, Offer]:
        found = self.find_offer(offer_id)
        if found is None:
            raise NotFound("offer")
        return found

    def case(self, job_id: UUID) -> Case:
        if job_id not in self.cases:
            raise NotFound("assignment")
        return self.cases[job_id]

    def of_request(self, request_id: UUID) -> Case | None:
        """Of several rounds the last."""
        return self._newest.get(request_id)

    def add(self, case: Case) -> Case:
        self.cases[case.job.id] = case
        known = self._newest.get(case.job.request_id)
        if known is None or known.job.round <= case.job.round:
            self._newest[case.job.request_id] = case
        for offer in case.offers.values():  # one visit for several is known to all of them, and belongs to whom it was offered by
            if offer.job_id == case.job.id or offer.id not in self._asking:
                self._asking[offer.id] = case
        return case

    def meant_by(self, reply: ReplyReceived, case: Case, offer: Offer) -> Case | None:
        """Of one visit for several requests the one that somebody spoke of by its number; None: that one is theirs no more."""
        spoken_of = self.cases.get(reply.job_id)
        if spoken_of is not None and offer.id in spoken_of.offers:
            return spoken_of
        return case if reply.whole or offer.group_id is None else None

    def settle(self) -> None:
        """What follows from all decisions taken: second visits, and who of a group is offered now."""
        for case in list(self.cases.values()):
            if case.followed_by:
                self.add(open_case(case.followed_by, now=self.now, parties=self.parties))
        for fellowship in self.fellowships.values():
            settle(fellowship, self.now)

    async def save(self) -> None:
        """Everything that changed, what is told of it, its timers and its audit.

        Raises Transient when a job was changed behind our back, which its lock forbids.
        """
        self.settle()
        cases = list(self.cases.values())
        await self._save_jobs(cases)
        await self._save_responders(cases)
        await self._save_offers(cases)
        await self._hear(cases)
        met = met_in(self._jobs, [case.job for case in cases])
        if met:
            await self.connection.execute(QUERIES["note_met"], *turned(met))
        restarted = [case.job.id for case in cases if case.clocks_restarted]
        await clear_timers(self.connection, (TimerKind.ESCALATE, TimerKind.SLA), restarted)
        await set_timers(self.connection, [timer_of(due) for case in cases for due in case.timers])
        events = events_of(cases)
        await append(self.connection, events, source=SOURCE)
        said = [(event.type, event.subject, dict(detail_of(event))) for event in events]
        await self.note(said + [(what, case.job.id, dict(detail)) for case in cases for what, detail in case.notes])
        told = [(one.group, event) for one in self.fellowships.values() for event in one.events]
        await record_groups(self.connection, told, actor=self.actor, now=self.now)

    async def note(self, entries: Sequence[tuple[str, UUID, dict[str, str]]]) -> None:
        """The audit: action, subject, and ids and words about it."""
        if entries:
            actions, subjects, details = (list(column) for column in zip(*entries, strict=True))
            await self.connection.execute(QUERIES["write_audit"], self.now, self.actor, actions, subjects, details)

    async def _save_jobs(self, cases: Sequence[Case]) -> None:
        changed = [
            (self._jobs[case.job.id], case.job)
            for case in cases
            if case.job.id in self._jobs and case.job != self._jobs[case.job.id]
        ]
        # Of each group one is offered: whoever takes over from another is written after it.
        promoted = [pair for pair in changed if pair[0].rides and not pair[1].rides]
        for pairs in ([pair for pair in changed if pair not in promoted], promoted):
            if pairs and len(await self.connection.fetch(QUERIES["update_jobs"], *updated_jobs(pairs))) != len(pairs):
                raise Transient("a job changed while it was decided on")
        new = [case.job for case in cases if case.job.id not in self._jobs]
        if new:  # after the updates: only one job of a request may be live
            await self.connection.execute(QUERIES["insert_jobs"], *inserted_jobs(new))

    async def _save_responders(self, cases: Sequence[Case]) -> None:
        touched = {offer.responder_id for case in cases for offer in case.offers.values() if self._changed(offer)}
        changed = [
            responder
            for responder in sorted(self.parties.responders.values(), key=lambda one: one.id)
            if responder.id in touched or responder != self._responders[responder.id]
        ]
        if changed:
            await self.connection.execute(QUERIES["update_responders"], *updated_responders(changed, cases), self.now)

    async def _save_offers(self, cases: Sequence[Case]) -> None:
        offers = {offer.id: offer for case in cases for offer in case.offers.values() if self._changed(offer)}.values()
        known = sorted((offer for offer in offers if offer.id in self._offers), key=lambda offer: offer.id)
        new = [offer for offer in offers if offer.id not in self._offers]
        pinned = [offer for offer in new if offer.kind is OfferKind.VISIT]
        if known:
            await self.connection.execute(QUERIES["update_offers"], *updated_offers(known))
        for offer in pinned:
            await self._pin(offer)
        if len(new) > len(pinned):
            escalations = [offer for offer in new if offer.kind is OfferKind.ESCALATION]
            await self.connection.execute(QUERIES["insert_escalations"], *inserted_escalations(escalations))

    async def _hear(self, cases: Sequence[Case]) -> None:
        """Who answers can be reached. Nearly always that is known, and nothing is written."""
        said = {self.parties.responders[one].contact_point_id for case in cases for one in case.answered} | self.heard
        doubted = [one for one in said if one not in self.parties.contacts or self.parties.contacts[one].doubted]
        if doubted:
            await self.connection.execute(QUERIES["hear_from"], doubted)

    async def _pin(self, offer: Offer) -> None:
        """Somebody was chosen by hand. Raises Refused when the database knows of another offer on that phone."""
        if await self.connection.fetchval(QUERIES["insert_pinned"], *inserted_pin(offer)) is None:
            raise Refused("pending_offer", "this phone is being asked something else; wait until that is answered")

    def _changed(self, offer: Offer) -> bool:
        return self._offers.get(offer.id) != offer

    def remember(self) -> None:
        """What is loaded now is what the database holds."""
        self._jobs = {case.job.id: case.job for case in self.cases.values()}
        self._offers = {offer.id: offer for case in self.cases.values() for offer in case.offers.values()}
        self._responders = dict(self.parties.responders)


def timer_of(due: Due) -> Timer:
    return Timer(id=uuid7(), kind=due.kind, subject=due.subject, due_at=due.due_at, guard=due.guard)


async def open_docket(
    connection: asyncpg.Connection,
    *,
    actor: str,
    job_ids: Collection[UUID] = (),
    request_ids: Collection[UUID] = (),
    offer_ids: Collection[UUID] = (),
    responder_ids: Collection[UUID] = (),
) -> Docket:
    """Locks the jobs named, those of the offers named, and the newest of each request; then everybody concerned and named."""
    wanted = set(job_ids)
    if offer_ids:
        rows = await connection.fetch(QUERIES["jobs_of_offers"], list(offer_ids))
        wanted |= {row["job_id"] for row in rows}
    jobs, groups = await _lock_jobs(connection, wanted, request_ids)
    if not jobs:
        return Docket(connection, actor, await app_now(connection))
    offers = await _load_offers(connection, jobs, offer_ids, groups)
    parties = await _load_parties(connection, jobs, offers, responder_ids)
    now = await app_now(connection)  # after the last lock (law 9)
    docket = Docket(connection, actor, now, parties=parties, leads=await _load_leads(connection, jobs, parties))
    for job in jobs:
        docket.add(Case(job, offers_of(job, offers), parties, now))
    for group in groups.values():
        docket.join(Fellowship(group, [case for case in docket.cases.values() if case.job.group_id == group.id]))
    docket.remember()
    return docket


async def _lock_jobs(
    connection: asyncpg.Connection, wanted: Collection[UUID], request_ids: Collection[UUID]
) -> tuple[list[Job], dict[UUID, Group]]:
    """Also all that are helped together with one of them. Whoever joined a group while we waited for its lock is locked, too."""
    wanted = set(wanted)
    while wanted or request_ids:
        jobs = [job_of(row) for row in await connection.fetch(QUERIES["lock_jobs"], list(wanted), list(request_ids))]
        groups = await lock_groups(connection, {job.group_id for job in jobs if job.group_id})
        if not groups:
            return jobs, {}
        rows = await connection.fetch(QUERIES["fellows_of_groups"], list(groups))
        missing = {row["id"] for row in rows} - {job.id for job in jobs}
        if not missing:
            return jobs, groups
        wanted |= missing
    return [], {}


async def _load_offers(
    connection: asyncpg.Connection, jobs: Sequence[Job], named: Collection[UUID], groups: Collection[UUID]
) -> list[Offer]:
    rows = await connection.fetch(QUERIES["offers_of_jobs"], [job.id for job in jobs], list(named))
    if groups:
        rows += await connection.fetch(QUERIES["visits_of_groups"], list(groups))
    return list({row["id"]: offer_of(row) for row in rows}.values())


async def _load_parties(
    connection: asyncpg.Connection, jobs: Sequence[Job], offers: Sequence[Offer], named: Collection[UUID]
) -> Parties:
    ids = {offer.responder_id for offer in offers} | {job.responder_id for job in jobs} | set(named)
    ids |= {job.aftercare.first for job in jobs}  # asked first when it goes on
    ids.discard(None)
    responders = [responder_of(row) for row in await connection.fetch(QUERIES["lock_responders"], list(ids))] if ids else []
    points = {offer.contact_point_id for offer in offers} | {responder.contact_point_id for responder in responders}
    contacts = [contact_of(row) for row in await connection.fetch(QUERIES["contacts"], list(points))] if points else []
    return Parties({one.id: one for one in responders}, {one.id: one for one in contacts})


async def _load_leads(connection: asyncpg.Connection, jobs: Sequence[Job], parties: Parties) -> list[Lead]:
    cities, communes = {job.city for job in jobs}, {job.commune_code for job in jobs}
    leads = [lead_of(row) for row in await connection.fetch(QUERIES["seats"], list(cities), list(communes))]
    parties.lead_names.update({lead.contact.id: lead.name for lead in leads if lead.name})
    return leads
