"""The cases of one transaction: loaded under their locks, decided on, saved with everything they tell. No rules here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.acquaintance import met_in
from dispatch.case import Case, Parties, detail_of, events_of
from dispatch.escalation import Lead
from dispatch.going import Naming
from dispatch.job import Job
from dispatch.naming import NotFoundByName
from dispatch.offer import Offer
from dispatch.opening import open_case
from dispatch.pinning import Chosen
from dispatch.responder import Responder
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
from dispatch.timer import Due, TimerKind
from shared.errors import NotFound, Refused, Transient
from shared.events.assignments import OfferKind
from shared.ids import uuid7
from shared.postgres.queries import load_queries
from shared.postgres.transaction import app_now
from shared.timers import Timer, clear_timers, set_timers
from shared.transport.outbox import append

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
SOURCE: Final = "/dispatch"


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
    refusals: list[tuple[str, UUID, dict[str, str]]] = field(default_factory=list)  # answers that changed nothing: for the audit
    _newest: dict[UUID, Case] = field(default_factory=dict)
    _asking: dict[UUID, Case] = field(default_factory=dict)  # by the offers that were loaded
    _jobs: dict[UUID, Job] = field(default_factory=dict)  # as they were loaded
    _offers: dict[UUID, Offer] = field(default_factory=dict)
    _responders: dict[UUID, Responder] = field(default_factory=dict)

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
        self._asking.update(dict.fromkeys(case.offers, case))
        return case

    async def save(self) -> None:
        """Everything that changed, what is told of it, its timers and its audit.

        Raises Transient when a job was changed behind our back, which its lock forbids.
        """
        for case in list(self.cases.values()):
            if case.followed_by:
                self.add(open_case(case.followed_by, now=self.now, parties=self.parties))
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
        if changed:
            saved = await self.connection.fetch(QUERIES["update_jobs"], *updated_jobs(changed))
            if len(saved) != len(changed):
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
        offers = [offer for case in cases for offer in case.offers.values() if self._changed(offer)]
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
    jobs = []
    if wanted or request_ids:
        jobs = [job_of(row) for row in await connection.fetch(QUERIES["lock_jobs"], list(wanted), list(request_ids))]
    if not jobs:
        return Docket(connection, actor, await app_now(connection))
    offers = [
        offer_of(row) for row in await connection.fetch(QUERIES["offers_of_jobs"], [job.id for job in jobs], list(offer_ids))
    ]
    parties = await _load_parties(connection, jobs, offers, responder_ids)
    now = await app_now(connection)  # after the last lock (law 9)
    docket = Docket(connection, actor, now, parties=parties, leads=await _load_leads(connection, jobs, parties))
    for job in jobs:
        docket.add(Case(job, {offer.id: offer for offer in offers if offer.job_id == job.id}, parties, now))
    docket.remember()
    return docket


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
