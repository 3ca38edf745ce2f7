"""One question to one person: will you take it? States, moves and leases; no I/O, `now` is handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.errors import Refused
from shared.events.assignments import OfferKind, OfferState, OfferStatus
from shared.events.contract import Sealed

OFF_DUTY: Final = "off_duty"  # why an offer was taken back: the person asked has said that they take a break
SUBMIT_GRACE_SECONDS: Final = 120.0  # how long notify may take to send an offer before it lapses unsent

MOVES: Final[Mapping[OfferStatus, frozenset[OfferStatus]]] = MappingProxyType(
    {
        OfferStatus.PENDING: frozenset(
            {
                OfferStatus.ACCEPTED,
                OfferStatus.DECLINED,
                OfferStatus.EXPIRED,
                OfferStatus.WITHDRAWN,
                OfferStatus.UNDELIVERABLE,
            }
        ),
        OfferStatus.EXPIRED: frozenset({OfferStatus.ACCEPTED}),  # a late yes, while the job is open
        OfferStatus.ACCEPTED: frozenset({OfferStatus.RELEASED, OfferStatus.COMPLETED}),
    }
)
ANSWERABLE: Final = frozenset({OfferStatus.PENDING, OfferStatus.EXPIRED})


class OfferClosed(Refused):
    """Too late, or answered already. `reason` is the word an answer carries: already_taken, or what became of the offer."""

    def __init__(self, status: OfferStatus, reason: str | None = None) -> None:
        super().__init__(reason or f"offer_{status}", "this offer can no longer be answered that way; thank you all the same")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The row, word for word; `schema.sql` explains the fields."""

    id: UUID
    job_id: UUID
    request_id: UUID
    city: str
    kind: OfferKind = OfferKind.VISIT
    status: OfferStatus = OfferStatus.PENDING
    visit: int = 0
    wave: int
    group_id: UUID | None = None  # its target, when the visit is for a group; else the job is
    responder_id: UUID | None = None
    level: str | None = None
    contact_point_id: UUID
    lease_seconds: float
    expires_at: datetime
    not_after: datetime
    distance_m: int | None = None
    by_phone: bool = False
    reason: str | None = None
    member: Sealed | None = None
    member_id: UUID | None = None
    partner: Sealed | None = None
    partner_id: UUID | None = None
    made_at: datetime
    submitted_at: datetime | None = None
    ended_at: datetime | None = None


def moved(offer: Offer, target: OfferStatus, *, now: datetime, reason: str | None = None) -> Offer:
    """The one door to another status. Raises OfferClosed."""
    if target not in MOVES.get(offer.status, frozenset()):
        raise OfferClosed(offer.status)
    return replace(offer, status=target, ended_at=now, reason=reason)


def unsent_cap(made_at: datetime, lease_seconds: float) -> datetime:
    """When an offer lapses even if nobody ever says that it was sent."""
    return made_at + timedelta(seconds=SUBMIT_GRACE_SECONDS + lease_seconds)


def is_lapsed(offer: Offer, now: datetime) -> bool:
    """True when a timer may expire it; a timer that came early, or a second time, finds False."""
    return offer.status is OfferStatus.PENDING and offer.expires_at <= now


def state(offer: Offer) -> OfferState:
    """What the other contexts may know."""
    return OfferState(
        offer_id=offer.id,
        kind=offer.kind,
        status=offer.status,
        wave=offer.wave,
        responder_id=offer.responder_id,
        contact_point_id=offer.contact_point_id,
        lease_seconds=offer.lease_seconds,
        not_after=offer.not_after,
        distance_m=None if offer.by_phone else offer.distance_m,
        by_phone=offer.by_phone,
    )
