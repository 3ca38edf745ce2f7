"""From a form to a filing: every check that needs no database. Raises Invalid with the field and what to do."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Final

from intake.consent import wants_asking, word_of
from intake.desk.names import kept
from intake.doors import hears_phrase
from intake.draft import Filing, OnWordOf, wants_call
from intake.forms import RequestForm
from intake.kinds.kind import Suggest, kind_of
from intake.kinds.suggester import load_suggester
from intake.location import Locate, locate
from intake.places.placing import Placing
from intake.privacy.consent_text import agreed_version
from intake.triage import Sort, triage
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.events.requests import Channel
from shared.geo.communes import COMMUNES
from shared.phones import Phone, parse_phone
from shared.security.tokens import PUBLIC, Caller

_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")  # visible ASCII
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C trace context, §3.2

_SPOKEN: Final = frozenset({Channel.HOTLINE, Channel.COUNTER})  # where an operator speaks with whoever files
_CAME_LATER: Final = {"requester_kind", "due_today"}
KEY_FIELD: Final = ("Idempotency-Key", "send this header with 1 to 200 visible ASCII characters, new for each request")

Fingerprint = Callable[[bytes], bytes]  # Vault.fingerprint: keyed, so that nobody can try keys or bodies

find_place: Final[Locate] = partial(locate, communes=COMMUNES)
find_priority: Final[Sort] = cache(partial(triage, categories=CATEGORIES))  # as many answers as there are kinds


class Reception:
    def __init__(self, fingerprint: Fingerprint, placing: Placing | None = None, suggest: Suggest | None = None) -> None:
        self._fingerprint = fingerprint
        self._suggest = suggest or load_suggester().suggest
        self._placing = placing or Placing()

    def check(
        self, form: RequestForm, *, caller: Caller, key: str | None, traceparent: str | None = None, talks: bool = False
    ) -> Filing:
        """`talks`: with whoever files, who can be asked what looks like the same.

        The Idempotency-Key is scoped per caller: two programs that both count from 1 never meet, and of all who have no token
        two residents whose forms count alike: there whoever asks for help is the caller."""
        if not is_key(key):
            raise Invalid(*KEY_FIELD)
        agreed_version(form.data_consent)
        phone = reachable(form.requester.phone)
        consent, visited = word_of(form), None if form.visited_phone is None else reachable(form.visited_phone, "visited_phone")
        point = None if form.location is None else (form.location.lat, form.location.lon)
        placed = self._placing.place(point, form.commune_code, form.address)
        kind = kind_of(form.category, form.description, self._suggest)
        return Filing(
            form=form,
            phone=phone.e164,
            by_call=wants_call(form.contact, landline=phone.kind == "landline"),
            located=placed.located,
            point=placed.point,
            kind=kind,
            triage=find_priority(kind.category, sure=kind.sure, requester_kind=form.requester_kind, due_today=form.due_today),
            caller=caller.name,
            wants_phrase=hears_phrase(caller.role),
            visit_consent=consent,
            asks_consent=wants_asking(form, consent, kind.category),
            visited_phone=None if visited in {None, phone} else visited.e164,
            key_hash=self._fingerprint(f"idempotency key of {_scope(caller, phone)}: {key}".encode()),
            body_hash=self._fingerprint(b"request body: " + form.__pydantic_serializer__.to_json(form, exclude=_unsaid(form))),
            vulnerable=sorted({word.value for word in form.vulnerable}) if form.vulnerable else [],
            name_hashes=kept(form.requester.name, self._fingerprint),
            traceparent=traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else None,
            unclear=placed.unclear,
            on_word_of=OnWordOf.spoken(caller) if form.channel in _SPOKEN and hears_phrase(caller.role) else OnWordOf.SOMEBODY,
            looks=talks and hears_phrase(caller.role) and caller.commune_code is None,
        )


def is_key(key: str | None) -> bool:
    return key is not None and _KEY.fullmatch(key) is not None


def _scope(caller: Caller, phone: Phone) -> str:
    """Not the address: a retry may come from another network, and has to find what was filed."""
    return f"{caller.role} {phone.e164}" if caller == PUBLIC else f"{caller.role} {caller.name}"


def reachable(text: str, field: str = "requester.phone") -> Phone:
    """A number that a helper here can call. Raises Invalid."""
    phone = parse_phone(text, field)
    if phone.kind == "foreign":
        raise Invalid(field, "must be a Vietnamese number, so that a helper can call; e.g. 0912 345 678")
    return phone


def _unsaid(form: RequestForm) -> set[str] | None:
    """Fields that came later, where nobody used them: the same body counts as it did for versions without them."""
    if form.requester_kind is None and not form.due_today:
        return _CAME_LATER
    return None
