"""The transaction that asks people: offers, the jobs they raise, their timers, the record, and the events that tell of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.plain import TOPIC, Plain, Said, asked, at_version, pending_offer, state_of, written
from dispatch.matching.decision import Decision
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.policy import Policy
from dispatch.rows import turned
from shared.events.assignments import JobStatus
from shared.events.registry import EventType
from shared.ids import uuid7s
from shared.postgres.transaction import transaction
from shared.service_levels import SERVICE_LEVELS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A proposal with its names."""

    job: WaitingJob
    responder_id: UUID
    distance_m: int
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class _Offer:
    """To be made: its job and its responder are locked."""

    id: UUID
    asked: Asked
    job: Row
    responder: Row

    @property
    def lease_seconds(self) -> float:
        return SERVICE_LEVELS[self.asked.job.priority].lease_seconds


async def make_offers(
    pool: asyncpg.Pool, city: str, wanted: Sequence[Asked], recorded: Mapping[UUID, Decision], policy: Policy
) -> set[Asked]:
    """Those that the database agreed to. Raises DependencyDown, Transient."""
    async with transaction(pool, "dispatch.match") as connection:
        offers = await _agreed(connection, wanted, policy)
        if not offers:
            return set()
        targets = [offer.job["group_id"] for offer in offers]
        given = (
            *_columns(offers, city, policy),
            *_decided(offers, recorded),
            targets,
            [offer.asked.by_phone for offer in offers],
        )
        rows = await connection.fetch(QUERIES["make_offers"], *given)
        made: dict[UUID, Any] = {row["id"]: row for row in rows}
        agreed = [offer for offer in offers if offer.id in made]
        if agreed:
            moment = rows[0]["made_at"]
            await connection.execute(QUERIES["tell"], moment, TOPIC, SOURCE, *turned(_said(agreed, made)))
    return {offer.asked for offer in agreed}


async def _agreed(connection: asyncpg.Connection, wanted: Sequence[Asked], policy: Policy) -> list[_Offer]:
    """Those whose job still waits at the version it was planned for, and whose responder is still free; all locked.

    Ruling somebody out is no version of the job, so whom the planner did not know to be barred falls out here.
    """
    rows = await connection.fetch(QUERIES["lock_waiting_jobs"], list({one.job.id for one in wanted}))
    jobs: dict[UUID, Any] = {row["id"]: row for row in rows}
    open_jobs = [one for one in wanted if one.job.id in jobs and _still_open(jobs[one.job.id], one)]
    if not open_jobs:
        return []
    rows = await connection.fetch(QUERIES["lock_free_responders"], [one.responder_id for one in open_jobs], *policy.limits)
    responders: dict[UUID, Any] = {row["id"]: row for row in rows}
    free = [one for one in open_jobs if one.responder_id in responders]
    return [
        _Offer(offer_id, one, jobs[one.job.id], responders[one.responder_id])
        for offer_id, one in zip(uuid7s(len(free)), free, strict=True)
    ]


def _still_open(row: Row, one: Asked) -> bool:
    return row["version"] == one.job.version and one.responder_id not in row["barred"]


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
        [recorded[job_id].ranking for job_id in jobs],
    )


def _said(offers: Sequence[_Offer], made: Mapping[UUID, Row]) -> list[Said]:
    """One event an offer; each raises the version of its job by one."""
    states: dict[UUID, Plain] = {}
    found = []
    for event_id, offer in zip(uuid7s(len(offers)), offers, strict=True):
        row = offer.job
        state = states.get(row["id"]) or state_of(row)
        state = states[row["id"]] = at_version(state, state["version"] + 1, JobStatus.OFFERED)
        body = written(state, offer=_plain(offer, made[offer.id]), recipients=asked(offer.responder))
        found.append((event_id, str(row["request_id"]), EventType.OFFER_MADE, row["id"], state["version"], body))
    return found


def _plain(offer: _Offer, made: Row) -> Plain:
    return pending_offer(
        offer_id=offer.id,
        wave=offer.job["wave"] + 1,
        responder_id=offer.asked.responder_id,
        contact_point_id=offer.responder["contact_point_id"],
        lease_seconds=offer.lease_seconds,
        not_after=made["expires_at"],
        distance_m=offer.asked.distance_m,
        by_phone=offer.asked.by_phone,
    )
