"""Nobody was found: who is asked to take care of it, in which order, and for how long; no I/O.

An escalation is itself a leased offer: ward lead, deputy, city desk. A commune without its own lead falls to the city desk,
and the city desk is asked again for as long as the job is open: escalated is never a dead end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from dispatch.jobs.job import Job
from dispatch.jobs.offer import Offer, unsent_cap
from dispatch.roster.responder import Contact, recipient
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import Priority, Recipient, Role, Sealed
from shared.ids import uuid7
from shared.service_levels import SERVICE_LEVELS, Stage, deadline

ASK_AGAIN_SECONDS: Final = 30 * 60.0  # the longest a lead may sit on a job before the next one is asked


class Level(StrEnum):
    WARD_LEAD = "ward_lead"
    DEPUTY = "deputy"
    CITY_DESK = "city_desk"  # the last; owns whatever nobody else does


class Reason(StrEnum):
    """Why a job was escalated; the words stand in `job.escalated`."""

    NOBODY_ON_SHIFT = "nobody_on_shift"  # nobody who could do it is at work
    NOBODY_LEFT = "nobody_left"  # everybody who could was asked
    NOBODY_ANSWERED = "nobody_answered"  # the tier's clock ran out
    FRAUD = "fraud"  # frozen from the start: a suspicion of fraud, not a visit
    SUSPICIOUS_VISIT = "suspicious_visit"  # frozen: a false helper may stand at the door
    UNSAFE_VISIT = "unsafe_visit"  # frozen: the helper says that it is not safe there
    NO_ADDRESS = "no_address"  # put off because the address was wrong, and nobody has found the right one


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One seat; `commune_code` None is the whole city."""

    id: UUID
    city: str
    commune_code: str | None
    level: Level
    contact: Contact
    name: Sealed | None = None


ORDER: Final = tuple(Level)


def next_level(current: str | None, seats: Sequence[Lead]) -> tuple[Level, Lead | None]:
    """Who is asked after `current`. The city desk repeats itself; without any seat it owns the job all the same."""
    after = 0 if current is None else ORDER.index(Level(current)) + 1
    for level in ORDER[after:]:
        for seat in seats:
            if seat.level is level:
                return level, seat
    return Level.CITY_DESK, next((seat for seat in seats if seat.level is Level.CITY_DESK), None)


def seats_for(job: Job, leads: Sequence[Lead]) -> list[Lead]:
    return [lead for lead in leads if lead.city == job.city and lead.commune_code in {None, job.commune_code}]


def lead_of(job: Job, leads: Sequence[Lead]) -> tuple[Recipient, ...]:
    """Who answers for the ward, or else for the city, as somebody to write to. Nobody where no seat is taken."""
    _, seat = next_level(None, seats_for(job, leads))
    return recipient(seat.contact, Role.LEAD, seat.name) if seat else ()


def escalation_offer(job: Job, level: Level, lead: Lead, *, now: datetime) -> Offer:
    # A frozen visit is as urgent as a ward can have it, whatever the request was about.
    urgency = Priority.P1 if job.status is JobStatus.FROZEN else job.priority
    lease_seconds = SERVICE_LEVELS[urgency].lease_seconds
    cap = unsent_cap(now, lease_seconds)
    return Offer(
        id=uuid7(),
        job_id=job.id,
        request_id=job.request_id,
        city=job.city,
        kind=OfferKind.ESCALATION,
        visit=job.visit,
        wave=job.wave,
        level=level,
        contact_point_id=lead.contact.id,
        lease_seconds=lease_seconds,
        expires_at=cap,
        not_after=cap,
        made_at=now,
    )


def first_due(priority: Priority, waiting_since: datetime) -> datetime:
    """When the ward lead is asked if nobody took it; every tier has such a moment."""
    due = deadline(priority, Stage.ESCALATE, waiting_since)
    return due or waiting_since + timedelta(seconds=ASK_AGAIN_SECONDS)


def next_due(priority: Priority, now: datetime) -> datetime:
    """When the next level is asked, if the job is still open then."""
    level = SERVICE_LEVELS[priority]
    limit = min(level.escalate_seconds or ASK_AGAIN_SECONDS, ASK_AGAIN_SECONDS)
    return now + timedelta(seconds=max(limit, level.lease_seconds))


def due_at(job: Job) -> datetime:
    """When somebody further up is asked, as the job stands."""
    return next_due(job.priority, job.escalated_at) if job.escalated_at else first_due(job.priority, job.waiting_since)


def is_due(job: Job, now: datetime) -> bool:
    """Whether a timer that fires now is the one that counts; an older one finds that the moment was moved."""
    return due_at(job) <= now
