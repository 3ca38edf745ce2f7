"""The events that tell of shifts, built from rows. No SQL: whoever holds the transaction appends them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.jobs.escalation import Lead, next_level
from dispatch.roster.responder import recipient
from dispatch.rows import contact_of, sealed_of
from dispatch.shifts.shift import Window
from shared.events.contract import Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import AskKind, ShiftAsked, ShiftOutcome, ShiftSettled, ShiftUnfilled, SwapChanged, SwapStage
from shared.ids import uuid7

_ASKED: Final = 1  # versions of a question; several words about its end share one
_SETTLED: Final = 2


def asked(
    ask_id: UUID,
    kind: AskKind,
    person: Any,
    about: Any,
    *,
    commune_code: str,
    answer_by: datetime,
    now: datetime,
    colleague: Sealed | None = None,
    returned: Window | None = None,
) -> Event:
    """`person` as `lock_person` reads it; `about` is the shift, the opening, or the swap, which has the last two."""
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
        colleague=colleague,
        return_starts_at=returned.starts_at if returned else None,
        return_ends_at=returned.ends_at if returned else None,
    )
    key = person["contact_point_id"]
    return Event(type=EventType.SHIFT_ASKED, subject=ask_id, version=_ASKED, key=key, body=body, time=now)


def settled(
    ask_id: UUID,
    person: Any,
    window: Any,
    outcome: ShiftOutcome,
    *,
    now: datetime,
    commune_code: str,
    tell: bool = True,
    returned: Window | None = None,
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
        return_starts_at=returned.starts_at if returned else None,
        return_ends_at=returned.ends_at if returned else None,
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


def swap_news(
    giver: Any,
    stage: SwapStage,
    now: datetime,
    *,
    swap: Any = None,
    take_over: bool = False,
    returned: Window | None = None,
    colleague: Sealed | None = None,
    reason: str | None = None,
) -> Event:
    """To whoever wants to give a shift. `swap` None: it never came to one."""
    key, swap_id = giver["contact_point_id"], swap["id"] if swap else uuid7()
    body = SwapChanged(
        city=giver["city"],
        contact_point_id=key,
        recipients=told(giver),
        swap_id=swap_id,
        stage=stage,
        take_over=swap["running"] if swap else take_over,
        releases=swap["releases"] if swap else False,
        starts_at=swap["starts_at"] if swap else None,
        ends_at=swap["ends_at"] if swap else None,
        return_starts_at=returned.starts_at if returned else None,
        return_ends_at=returned.ends_at if returned else None,
        answer_by=swap["answer_by"] if swap else None,
        colleague=colleague,
        reason=reason,
    )
    version = _ASKED if stage in {SwapStage.ASKED, SwapStage.IMPOSSIBLE} else _SETTLED
    return Event(type=EventType.SHIFT_SWAP, subject=swap_id, version=version, key=key, body=body, time=now)


def told(person: Any) -> tuple[Recipient, ...]:
    contact = contact_of(person, "contact_point_id")
    return recipient(contact if contact.confirmed_at else None, Role.RESPONDER, sealed_of(person["name"]))
