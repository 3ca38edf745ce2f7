"""The transaction that asks people: offers, the jobs they raise, their timers, the record, and the events that tell of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.case import job_state
from dispatch.decision import Decision
from dispatch.docket import QUERIES, SOURCE
from dispatch.job import Job
from dispatch.pairs import WaitingJob
from dispatch.policy import Policy
from dispatch.responder import recipient
from dispatch.rows import contact_of, job_of, sealed_of
from shared.events.assignments import AssignmentChanged, OfferKind, OfferState, OfferStatus
from shared.events.contract import Recipient, Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.transaction import transaction
from shared.service_levels import SERVICE_LEVELS
from shared.transport.outbox import append


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A proposal with its names."""

    job: WaitingJob
    responder_id: UUID
    distance_m: int


async def make_offers(
    pool: asyncpg.Pool, city: str, asked: Sequence[Asked], recorded: Mapping[UUID, Decision], policy: Policy
) -> tuple[Collection[Asked], float]:
    """Those that the database agreed to, and when (epoch seconds). Raises DependencyDown, Transient."""
    by_offer = {uuid7(): one for one in asked}
    async with transaction(pool, "dispatch.match") as connection:
        offers = await connection.fetch(QUERIES["make_offers"], *_columns(city, by_offer, recorded, policy))
        if not offers:
            return (), 0.0
        jobs = await connection.fetch(QUERIES["offered_jobs"], list({offer["job_id"] for offer in offers}))
        responders = await connection.fetch(QUERIES["offered_responders"], [offer["responder_id"] for offer in offers])
        await append(connection, _events(offers, jobs, responders), source=SOURCE)
    return {by_offer[offer["id"]] for offer in offers}, offers[0]["made_at"].timestamp()


def _columns(city: str, by_offer: Mapping[UUID, Asked], recorded: Mapping[UUID, Decision], policy: Policy) -> tuple[Any, ...]:
    asked = by_offer.values()
    return (
        list(by_offer),
        [one.job.id for one in asked],
        [one.job.version for one in asked],
        [one.responder_id for one in asked],
        [SERVICE_LEVELS[one.job.priority].lease_seconds for one in asked],
        [one.distance_m for one in asked],
        city,
        policy.send_seconds,
        list(recorded),
        [decision.candidates for decision in recorded.values()],
        [decision.exclusions for decision in recorded.values()],
    )


def _events(
    offers: Sequence[asyncpg.Record], jobs: Sequence[asyncpg.Record], responders: Sequence[asyncpg.Record]
) -> list[Event]:
    """One an offer, in the order of their versions: the last carries the version that the job has now."""
    by_id = {row["id"]: job_of(row) for row in jobs}
    recipients = {row["id"]: _recipient(row) for row in responders}
    left: dict[UUID, int] = {}
    for offer in offers:
        left[offer["job_id"]] = left.get(offer["job_id"], 0) + 1
    events = []
    for offer in offers:
        job = by_id[offer["job_id"]]
        left[job.id] -= 1
        events.append(_event(job, job.version - left[job.id], offer, recipients[offer["responder_id"]]))
    return events


def _event(job: Job, version: int, offer: asyncpg.Record, recipients: tuple[Recipient, ...]) -> Event:
    body = AssignmentChanged(
        job=job_state(job).model_copy(update={"version": version}), offer=_state(job, offer), recipients=recipients
    )
    return Event(type=EventType.OFFER_MADE, subject=job.id, version=version, key=job.request_id, body=body, time=offer["made_at"])


def _state(job: Job, offer: asyncpg.Record) -> OfferState:
    return OfferState(
        offer_id=offer["id"],
        kind=OfferKind.VISIT,
        status=OfferStatus.PENDING,
        wave=job.wave,
        responder_id=offer["responder_id"],
        contact_point_id=offer["contact_point_id"],
        lease_seconds=offer["lease_seconds"],
        not_after=offer["expires_at"],
        distance_m=offer["distance_m"],
    )


def _recipient(row: asyncpg.Record) -> tuple[Recipient, ...]:
    return recipient(contact_of(row, "contact_point_id"), Role.RESPONDER, sealed_of(row["name"]))
