"""Use cases of the HTTP side: lock, decide, save, commit. The same decisions as for answers by message; refusals are raised."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg

from dispatch.calling_number import if_theirs
from dispatch.docket import Docket, open_docket
from dispatch.faults.session import report
from dispatch.jobs import together, visiting
from dispatch.jobs.alarming import calm, sos
from dispatch.jobs.answering import decline
from dispatch.jobs.case import Case
from dispatch.jobs.escalating import own, pass_on
from dispatch.jobs.freezing import lift
from dispatch.jobs.going import NameWanted, Naming, Want
from dispatch.jobs.job import IllegalMove
from dispatch.jobs.offer import Offer
from dispatch.jobs.reporting import agree_on
from dispatch.jobs.watching import on_the_way
from dispatch.links import issue_link, offer_of_link
from dispatch.roster.team import namings
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.events.assignments import JobStatus, OfferKind, Outcome
from shared.postgres.transaction import transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault


class Answers:
    """`wake` rings after each commit. Saying the same thing twice gives the same answer and changes nothing."""

    def __init__(self, pool: asyncpg.Pool, wake: Callable[[], None], vault: Vault) -> None:
        self._pool = pool
        self._wake = wake
        self._vault = vault

    async def accept(self, offer_id: UUID, caller: Caller, member: str | None = None) -> tuple[Case, Offer]:
        """`member`: who of the team goes; one that fits nobody is asked for again. Raises OfferClosed, CapacityFull, Inactive."""
        async with self._offer(offer_id, caller) as (docket, case, offer):
            if offer.kind is OfferKind.ESCALATION:
                own(case, offer)
            else:
                together.accept(case, offer, await self._naming(docket, offer, member))
        return case, case.offers[offer_id]

    async def name(self, job_id: UUID, caller: Caller, member: str) -> Case:
        """Who of the team goes. Raises NameWanted when that fits nobody, or several; IllegalMove, NotFound."""
        async with self._owned(job_id, caller) as (docket, case, offer):
            naming = await self._naming(docket, offer, member)
            if naming is None or naming.want is not None:
                raise NameWanted(naming.want if naming and naming.want else Want.NO_TEAM)
            together.name(case, offer, naming)
        return case

    async def decline(self, offer_id: UUID, caller: Caller, *, to_desk: bool = False) -> tuple[Case, Offer]:
        async with self._offer(offer_id, caller) as (docket, case, offer):
            if offer.kind is OfferKind.ESCALATION:
                pass_on(case, offer, docket.leads, to_desk=to_desk)
            else:
                decline(case, offer, docket.leads)
        return case, case.offers[offer_id]

    async def en_route(self, job_id: UUID, caller: Caller) -> Case:
        return await self._visit(job_id, caller, on_the_way)

    async def on_scene(self, job_id: UUID, caller: Caller) -> Case:
        return await self._visit(job_id, caller, visiting.on_scene)

    async def done(self, job_id: UUID, caller: Caller, outcome: Outcome) -> Case:
        return await self._visit(job_id, caller, lambda case: report(case, outcome))

    async def slot(self, job_id: UUID, caller: Caller, at: datetime, caller_phone: str | None = None) -> Case:
        """Raises NotWaiting, FromElsewhere."""
        act = await if_theirs(self._pool, self._vault, caller_phone, lambda case: agree_on(case, at))
        return await self._visit(job_id, caller, act)

    async def calm(self, job_id: UUID, caller: Caller) -> Case:
        """Raises NoAlarm."""
        return await self._visit(job_id, caller, calm)

    async def sos(self, job_id: UUID, caller: Caller) -> Case:
        """From every ward: whoever answers for the helper may be of another one than the visit."""
        async with self._assignment(job_id, caller, anywhere=True) as (docket, case):
            sos(case, docket.leads, case.owner())
        return case

    async def release(self, job_id: UUID, caller: Caller) -> Case:
        return await self._visit(job_id, caller, visiting.release)

    async def lift(self, job_id: UUID, caller: Caller) -> Case:
        """Raises IllegalMove when nothing is frozen."""
        return await self._visit(job_id, caller, lift)

    async def show(self, offer_id: UUID, caller: Caller) -> tuple[Case, Offer]:
        """Reads only, but through the same door, so that what is shown is what an answer would meet."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            docket = await self._docket_of(connection, offer_id, caller)
            return docket.case_of_offer(offer_id)

    async def link(self, offer_id: UUID, caller: Caller) -> str:
        """A new link for this offer, to be sent by hand."""
        async with self._offer(offer_id, caller) as (docket, _, _):
            return await issue_link(docket.connection, offer_id)

    @asynccontextmanager
    async def _offer(self, offer_id: UUID, caller: Caller) -> AsyncIterator[tuple[Docket, Case, Offer]]:
        async with transaction(self._pool, "dispatch.answer") as connection:
            docket = await self._docket_of(connection, offer_id, caller)
            yield docket, *docket.case_of_offer(offer_id)
            await docket.save()
        self._wake()

    async def _docket_of(self, connection: asyncpg.Connection, offer_id: UUID, caller: Caller) -> Docket:
        allowed = await offer_of_link(connection, caller)
        if allowed not in {None, offer_id}:
            raise NotFound("offer")
        docket = await open_docket(connection, actor=actor_of(caller), offer_ids=[offer_id])
        check_ward(caller, docket.case_of_offer(offer_id)[0].job.commune_code)
        return docket

    async def _visit(self, job_id: UUID, caller: Caller, decide: Callable[[Case], None]) -> Case:
        async with self._assignment(job_id, caller) as (_, case):
            decide(case)
        return case

    @asynccontextmanager
    async def _assignment(self, job_id: UUID, caller: Caller, *, anywhere: bool = False) -> AsyncIterator[tuple[Docket, Case]]:
        async with transaction(self._pool, "dispatch.answer") as connection:
            allowed = await offer_of_link(connection, caller)
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            if not anywhere:
                check_ward(caller, case.job.commune_code)
            winner = case.winning_offer()
            if allowed is not None and (winner is None or winner.id != allowed):
                raise NotFound("assignment")
            yield docket, case
            await docket.save()
        self._wake()

    @asynccontextmanager
    async def _owned(self, job_id: UUID, caller: Caller) -> AsyncIterator[tuple[Docket, Case, Offer]]:
        async with self._assignment(job_id, caller) as (docket, case):
            offer = case.winning_offer()
            if offer is None:
                raise IllegalMove(case.job.status, JobStatus.ACCEPTED)
            yield docket, case, offer

    async def _naming(self, docket: Docket, offer: Offer, member: str | None) -> Naming | None:
        return (await namings(docket, self._vault, {offer.id: (offer.id, member)})).get(offer.id)


def actor_of(caller: Caller) -> str:
    """For the audit: the role, and the name its token was given; never who a person is."""
    return caller.role if caller.name == caller.role else f"{caller.role}:{caller.name}"
