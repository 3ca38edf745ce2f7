"""A person chooses who goes, or who does not: what it would mean, the pinned offer, and ruling somebody out; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from dispatch.jobs.answering import after_wave
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead
from dispatch.jobs.job import OPEN, Job, moved, withdrawn_wave
from dispatch.jobs.offer import Offer, unsent_cap
from dispatch.jobs.offer import moved as offer_moved
from dispatch.jobs.pausing import wake_up
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import tell_withdrawn
from dispatch.matching.policy import MINUTE, Policy
from shared.company import needs_two
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.service_levels import SERVICE_LEVELS, starts_at

REASSIGNED: Final = "reassigned"  # the word that withdrawn offers carry
# Why nobody may be asked by hand either, and what to do about it.
REFUSALS: Final[Mapping[str, str]] = {
    "shared_visit": "this request is helped together with others; assign the first of its group, or take it out of the group",
    "job_not_open": "somebody has this job, or it is over; release it first",
    "barred": "somebody has ruled this person out for this job; choose another one",
    "inactive": "this responder is not on the roster any more",
    "phone_not_confirmed": "the owner of the phone has not confirmed it, so nobody can be asked there; confirm it first",
    "full": "this responder has no free place; finish or release another visit first",
    "pending_offer": "this phone is being asked something else; wait until that is answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is known of somebody who is chosen by hand, as of one moment."""

    responder_id: UUID
    skills: frozenset[str]
    sends_two: bool = False
    distance_m: int
    until: float | None  # epoch seconds: the end of the running shift; None: off shift
    active: bool
    confirmed: bool
    unreachable: bool
    full: bool
    had_enough_messages: bool
    off_duty: bool
    cooling_down: bool
    day_cap: bool
    asked_for: UUID | None  # the job that an open offer on this phone is about


@dataclass(frozen=True, slots=True)
class Consequences:
    """`refused`: a word of REFUSALS, then nothing can be done. `warnings`: it can be done, and somebody should know."""

    refused: str | None
    warnings: tuple[str, ...]
    withdrawn: int  # offers of this job that would be taken back


def consequences(case: Case, chosen: Chosen, policy: Policy) -> Consequences:
    pending = case.having(OfferKind.VISIT, OfferStatus.PENDING)
    others = [offer for offer in pending if offer.responder_id != chosen.responder_id]
    return Consequences(_refused(case.job, chosen), tuple(_warnings(case, chosen, policy)), len(others))


def _refused(job: Job, chosen: Chosen) -> str | None:
    obstacles = {
        "shared_visit": job.rides,
        "job_not_open": job.status not in OPEN,
        "barred": chosen.responder_id in job.barred,
        "inactive": not chosen.active,
        "phone_not_confirmed": not chosen.confirmed,
        "full": chosen.full,
        "pending_offer": chosen.asked_for not in {None, job.id},
    }
    return next((word for word, hindered in obstacles.items() if hindered), None)


def _warnings(case: Case, chosen: Chosen, policy: Policy) -> Sequence[str]:
    job = case.job
    over = case.now + timedelta(
        seconds=chosen.distance_m * policy.minutes_per_metre * MINUTE + policy.visit_seconds[job.priority]
    )
    worth_saying = {
        "off_hours": starts_at(job.priority, case.now) > case.now,
        "off_shift": chosen.until is None,
        "off_duty": chosen.off_duty,
        "shift_too_short": chosen.until is not None and over.timestamp() > chosen.until,
        "not_able": not set(job.skills) <= chosen.skills,
        "alone": needs_two(job.company, case.now) and not chosen.sends_two,
        "unreachable": chosen.unreachable,
        "far": chosen.distance_m > policy.far_metres,
        "had_enough_messages": chosen.had_enough_messages,
        "cooling_down": chosen.cooling_down,
        "day_cap": chosen.day_cap,
        "excluded": chosen.responder_id in job.excluded,
    }
    return [word for word, true in worth_saying.items() if true]


def pin(case: Case, chosen: Chosen) -> Offer:
    """Exactly this person is asked, for as long as the tier has it; whoever else was asked hears that it is over.

    Saying it twice changes nothing. Raises Refused.
    """
    refused = _refused(case.job, chosen)
    if refused:
        raise Refused(refused, REFUSALS[refused])
    pending = {offer.responder_id: offer for offer in case.having(OfferKind.VISIT, OfferStatus.PENDING)}
    known = pending.pop(chosen.responder_id, None)
    gone = [_withdrawn(case, offer) for offer in pending.values()]
    if known is None:
        wake_up(case)
        case.job = moved(withdrawn_wave(case.job), JobStatus.OFFERED, wave=case.job.wave + 1)
        known = _ask(case, chosen)
    tell_withdrawn(case, gone)
    return known


def _ask(case: Case, chosen: Chosen) -> Offer:
    job, lease_seconds = case.job, SERVICE_LEVELS[case.job.priority].lease_seconds
    cap = unsent_cap(case.now, lease_seconds)
    offer = case.put(
        Offer(
            id=uuid7(),
            job_id=job.id,
            request_id=job.request_id,
            city=job.city,
            visit=job.visit,
            wave=job.wave,
            group_id=job.group_id,
            responder_id=chosen.responder_id,
            contact_point_id=case.responder(chosen.responder_id).contact_point_id,
            lease_seconds=lease_seconds,
            expires_at=cap,
            not_after=cap,
            distance_m=chosen.distance_m,
            made_at=case.now,
        )
    )
    case.tell(EventType.OFFER_MADE, offer=offer, recipients=case.asked(offer))
    case.set_timer(TimerKind.OFFER_EXPIRY, cap, subject=offer.id, guard=0)
    return offer


def rule_out(case: Case, responder_id: UUID, leads: Sequence[Lead]) -> None:
    """Not this person again, whatever becomes of the request. An open question to them is taken back.

    Saying it twice changes nothing. Raises Refused while they have the job, or when it is over.
    """
    job = case.job
    if job.closed_at is not None:
        raise Refused("job_closed", "this job is over")
    if job.responder_id == responder_id:
        raise Refused("has_the_job", "this responder has the job; release it first, then rule them out")
    if responder_id not in job.barred:
        case.job = replace(job, barred=(*job.barred, responder_id))
    asked = [one for one in case.having(OfferKind.VISIT, OfferStatus.PENDING) if one.responder_id == responder_id]
    gone = [_withdrawn(case, offer) for offer in asked]
    if gone and not case.having(OfferKind.VISIT, OfferStatus.PENDING):
        case.job = withdrawn_wave(case.job)
    tell_withdrawn(case, gone)
    if gone:
        after_wave(case, leads)


def lift_exclusion(case: Case, responder_id: UUID) -> None:
    """They may be asked again. Whoever said no themselves stays unasked. Saying it twice changes nothing. Raises Refused."""
    if case.job.closed_at is not None:
        raise Refused("job_closed", "this job is over")
    if responder_id in case.job.barred:
        case.job = replace(case.job, barred=tuple(one for one in case.job.barred if one != responder_id))


def _withdrawn(case: Case, offer: Offer) -> Offer:
    return case.put(offer_moved(offer, OfferStatus.WITHDRAWN, now=case.now, reason=REASSIGNED))


def pin_record(case: Case, chosen: Chosen, *, by: str) -> tuple[object, ...]:
    """As it stands among the matcher's own decisions; `by`: who or what chose."""
    job = case.job
    candidate = {
        "responder_id": str(chosen.responder_id),
        "offered": True,
        "distance_m": chosen.distance_m,
        "until": chosen.until,
    }
    ranking = {"priority": job.priority, "tier": job.priority, "needs": job.skills, "pinned_by": by}
    return job.id, job.visit, job.wave, case.now, orjson.dumps([candidate]), orjson.dumps(ranking)


def row_to_chosen(row: Any, distance_m: int) -> Chosen:
    """From the query `chosen_responder`."""
    return Chosen(
        responder_id=row["id"],
        skills=frozenset(row["skills"]),
        sends_two=row["sends_two"],
        distance_m=distance_m,
        until=row["until"],
        active=row["active"],
        confirmed=row["confirmed"],
        unreachable=row["unreachable"],
        full=row["load"] >= row["capacity"],
        had_enough_messages=row["had_enough_messages"],
        off_duty=row["off_duty"],
        cooling_down=row["cooling_down"],
        day_cap=row["day_cap"],
        asked_for=row["asked_for"],
    )
