"""A filing on its way to a row: what was checked, and what is stored and published of it. No SQL, no HTTP.

The event is plain values that orjson writes once: validating it through its model again would cost a tenth of a filing.
A contract test holds it against `shared.events.requests` instead.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson

from intake.forms import Contact, RequestForm
from intake.kinds.kind import Kind
from intake.known import KnownFault
from intake.known_incident import KnownIncident
from intake.location import Located
from intake.places.resolution import Resolution, view_of
from intake.triage import Triage
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType, Topic
from shared.events.requests import OWN_WORD, Channel, RequestStatus
from shared.masking import mask
from shared.security.tokens import Caller
from shared.security.vault import ContactKey, Stranger
from shared.transport.outbox import Row

SOURCE: Final = "/intake"
CITY_DESK: Final = "city_desk"  # owns what nobody could locate


class OnWordOf(StrEnum):
    """On whose word a request was filed, beside the number that it names."""

    HOLDER = "holder"  # written from that very number, or shown by the code that was sent there
    OPERATOR = "operator"  # of the whole city, who spoke with them: in a call, at a counter
    SOMEBODY = "somebody"  # who typed the number: anybody may

    @classmethod
    def spoken(cls, caller: Caller) -> "OnWordOf":
        """Who works for one commune does not make others' people theirs by filing for them: such a word opens nothing."""
        return cls.OPERATOR if caller.commune_code is None else cls.SOMEBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A form that was found right, and all that the form alone decides. `phone` is E.164."""

    form: RequestForm
    phone: str
    by_call: bool
    located: Located | None
    point: tuple[float, float] | None  # exact, of the form or of a pin in its address
    kind: Kind
    triage: Triage
    caller: str
    wants_phrase: bool
    visit_consent: bool | None  # as far as whoever filed may say it
    asks_consent: bool  # the visited person is asked
    visited_phone: str | None  # E.164, when it is another than `phone`
    key_hash: bytes
    body_hash: bytes
    vulnerable: list[str]  # each once, sorted
    traceparent: str | None = None
    unclear: Resolution | None = None  # the address names no single commune: what may be meant, and what to ask
    door: str | None = None  # by which somebody has agreed to what is kept of them; None: the channel of the form
    name_hashes: str | None = None  # by which whoever files is found by name: intake/desk/names.py
    on_word_of: OnWordOf = OnWordOf.SOMEBODY
    looks: bool = False  # whoever files it sees all of the city, and hears at once what looks like the same
    unconfirmed: bool = False  # filed before over the web from this number, and nobody has shown that it is theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the transaction gives to a filing: identity, keys, time."""

    request_id: UUID
    event_id: UUID
    city: str
    code: str
    seed: str  # 32 hex digits; the pass phrases of all visits are made from it
    stranger: Stranger  # whom the vault shall know the caller as, if it knows nobody behind the number
    person: ContactKey  # under whose key it is sealed
    phone_box: str
    details_box: str
    now: datetime
    expected_at: datetime | None
    known: KnownFault | KnownIncident | None = None  # what this is about is known already: somebody comes for all, or it waits
    holds: bool = False  # a number that nobody has confirmed is not helped at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One request ready to be inserted. `row` is an `intake.filing`, `kind` what stands beside it; `answer` has no phrase."""

    filing: Filing
    stamp: Stamp
    answer: dict[str, Any]
    row: tuple[Any, ...]
    kind: tuple[str | None, str, str]  # who asks, why so urgent, what else it may be: the lists joined by commas
    held: bool = False


def wants_call(contact: Contact, *, landline: bool) -> bool:
    """Nobody can text a landline, and some people cannot read a text."""
    return landline or contact is Contact.CALL


def new_seed() -> str:
    return os.urandom(16).hex()


def details_of(filing: Filing, seed: str) -> bytes:
    """The JSON that is sealed as `details`; every free text masked."""
    form = filing.form
    lat, lon = filing.point or (None, None)
    return orjson.dumps(
        {
            "name": mask(form.requester.name),
            "phone": filing.phone,
            "description": mask(form.description),
            "address": None if form.address is None else mask(form.address),
            "lat": lat,
            "lon": lon,
            "on_behalf_of": None if form.on_behalf_of is None else mask(form.on_behalf_of),
            "phrase_seed": seed,
        }
    )


def draft(filing: Filing, stamp: Stamp) -> Draft:
    """Everything that is stored of a new request, in one pass."""
    answer = _answer(filing, stamp)
    resident, held = _resident(filing, stamp), _held(filing, stamp)
    state = {**_state(filing, stamp, resident), "held": held}
    body = {"request": state, "recipients": (resident,), **_NOTHING_MORE, "reason": _reason(filing)}
    row = _row(filing, stamp, orjson.dumps(answer), orjson.dumps(body))
    kind = filing.form.requester_kind, ",".join(filing.triage.reasons), ",".join(filing.kind.candidates)
    return Draft(filing=filing, stamp=stamp, answer=answer, row=row, kind=kind, held=held)


def _reason(filing: Filing) -> str | None:
    """Who writes from this very number has its confirmation for an answer."""
    return OWN_WORD if filing.on_word_of is OnWordOf.HOLDER else None


# What is said of a request later, and never at its filing.
_NOTHING_MORE: Final = dict.fromkeys(("consent", "inquiry", "score", "secret", "visit", "wanted_at"))


def _held(filing: Filing, stamp: Stamp) -> bool:
    """Of the public form alone, and only where the deployment wants it."""
    new = filing.unconfirmed or stamp.person is stamp.stranger.contact
    return stamp.holds and new and filing.form.channel is Channel.WEB


def outbox_row(made: Draft, id_: int) -> Row:
    """The row of the outbox that `file_requests` has written for it."""
    *_, event_id, traceparent, body = made.row
    return {
        "id": id_,
        "event_id": event_id,
        "topic": Topic.REQUESTS.value,
        "key": str(made.stamp.request_id),
        "type": EventType.REQUEST_FILED.value,
        "subject": made.stamp.request_id,
        "version": 1,
        "source": SOURCE,
        "occurred_at": made.stamp.now,
        "traceparent": traceparent,
        "body": body,
    }


def _status(filing: Filing) -> RequestStatus:
    return RequestStatus.NEEDS_LOCATION if filing.located is None else RequestStatus.FILED


def _answer(filing: Filing, stamp: Stamp) -> dict[str, Any]:
    known = {} if stamp.known is None else {"known": stamp.known.view()}
    about: dict[str, Any] = {"category": filing.kind.category, "reasons": filing.triage.reasons}
    if filing.kind.candidates:
        about["candidates"] = filing.kind.candidates
    place: dict[str, Any] = {} if filing.unclear is None else {"place": view_of(filing.unclear)}
    if filing.located is not None and filing.located.note is not None:
        place = {"place_note": filing.located.note}
    return {
        "id": stamp.request_id,
        "code": stamp.code,
        "status": _status(filing),
        "priority": filing.triage.priority,
        "commune_code": None if filing.located is None else filing.located.commune_code,
        "expected": stamp.expected_at,
        **about,
        **known,
        **place,
    }


def _resident(filing: Filing, stamp: Stamp) -> dict[str, Any]:
    """A `Recipient`."""
    return {
        "role": Role.RESIDENT,
        "contact_point_id": stamp.person.contact_point_id,
        "address": {"key_id": stamp.person.key.id, "box": stamp.phone_box},
        "name": None,
        "language": filing.form.language,
        "channels": (ChannelKind.CALL if filing.by_call else ChannelKind.SMS,),
    }


def _state(filing: Filing, stamp: Stamp, resident: dict[str, Any]) -> dict[str, Any]:
    """A `RequestState`."""
    form, located = filing.form, filing.located
    return {
        "request_id": stamp.request_id,
        "city": stamp.city,
        "code": stamp.code,
        "version": 1,
        "status": _status(filing),
        "channel": form.channel,
        "category": filing.kind.category,
        "priority": filing.triage.priority,
        "skills": filing.triage.skills,
        "commune_code": None if located is None else located.commune_code,
        "place": None if located is None else {"lat": located.lat, "lon": located.lon},
        "resident": resident,
        "details": {"key_id": stamp.person.key.id, "box": stamp.details_box},
        "vulnerable": filing.vulnerable,
        "requester_kind": form.requester_kind,
        "visit_consent": filing.visit_consent,
        "someone_present": form.someone_present,
        "by_call": filing.by_call,
        "reopened": 0,
        "filed_at": stamp.now,
        "known": "incident" if isinstance(stamp.known, KnownIncident) else None,
        "expected_at": stamp.expected_at,
    }


def _row(filing: Filing, stamp: Stamp, answer: bytes, body: bytes) -> tuple[Any, ...]:
    form, located, key = filing.form, filing.located, stamp.person.key
    visited_box = None if filing.visited_phone is None else key.box(filing.visited_phone.encode(), purpose="phone")
    return (
        *(filing.key_hash, filing.body_hash, stamp.request_id, answer, stamp.code, _status(filing)),
        *(form.channel, filing.kind.category, filing.triage.priority, ",".join(filing.triage.skills)),
        *((None, None, None, None) if located is None else (located.commune_code, located.lat, located.lon, located.note)),
        *(stamp.person.contact_point_id, key.id, stamp.phone_box, stamp.details_box),
        *(form.language, ",".join(filing.vulnerable), filing.visit_consent, filing.by_call),
        *(visited_box, filing.asks_consent, form.someone_present),
        *(filing.caller, stamp.expected_at, stamp.event_id, filing.traceparent, body),
    )
