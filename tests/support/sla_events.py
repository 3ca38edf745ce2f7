"""Events of one request as dispatch and intake would tell them, with the times that SLA figures are made of."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.events.assignments import (
    AssignmentChanged,
    JobState,
    JobStatus,
    OfferKind,
    OfferState,
    OfferStatus,
    ResponderKind,
    ResponderRef,
)
from shared.events.contract import Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestChanged, RequestState, RequestStatus
from shared.ids import uuid7

NOBODY = UUID(int=0)
BOX = Sealed(key_id=NOBODY, box="")
RESIDENT = Recipient(role=Role.RESIDENT, contact_point_id=NOBODY, address=BOX)
PLACE = Place(lat=21.028, lon=105.854)


class Story:
    """One request; each call is one event, with the next version of its job."""

    def __init__(self, filed_at: datetime, *, priority: Priority = Priority.P2, round_number: int = 0) -> None:
        self.request_id = uuid7()
        self.filed_at = filed_at
        self.priority = priority
        self.round = round_number
        self.version = 0
        self.said_version = 1

    def filed(self, **changes: Any) -> Event:
        state = RequestState(
            request_id=self.request_id,
            city="hanoi",
            code="TR-7K2M-9QXD",
            version=1,
            status=RequestStatus.FILED,
            channel=Channel.HOTLINE,
            category="printer",
            priority=self.priority,
            skills=(),
            commune_code="00004",
            place=PLACE,
            resident=RESIDENT,
            details=BOX,
            filed_at=self.filed_at,
        ).model_copy(update=changes)
        body = RequestChanged(request=state)
        return Event(
            type=EventType.REQUEST_FILED,
            subject=self.request_id,
            version=1,
            key=self.request_id,
            body=body,
            time=self.filed_at,
        )

    def told(
        self,
        kind: EventType,
        at: datetime,
        *,
        offer_kind: OfferKind = OfferKind.VISIT,
        opened_at: datetime | None = None,
        to: Recipient | None = None,
        body: dict[str, Any] | None = None,
        **changes: Any,
    ) -> Event:
        """`changes` of the job, `body` of what stands beside it: reason, since, until."""
        self.version += 1
        job = JobState(
            job_id=uuid5(self.request_id, str(self.round)),
            request_id=self.request_id,
            city="hanoi",
            code="TR-7K2M-9QXD",
            version=self.version,
            status=JobStatus.PENDING,
            priority=self.priority,
            category="printer",
            commune_code="00004",
            place=PLACE,
            round=self.round,
            visit=0,
            details=BOX,
            resident=RESIDENT,
            filed_at=self.filed_at,
            opened_at=opened_at or self.filed_at,
        ).model_copy(update=changes)
        offer = _offer(at, offer_kind, to) if kind is EventType.OFFER_MADE else None
        said = AssignmentChanged(job=job, offer=offer, recipients=(to,) if to else ()).model_copy(update=body or {})
        return Event(type=kind, subject=job.job_id, version=self.version, key=self.request_id, body=said, time=at)

    def said(self, kind: EventType, at: datetime, **changes: Any) -> Event:
        """What intake says later."""
        self.said_version += 1
        first = self.filed(version=self.said_version, **changes)
        return replace(first, id=uuid7(), type=kind, version=self.said_version, time=at)


def helper(kind: ResponderKind) -> ResponderRef:
    return ResponderRef(responder_id=NOBODY, kind=kind, contact_point_id=NOBODY)


def _offer(at: datetime, kind: OfferKind, to: Recipient | None) -> OfferState:
    return OfferState(
        offer_id=uuid7(),
        kind=kind,
        status=OfferStatus.PENDING,
        wave=1,
        responder_id=None,
        contact_point_id=to.contact_point_id if to else NOBODY,
        lease_seconds=180,
        not_after=at + timedelta(minutes=10),
    )
