"""The events that tell of shifts, built from rows. No SQL: whoever holds the transaction appends them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.escalation import Lead, next_level
from dispatch.responder import recipient
from dispatch.rows import contact_of, sealed_of
from shared.events.contract import Recipient, Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import AskKind, ShiftAsked, ShiftOutcome, ShiftSettled, ShiftUnfilled

_ASKED: Final = 1  # versions of a question; several words about its end share one
_SETTLED: Final = 2


def asked(
    ask_id: UUID, kind: AskKind, person: Any, about: Any, *, commune_code: str, answer_by: datetime, now: datetime
) -> Event:
    """`person` as `lock_person` reads it; `about` is the shift or the opening."""
    body = ShiftAsked(
        city=person["city"],
        contact_point_id=person["contact_point_id"],
        recipients=told(person),
        starts_at=about["starts_at"],
        ends_at=about["ends_at"],
        commune_code=commune_code,
        ask_id=ask_id,
        kind=kind,
        responder_id=person["id"],
        about_id=about["id"],
        answer_by=answer_by,
    )
    key = person["contact_point_id"]
    return Event(type=EventType.SHIFT_ASKED, subject=ask_id, version=_ASKED, key=key, body=body, time=now)


def settled(
    ask_id: UUID, person: Any, window: Any, outcome: ShiftOutcome, *, now: datetime, commune_code: str, tell: bool = True
) -> Event:
    """`tell` False: the question ends, and nobody is written to."""
    body = ShiftSettled(
        city=person["city"],
        contact_point_id=person["contact_point_id"],
        recipients=told(person) if tell else (),
        starts_at=window["starts_at"],
        ends_at=window["ends_at"],
        commune_code=commune_code,
        ask_id=ask_id,
        outcome=outcome,
    )
    key = person["contact_point_id"]
    return Event(type=EventType.SHIFT_SETTLED, subject=ask_id, version=_SETTLED, key=key, body=body, time=now)


def unfilled(opening: Any, leads: list[Lead], now: datetime) -> Event | None:
    """To whoever answers for the ward first. None: there is nobody, not even a city desk."""
    _, lead = next_level(None, leads)
    if lead is None:
        return None
    body = ShiftUnfilled(
        city=opening["city"],
        contact_point_id=lead.contact.id,
        recipients=recipient(lead.contact, Role.LEAD, lead.name),
        starts_at=opening["starts_at"],
        ends_at=opening["ends_at"],
        commune_code=opening["commune_code"],
        opening_id=opening["id"],
    )
    key = lead.contact.id
    return Event(type=EventType.SHIFT_UNFILLED, subject=opening["id"], version=1, key=key, body=body, time=now)


def told(person: Any) -> tuple[Recipient, ...]:
    contact = contact_of(person, "contact_point_id")
    return recipient(contact if contact.confirmed_at else None, Role.RESPONDER, sealed_of(person["name"]))
