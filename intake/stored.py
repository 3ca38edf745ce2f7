"""A request as it is stored, between loading and saving: plain values and what they become in an event. No SQL, no rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from intake.request import LIVE
from shared.events.contract import ChannelKind, Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel, ConsentAsk, Inquiry, RequestChanged, RequestState, RequestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """The columns of intake.requests that decide or are published; changed by `replace`, saved by `store.save`."""

    id: UUID
    city: str
    code: str
    version: int
    status: RequestStatus
    channel: Channel
    category: str
    priority: Priority
    skills: tuple[str, ...]
    commune_code: str | None
    lat: float | None
    lon: float | None
    place_note: str | None
    contact_point_id: UUID
    key_id: UUID
    phone_box: str
    details_box: str
    language: str
    vulnerable: tuple[str, ...]
    visit_consent: bool | None
    someone_present: bool | None
    by_call: bool
    reopened: int
    owner: str | None
    filed_at: datetime
    expected_at: datetime | None
    job_id: UUID | None
    job_version: int
    job_opened_at: datetime | None
    past_job_ids: tuple[UUID, ...]
    clock_at: datetime | None = None  # the next promise that somebody must keep; stored while there is somebody
    requester_kind: str | None = None  # a RequesterKind
    priority_reasons: tuple[str, ...] = ()  # each a Reason of kinds/reasons.py
    category_candidates: tuple[str, ...] = ()  # where nobody named the category: what the text may be about
    held: bool = False

    @property
    def details(self) -> Sealed:
        return Sealed(key_id=self.key_id, box=self.details_box)


def loaded(row: Any) -> StoredRequest:
    """From a row of `select *`; checks nothing that the table has checked."""
    return StoredRequest(
        **{name: row[name] for name in _PLAIN},
        status=RequestStatus(row["status"]),
        channel=Channel(row["channel"]),
        priority=Priority(row["priority"]),
        skills=tuple(row["skills"]),
        vulnerable=tuple(row["vulnerable"]),
        past_job_ids=tuple(row["past_job_ids"]),
        priority_reasons=tuple(row["priority_reasons"]),
        category_candidates=tuple(row["category_candidates"]),
    )


_CONVERTED = {"status", "channel", "priority", "skills", "vulnerable", "past_job_ids", "priority_reasons", "category_candidates"}
_PLAIN = tuple(name for name in StoredRequest.__dataclass_fields__ if name not in _CONVERTED)


def saved(request: StoredRequest) -> tuple[Any, ...]:
    """The values of `save_requests`, in its order."""
    return (
        *(request.id, request.version, request.status, request.category, request.priority, ",".join(request.skills)),
        *(request.commune_code, request.lat, request.lon, request.place_note, request.details_box),
        *(",".join(request.vulnerable), request.visit_consent, request.by_call, request.reopened, request.owner),
        *(request.expected_at, request.job_id, request.job_version, request.job_opened_at),
        *(",".join(map(str, request.past_job_ids)), request.someone_present),
        *(",".join(request.priority_reasons), ",".join(request.category_candidates)),
        (request.clock_at or request.expected_at or request.filed_at) if request.status in LIVE else None,
    )


def resident_of(request: StoredRequest) -> Recipient:
    return Recipient(
        role=Role.RESIDENT,
        contact_point_id=request.contact_point_id,
        address=Sealed(key_id=request.key_id, box=request.phone_box),
        language=request.language,
        channels=(ChannelKind.CALL if request.by_call else ChannelKind.SMS,),
    )


def state_of(request: StoredRequest) -> RequestState:
    place = None if request.lat is None or request.lon is None else Place(lat=request.lat, lon=request.lon)
    return RequestState(
        request_id=request.id,
        city=request.city,
        code=request.code,
        version=request.version,
        status=request.status,
        channel=request.channel,
        category=request.category,
        priority=request.priority,
        skills=request.skills,
        commune_code=request.commune_code,
        place=place,
        resident=resident_of(request),
        details=request.details,
        vulnerable=request.vulnerable,
        requester_kind=request.requester_kind,
        visit_consent=request.visit_consent,
        someone_present=request.someone_present,
        by_call=request.by_call,
        reopened=request.reopened,
        filed_at=request.filed_at,
        held=request.held,
        expected_at=request.expected_at,
    )


def event_of(
    kind: EventType,
    request: StoredRequest,
    now: datetime,
    *,
    tell_resident: bool = False,
    others: tuple[Recipient, ...] = (),
    reason: str | None = None,
    consent: ConsentAsk | None = None,
    inquiry: Inquiry | None = None,
    score: int | None = None,
    visit: int | None = None,
    secret: Sealed | None = None,
    wanted_at: datetime | None = None,
) -> Event:
    recipients = ((resident_of(request),) if tell_resident else ()) + others
    body = RequestChanged(
        request=state_of(request),
        recipients=recipients,
        reason=reason,
        consent=consent,
        inquiry=inquiry,
        score=score,
        visit=visit,
        secret=secret,
        wanted_at=wanted_at,
    )
    return Event(type=kind, subject=request.id, version=request.version, key=request.id, body=body, time=now)
