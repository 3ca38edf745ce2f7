"""Requests, jobs, offers and responders for tests of dispatch: plain values, nobody real inside."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from dispatch.jobs.case import Case, Parties
from dispatch.jobs.escalation import Lead, Level
from dispatch.jobs.job import Job
from dispatch.jobs.offer import Offer
from dispatch.matching.policy import Policy
from dispatch.roster.responder import Contact, Responder
from shared.events.assignments import JobStatus, OfferStatus, ResponderKind
from shared.events.contract import Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer, MessageChanged, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestChanged, RequestState, RequestStatus, Suspicion, VisitSuspicious

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # Monday 10:00 in Hanoi
NIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # Monday 23:00
COMMUNE = "00004"
UNLIMITED = Policy(
    cool_down_minutes=0, offers_a_day=10**6, accepted_a_day=10**6
)  # for tests that ask the same people over and over


def sealed(box: str = "Ym94") -> Sealed:
    return Sealed(key_id=uuid4(), box=box)


def resident() -> Recipient:
    return Recipient(role=Role.RESIDENT, contact_point_id=uuid4(), address=sealed())


def a_request(**changes: Any) -> RequestState:
    request_id = changes.pop("request_id", None) or uuid4()
    fields: dict[str, Any] = {
        "request_id": request_id,
        "city": "hanoi",
        "code": f"TR-{request_id.hex[:8].upper()}",
        "version": 1,
        "status": RequestStatus.FILED,
        "channel": Channel.HOTLINE,
        "category": "vneid_login",
        "priority": Priority.P2,
        "skills": (),
        "commune_code": COMMUNE,
        "place": Place(lat=21.036, lon=105.834),
        "resident": resident(),
        "details": sealed(),
        "visit_consent": True,
        "someone_present": True,  # so that at night, too, anybody may go
        "filed_at": NOW,
    }
    return RequestState(**{**fields, **changes})


def said(kind: EventType, request: RequestState, *, at: datetime = NOW, **more: Any) -> Event:
    """What intake says of a request."""
    return Event(
        type=kind,
        subject=request.request_id,
        version=request.version,
        key=request.request_id,
        body=RequestChanged(request=request, **more),
        time=at,
    )


def suspicious(request: RequestState, why: Suspicion = Suspicion.WRONG_PHRASE) -> Event:
    """What intake says when somebody doubts who is at the door."""
    body = VisitSuspicious(request_id=request.request_id, city=request.city, reason=why)
    kind, key = EventType.VISIT_SUSPICIOUS, request.request_id
    return Event(type=kind, subject=key, version=request.version, key=key, body=body, time=request.filed_at)


def a_job(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "request_id": uuid4(),
        "request_version": 1,
        "city": "hanoi",
        "code": "TR-AAAA-BBBB",
        "version": 1,
        "priority": Priority.P2,
        "category": "vneid_login",
        "commune_code": COMMUNE,
        "place": Place(lat=21.036, lon=105.834),
        "details": sealed(),
        "resident": resident(),
        "filed_at": NOW,
        "opened_at": NOW,
        "waiting_since": NOW,
    }
    job = Job(**{**fields, **changes})
    if job.closed_at is None and job.status in {JobStatus.DONE, JobStatus.CANCELLED, JobStatus.HANDED_OFF}:
        return a_job(**changes, closed_at=NOW)
    return job


def a_contact() -> Contact:
    return Contact(id=uuid4(), address=sealed(), confirmed_at=NOW)


def a_responder(**changes: Any) -> Responder:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "kind": ResponderKind.VOLUNTEER,
        "name": sealed(),
        "contact_point_id": uuid4(),
        "declared_capacity": 1,
        "present_members": None,
        "capacity": 1,
        "load": 0,
    }
    return Responder(**{**fields, **changes})


def an_offer(job: Job, responder: Responder | None, **changes: Any) -> Offer:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "job_id": job.id,
        "request_id": job.request_id,
        "city": job.city,
        "wave": 1,
        "responder_id": responder.id if responder else None,
        "contact_point_id": responder.contact_point_id if responder else uuid4(),
        "lease_seconds": 180.0,
        "expires_at": NOW + timedelta(seconds=180),
        "not_after": NOW + timedelta(seconds=180),
        "made_at": NOW,
    }
    return Offer(**{**fields, **changes})


def leads(*levels: Level, commune: str = COMMUNE) -> list[Lead]:
    """The city desk answers for the whole city, everybody else for one commune."""
    return [
        Lead(
            id=uuid4(), city="hanoi", commune_code=None if level is Level.CITY_DESK else commune, level=level, contact=a_contact()
        )
        for level in levels
    ]


def a_case(
    status: JobStatus = JobStatus.OFFERED, *, asked: int = 3, now: datetime = NOW, capacity: int = 1, **changes: Any
) -> Case:
    """A job in this status with as many offers as fit it: pending ones while it is offered, one accepted once it is owned."""
    people = [a_responder(capacity=capacity, declared_capacity=capacity) for _ in range(asked)]
    owned = status in {JobStatus.ACCEPTED, JobStatus.EN_ROUTE, JobStatus.ON_SCENE}
    agreed = {"visit_consent": True} if owned else {}
    job = a_job(status=status, responder_id=people[0].id if owned else None, wave=1, **{**agreed, **changes})
    offers: list[Offer] = []
    if status is JobStatus.OFFERED:
        offers = [an_offer(job, one) for one in people]
    elif owned:
        offers = [an_offer(job, people[0], status=OfferStatus.ACCEPTED, ended_at=NOW)]
        people[0] = a_responder(
            id=people[0].id, contact_point_id=people[0].contact_point_id, load=1, capacity=capacity, declared_capacity=capacity
        )
    parties = Parties(
        {one.id: one for one in people},
        {one.contact_point_id: Contact(id=one.contact_point_id, address=sealed(), confirmed_at=NOW) for one in people},
    )
    return Case(job, {offer.id: offer for offer in offers}, parties, now)


def told(case: Case) -> list[str]:
    return [event.type.value for event in case.events]


def reply(offer: Offer, answer: Answer, *, received_at: datetime = NOW, job_id: UUID | None = None, whole: bool = False) -> Event:
    body = ReplyReceived(
        city=offer.city,
        contact_point_id=offer.contact_point_id,
        request_id=offer.request_id,
        job_id=job_id or offer.job_id,
        offer_id=offer.id,
        answer=answer,
        whole=whole,
        received_at=received_at,
    )
    return Event(
        type=EventType.REPLY_RECEIVED,
        subject=offer.contact_point_id,
        version=1,
        key=offer.contact_point_id,
        body=body,
        time=received_at,
    )


def reported(kind: EventType, offer_id: UUID | None, contact_point_id: UUID, *, at: datetime = NOW, **changes: Any) -> Event:
    """What notify says of an offer's message."""
    fields: dict[str, Any] = {
        "message_id": uuid4(),
        "city": "hanoi",
        "request_id": uuid4(),
        "offer_id": offer_id,
        "contact_point_id": contact_point_id,
        "role": Role.RESPONDER,
        "purpose": "offer",
        "channel": "sms",
        "at": at,
    }
    body = MessageChanged(**{**fields, **changes})
    return Event(type=kind, subject=body.message_id, version=1, key=body.request_id, body=body, time=at)
