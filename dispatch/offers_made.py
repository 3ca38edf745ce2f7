"""The transaction that asks people: offers, the jobs they raise, their timers, the record, and the events that tell of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.decision import Decision
from dispatch.docket import QUERIES, SOURCE
from dispatch.pairs import WaitingJob
from dispatch.policy import Policy
from dispatch.responder import recipient
from dispatch.rows import contact_of, sealed_of
from shared.events.assignments import AssignmentChanged, JobState, JobStatus, OfferKind, OfferState, OfferStatus
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


@dataclass(frozen=True, slots=True)
class _Offer:
    """To be made: its job and its responder are locked."""

    id: UUID
    asked: Asked
    job: asyncpg.Record
    responder: asyncpg.Record

    @property
    def lease_seconds(self) -> float:
        return SERVICE_LEVELS[self.asked.job.priority].lease_seconds


async def make_offers(
    pool: asyncpg.Pool, city: str, asked: Sequence[Asked], recorded: Mapping[UUID, Decision], policy: Policy
) -> tuple[Collection[Asked], float]:
    """Those that the database agreed to, and when (epoch seconds). Raises DependencyDown, Transient."""
    async with transaction(pool, "dispatch.match") as connection:
        offers = await _agreed(connection, asked)
        if not offers:
            return (), 0.0
        rows = await connection.fetch(QUERIES["make_offers"], *_columns(offers, city, policy), *_decided(offers, recorded))
        made = {row["id"]: row for row in rows}
        await append(connection, _events([offer for offer in offers if offer.id in made], made), source=SOURCE)
    when = next(iter(made.values()))["made_at"].timestamp() if made else 0.0
    return {offer.asked for offer in offers if offer.id in made}, when


async def _agreed(connection: asyncpg.Connection, asked: Sequence[Asked]) -> list[_Offer]:
    """Those whose job still waits at the version it was planned for, and whose responder is still free; all locked."""
    rows = await connection.fetch(QUERIES["lock_waiting_jobs"], list({one.job.id for one in asked}))
    jobs = {row["id"]: row for row in rows}
    open_jobs = [one for one in asked if one.job.id in jobs and jobs[one.job.id]["version"] == one.job.version]
    if not open_jobs:
        return []
    rows = await connection.fetch(QUERIES["lock_free_responders"], [one.responder_id for one in open_jobs])
    responders = {row["id"]: row for row in rows}
    return [
        _Offer(uuid7(), one, jobs[one.job.id], responders[one.responder_id])
        for one in open_jobs
        if one.responder_id in responders
    ]


def _columns(offers: Sequence[_Offer], city: str, policy: Policy) -> tuple[Any, ...]:
    return (
        [offer.id for offer in offers],
        [offer.asked.job.id for offer in offers],
        [offer.job["request_id"] for offer in offers],
        [offer.job["visit"] for offer in offers],
        [offer.job["wave"] + 1 for offer in offers],
        [offer.asked.responder_id for offer in offers],
        [offer.responder["contact_point_id"] for offer in offers],
        [offer.lease_seconds for offer in offers],
        [offer.asked.distance_m for offer in offers],
        city,
        policy.send_seconds,
    )


def _decided(offers: Sequence[_Offer], recorded: Mapping[UUID, Decision]) -> tuple[Any, ...]:
    jobs = {offer.asked.job.id: offer.job for offer in offers}
    return (
        list(jobs),
        [job["visit"] for job in jobs.values()],
        [job["wave"] + 1 for job in jobs.values()],
        [recorded[job_id].candidates for job_id in jobs],
        [recorded[job_id].exclusions for job_id in jobs],
    )


def _events(offers: Sequence[_Offer], made: Mapping[UUID, asyncpg.Record]) -> list[Event]:
    """One an offer; each raises the version of its job by one."""
    versions: dict[UUID, int] = {}
    events = []
    for offer in offers:
        job_id = offer.asked.job.id
        version = versions[job_id] = versions.get(job_id, offer.job["version"]) + 1
        events.append(_event(offer, version, made[offer.id]))
    return events


def _event(offer: _Offer, version: int, made: asyncpg.Record) -> Event:
    row = offer.job
    body = AssignmentChanged(job=_job_state(row, version), offer=_state(offer, made), recipients=_recipient(offer.responder))
    return Event(
        type=EventType.OFFER_MADE, subject=row["id"], version=version, key=row["request_id"], body=body, time=made["made_at"]
    )


def _job_state(row: asyncpg.Record, version: int) -> JobState:
    """As case.job_state says it, straight from the row: nobody decides on this job, and a Job costs thrice as much."""
    found = dict(row)
    found |= {
        "job_id": row["id"],
        "version": version,
        "status": JobStatus.OFFERED,
        "place": {"lat": row["lat"], "lon": row["lon"]},
        "responder": None,
    }
    return JobState.model_validate(found)


def _state(offer: _Offer, made: asyncpg.Record) -> OfferState:
    return OfferState(
        offer_id=offer.id,
        kind=OfferKind.VISIT,
        status=OfferStatus.PENDING,
        wave=offer.job["wave"] + 1,
        responder_id=offer.asked.responder_id,
        contact_point_id=offer.responder["contact_point_id"],
        lease_seconds=offer.lease_seconds,
        not_after=made["expires_at"],
        distance_m=offer.asked.distance_m,
    )


def _recipient(row: asyncpg.Record) -> tuple[Recipient, ...]:
    return recipient(contact_of(row, "contact_point_id"), Role.RESPONDER, sealed_of(row["name"]))
