"""Requests that become jobs with their first offers: the rows and events of it, as columns for `open_jobs`. Pure.

It says what opening.open_case and pausing.pause_off_hours say of the same request, in a fifth of the time; a test compares them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from dispatch.docket import SOURCE
from dispatch.jobs.escalation import first_due
from dispatch.jobs.opening import company_in
from dispatch.jobs.plain import TOPIC, Plain, Said, asked, at_version, pending_offer, written
from dispatch.jobs.sla import first_moment
from dispatch.rows import Columns, to_array, to_json, turned
from shared.company import Company
from shared.events.assignments import JobStatus
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.ids import uuid7s
from shared.pauses import Pause
from shared.service_levels import SERVICE_LEVELS, starts_at
from shared.transport.outbox import Row

_PENDING, _OFFERED = JobStatus.PENDING, JobStatus.OFFERED
_OFFER_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Filing:
    """A request seen for the first time, and the id its job will have."""

    event_id: UUID
    request: RequestState
    job_id: UUID


@dataclass(frozen=True, slots=True)
class Ask:
    """One offer of the first wave. `row` is the responder's, of the query `meet_filings`."""

    row: Mapping[str, Any]
    distance_m: int
    by_phone: bool = False


@dataclass(slots=True)
class Opening:
    """All that `open_jobs` writes, gathered row by row."""

    now: datetime
    send_seconds: float
    jobs: list[tuple[Any, ...]] = field(default_factory=list)
    offers: list[tuple[Any, ...]] = field(default_factory=list)
    by_phone: list[bool] = field(default_factory=list)  # of each offer
    said: list[Said] = field(default_factory=list)
    companies: list[Company | None] = field(default_factory=list)  # of the jobs
    pending: list[Plain] = field(default_factory=list)  # jobs that wait for the matcher, as its index reads them

    def outbox_rows(self, ids: Sequence[int]) -> list[Row]:
        """What was written into the outbox, in its order."""
        names = ("event_id", "key", "type", "subject", "version", "body")
        same = {"topic": TOPIC, "source": SOURCE, "occurred_at": self.now, "traceparent": None}
        return [{"id": id_, **same, **dict(zip(names, said, strict=True))} for id_, said in zip(ids, self.said, strict=True)]

    def columns(self) -> Iterator[Columns]:
        """Jobs, offers, events."""
        yield turned(self.jobs)
        yield turned(self.offers) if self.offers else [[] for _ in range(_OFFER_COLUMNS)]
        yield turned(self.said)


def waiting_row(filing: Filing, since: float) -> Plain:
    """As `waiting_jobs` would read it; `since` in epoch seconds."""
    request = filing.request
    place = request.place
    assert place is not None  # noqa: S101 - opening.wants_a_job was asked
    return {
        "id": filing.job_id,
        "version": 1,
        "priority": request.priority,
        "skills": request.skills,
        "language": request.resident.language,
        "resident_id": request.resident.contact_point_id,
        "commune_code": request.commune_code,
        "lat": place.lat,
        "lon": place.lon,
        "vulnerable": len(request.vulnerable),
        "visit": 0,
        "wave": 0,
        "widened": False,
        "excluded": (),
        "category": request.category,
        "travels": request.by_call,
        "escalated": False,
        "not_before": 0.0,
        "waiting_since": since,
        "company": company_in(request),
    }


def opened(filings: Sequence[Filing], asks: Mapping[UUID, Sequence[Ask]], now: datetime, send_seconds: float) -> Opening:
    """`asks` by job; a job that is put to sleep at once asks nobody."""
    found = Opening(now, send_seconds)
    ids = iter(uuid7s(2 * len(filings) + 2 * sum(len(some) for some in asks.values())))
    for filing in filings:
        _open(filing, asks.get(filing.job_id, ()), found, ids)
    return found


def _open(filing: Filing, asks: Sequence[Ask], found: Opening, ids: Iterator[UUID]) -> None:
    request, job_id, now = filing.request, filing.job_id, found.now
    details, resident = to_json(request.details), to_json(request.resident)
    state = _state(filing, now, details, resident)
    key, version, status = str(request.request_id), 1, _PENDING
    found.said.append((next(ids), key, EventType.JOB_OPENED, job_id, 1, written(state)))
    opens = starts_at(request.priority, now)
    not_before = opens if opens > now else None
    if not_before is not None:
        asks, version = (), 2
        asleep = {**at_version(state, 2, _PENDING), "pause": Pause.OFF_HOURS, "paused_until": not_before}
        body = written(asleep, recipients=[orjson.Fragment(resident)], reason="off_hours", until=not_before)
        found.said.append((next(ids), key, EventType.CLOCK_PAUSED, job_id, 2, body))
    for ask in asks:
        version, status = version + 1, _OFFERED
        _offer(filing, ask, found, ids, at_version(state, version, status))
    found.companies.append(company_in(request))
    found.jobs.append(_row(filing, details, resident, (version, status, 1 if asks else 0, not_before), now))
    if not asks:
        since = now.timestamp()
        until = 0.0 if not_before is None else not_before.timestamp()
        found.pending.append({**waiting_row(filing, since), "version": version, "not_before": until})


def _offer(filing: Filing, ask: Ask, found: Opening, ids: Iterator[UUID], state: Plain) -> None:
    offer_id, row, request = next(ids), ask.row, filing.request
    lease_seconds = SERVICE_LEVELS[request.priority].lease_seconds
    not_after = found.now + timedelta(seconds=lease_seconds + found.send_seconds)
    offer = pending_offer(
        offer_id=offer_id,
        wave=1,
        responder_id=row["id"],
        contact_point_id=row["contact_point_id"],
        lease_seconds=lease_seconds,
        not_after=not_after,
        distance_m=ask.distance_m,
        by_phone=ask.by_phone,
    )
    body = written(state, offer=offer, recipients=asked(row))
    found.said.append((next(ids), str(request.request_id), EventType.OFFER_MADE, filing.job_id, state["version"], body))
    found.by_phone.append(ask.by_phone)
    found.offers.append(
        (
            *(offer_id, filing.job_id, request.request_id, request.city, row["id"], row["contact_point_id"]),
            *(lease_seconds, ask.distance_m),
        )
    )


def _state(filing: Filing, now: datetime, details: bytes, resident: bytes) -> Plain:
    """A `JobState`, as job.opened tells it."""
    request = filing.request
    place = request.place
    assert place is not None  # noqa: S101 - opening.wants_a_job was asked
    return {
        "job_id": filing.job_id,
        "request_id": request.request_id,
        "city": request.city,
        "code": request.code,
        "version": 1,
        "status": _PENDING,
        "priority": request.priority,
        "category": request.category,
        "commune_code": request.commune_code,
        "place": {"lat": place.lat, "lon": place.lon},
        "round": 0,
        "visit": 0,
        "details": orjson.Fragment(details),
        "resident": orjson.Fragment(resident),
        "visit_consent": request.visit_consent,
        "company": company_in(request),
        "by_call": request.by_call,
        "escalated_to": None,
        "responder": None,
        "outcome": None,
        "filed_at": request.filed_at,
        "opened_at": now,
    }


def _row(
    filing: Filing, details: bytes, resident: bytes, moved: tuple[int, JobStatus, int, datetime | None], now: datetime
) -> tuple[Any, ...]:
    request = filing.request
    place = request.place
    assert place is not None  # noqa: S101 - opening.wants_a_job was asked
    version, status, wave, not_before = moved
    return (
        *(filing.job_id, request.request_id, request.version, request.city, request.code, version, status, request.priority),
        *(request.category, to_array(request.skills), request.commune_code, place.lat, place.lon, len(request.vulnerable), wave),
        *(details, resident, request.visit_consent, request.by_call, not_before, request.filed_at),
        *(first_due(request.priority, now), first_moment(request.priority, request.filed_at)),
    )
