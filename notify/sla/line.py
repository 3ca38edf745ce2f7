"""A line of the five-year log: what of an event the figures of the service levels are made of. Pure; nothing of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.events.assignments import AssignmentChanged, JobState
from shared.events.contract import Priority, Role
from shared.events.envelope import Event
from shared.events.requests import RequestChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event as the log keeps it: ids, words and times, nothing of a person. All figures are made of these lines alone."""

    event_id: UUID
    type: str
    at: datetime
    request_id: UUID
    round: int | None  # None: a request that was reopened says nothing of rounds that dispatch opens
    job_id: UUID | None = None
    version: int
    city: str
    commune_code: str | None
    category: str
    priority: Priority
    started_at: datetime
    offer_kind: str | None = None
    visit: int | None = None
    wave: int | None = None
    reason: str | None = None
    outcome: str | None = None
    escalated_to: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    # What reports are broken down by. Lines from before they were kept have none of them.
    channel: str | None = None  # intake's lines
    vulnerable: bool | None = None  # intake's lines: whether anything was said of it, never what
    responder_kind: str | None = None  # of whoever has the job
    resident_told: bool | None = None  # whether the event writes to the resident
    score: int | None = None  # of request.rated


ADDED_LATER: Final = ("channel", "vulnerable", "responder_kind", "resident_told", "score")


def line_of(event: Event) -> Line | None:
    """None: nothing that figures are made of."""
    if isinstance(event.body, RequestChanged):
        return _of_request(event, event.body)
    if isinstance(event.body, AssignmentChanged):
        return _of_job(event, event.body)
    return None


def started_at(job: JobState) -> datetime:
    """The first round runs from filing; a later one from when its job was opened."""
    return job.filed_at if job.round == 0 else job.opened_at


def _of_request(event: Event, body: RequestChanged) -> Line:
    request = body.request
    return Line(
        event_id=event.id,
        type=event.type,
        at=event.time,
        request_id=request.request_id,
        round=None if request.reopened else 0,  # later rounds begin when dispatch opens their job
        version=event.version,
        city=request.city,
        commune_code=request.commune_code,
        category=request.category,
        priority=request.priority,
        started_at=request.filed_at,
        reason=body.reason,
        channel=request.channel,
        vulnerable=bool(request.vulnerable),
        resident_told=_tells_resident(body),
        score=body.score,
    )


def _of_job(event: Event, body: AssignmentChanged) -> Line:
    job, offer = body.job, body.offer
    return Line(
        event_id=event.id,
        type=event.type,
        at=event.time,
        request_id=job.request_id,
        round=job.round,
        job_id=job.job_id,
        version=event.version,
        city=job.city,
        commune_code=job.commune_code,
        category=job.category,
        priority=job.priority,
        started_at=started_at(job),
        offer_kind=offer.kind if offer else None,
        visit=job.visit,
        wave=offer.wave if offer else None,
        reason=body.reason,
        outcome=job.outcome,
        escalated_to=job.escalated_to,
        since=body.since,
        until=body.until,
        responder_kind=job.responder.kind if job.responder else None,
        resident_told=_tells_resident(body),
    )


def _tells_resident(body: RequestChanged | AssignmentChanged) -> bool:
    return any(recipient.role is Role.RESIDENT for recipient in body.recipients)
