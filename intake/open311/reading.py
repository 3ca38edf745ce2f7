"""What an Open311 client sends, read: a form of fields, and the query of a list. Pure. Raises Invalid with the field's name."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
from pydantic import ValidationError

from intake.forms import RequestForm
from intake.open311.catalogue import (
    DATA_CONSENT,
    ON_BEHALF_OF,
    SOMEONE_PRESENT,
    VISIT_CONSENT,
    VISITED_PHONE,
    VULNERABLE,
    YES_OR_NO,
)
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.events.requests import Channel
from shared.moments import read_moment

LONGEST_SPAN: Final = timedelta(days=90)
MOST_IDS: Final = 50
MOST_ROWS: Final = 200  # of a page
DEEPEST: Final = 10_000  # rows that paging may skip
MOST_FIELDS: Final = 100
LONGEST_DESCRIPTION: Final = 2000  # of ours; the standard allows 4000
NOBODY: Final = "Người gửi qua Open311"
_FIELD: Final = re.compile(r"attribute\[([A-Z_]{1,40})\](?:\[\])?")
_AS_TOLD: Final = {"on_behalf_of": ON_BEHALF_OF, "visited_phone": VISITED_PHONE, "data_consent": DATA_CONSENT}
# Ours → the standard's, for whoever reads what does not fit.
_THEIRS: Final[Mapping[str, str]] = {
    "requester.name": "first_name",
    "requester.phone": "phone",
    "category": "service_code",
    "address": "address_string",
    "commune_code": "address_id",
    "location": "lat",
    "vulnerable": f"attribute[{VULNERABLE}]",
    **{field: f"attribute[{code}]" for field, code in _AS_TOLD.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A form's fields: each once, attributes as lists."""

    fields: Mapping[str, str]
    attributes: Mapping[str, tuple[str, ...]]


def read_form(body: bytes) -> Posted:
    """Of a form-encoded body."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # also what is no UTF-8
        raise Invalid("body", f"must be form-encoded UTF-8 with at most {MOST_FIELDS} fields") from None
    fields: dict[str, str] = {}
    attributes: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if (found := _FIELD.fullmatch(name)) is not None:
            attributes[found[1]] = (*attributes.get(found[1], ()), value.strip())
        elif name in fields:
            raise Invalid(name if name.isidentifier() else "body", "must be there once")
        else:
            fields[name] = value.strip()
    return Posted(fields=fields, attributes=attributes)


def form_of(posted: Posted) -> RequestForm:
    """The ordinary form. A helper has to call, so that a phone is needed here, which the standard leaves open."""
    given = posted.fields
    code = given.get("service_code", "")
    if code not in CATEGORIES:
        raise Invalid("service_code", "must be one of GET /open311/v2/services")
    if not given.get("phone"):
        raise Invalid("phone", "is needed: a Vietnamese number at which the person who needs help can be called")
    name = " ".join(part for part in (given.get("last_name"), given.get("first_name")) if part) or NOBODY
    raw: dict[str, Any] = {
        "channel": Channel.OPEN311,
        "requester": {"name": name, "phone": given["phone"]},
        "category": code,
        "description": _description(given) or CATEGORIES[code].label_vi,
        "location": _point(given),
        "address": given.get("address_string") or None,
        "commune_code": given.get("address_id") or None,
        "vulnerable": tuple(one for one in posted.attributes.get(VULNERABLE, ()) if one),
        "someone_present": _flag(posted, SOMEONE_PRESENT),
        "visit_consent": _flag(posted, VISIT_CONSENT),
        **{field: _told(posted, code) for field, code in _AS_TOLD.items()},
    }
    if raw["location"] is None and raw["address"] is None and raw["commune_code"] is None:
        raise Invalid("lat", "send lat and long, or address_string, or address_id (the code of a commune)")
    try:
        return RequestForm.model_validate_json(orjson.dumps(raw))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Invalid(theirs(".".join(map(str, first["loc"]))), first["msg"].replace("Value error, ", "")) from None


def theirs(field: str) -> str:
    """Our name of a field as the standard calls it."""
    return next((name for ours, name in _THEIRS.items() if field == ours or field.startswith(f"{ours}.")), field)


def _description(given: Mapping[str, str]) -> str:
    """A picture stays where it is; only who helps reads the address."""
    media = given.get("media_url", "")
    if media and not re.fullmatch(r"https?://[!-~]{1,500}", media):
        raise Invalid("media_url", "must be an http or https address of at most 500 characters")
    text = "\n".join(part for part in (given.get("description", ""), media) if part)
    if len(text) > LONGEST_DESCRIPTION:
        raise Invalid("description", f"must be at most {LONGEST_DESCRIPTION} characters, with media_url")
    return text


def _point(given: Mapping[str, str]) -> dict[str, float] | None:
    lat, long = given.get("lat", ""), given.get("long", "")
    if not lat and not long:
        return None
    return {"lat": _degrees("lat", lat), "lon": _degrees("long", long)}


def _degrees(name: str, text: str) -> float:
    try:
        value = float(text) if len(text) <= 32 else math.nan  # noqa: PLR2004 - no place needs more digits
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid(name, "must be degrees, e.g. lat=21.0285 and long=105.8542")
    return value


def _told(posted: Posted, code: str) -> str | None:
    values = posted.attributes.get(code, ())
    if len(values) > 1:
        raise Invalid(f"attribute[{code}]", "must be there once")
    return values[0] or None if values else None


def _flag(posted: Posted, code: str) -> bool | None:
    values = posted.attributes.get(code, ())
    if not values or values == ("",):
        return None
    if len(values) > 1 or values[0] not in YES_OR_NO:
        raise Invalid(f"attribute[{code}]", "must be yes or no")
    return values[0] == "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`ids` overrides the rest, as the standard has it."""

    ids: tuple[UUID, ...] | None
    codes: tuple[str, ...] | None
    is_open: bool | None  # None: either
    since: datetime
    until: datetime
    skip: int
    most: int


def read_search(query: Sequence[tuple[str, str]], now: datetime) -> Search:
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).extend(part.strip() for part in value.split(",") if part.strip())
    since, until = _span(given, now)
    most = _number(given, "page_size", 50, MOST_ROWS)
    skip = (_number(given, "page", 1, DEEPEST) - 1) * most
    if skip > DEEPEST:
        raise Invalid("page", f"reaches at most {DEEPEST} requests; narrow start_date and end_date")
    codes = given.get("service_code")
    if codes and not CATEGORIES.keys() >= set(codes):
        raise Invalid("service_code", "must be of GET /open311/v2/services")
    statuses = set(given.get("status", ()))
    if not statuses <= {"open", "closed"}:
        raise Invalid("status", "must be open or closed")
    return Search(
        ids=_ids(given["service_request_id"]) if given.get("service_request_id") else None,
        codes=tuple(codes) if codes else None,
        is_open="open" in statuses if len(statuses) == 1 else None,
        since=since,
        until=until,
        skip=skip,
        most=most,
    )


def _span(given: Mapping[str, Sequence[str]], now: datetime) -> tuple[datetime, datetime]:
    start, end = _moment(given, "start_date"), _moment(given, "end_date")
    until = end or (min(now, start + LONGEST_SPAN) if start else now)
    since = start or until - LONGEST_SPAN
    if until - since > LONGEST_SPAN:
        raise Invalid("start_date", "may lie at most 90 days before end_date")
    return since, until


def _moment(given: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    """A "+" that was not escaped has become a space on its way."""
    values = given.get(name)
    if not values:
        return None
    if len(values) > 1:
        raise Invalid(name, "must be there once")
    return read_moment(name, values[0].replace(" ", "+"))


def _ids(texts: Sequence[str]) -> tuple[UUID, ...]:
    """What is no id of ours is one that is not known: the standard asks for what is found."""
    if len(texts) > MOST_IDS:
        raise Invalid("service_request_id", f"at most {MOST_IDS} at a time")
    return tuple(found for text in texts if (found := id_of(text)) is not None)


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None  # noqa: PLR2004 - as we write it
    except ValueError:
        return None


def _number(given: Mapping[str, Sequence[str]], name: str, otherwise: int, most: int) -> int:
    values = given.get(name)
    if not values:
        return otherwise
    if len(values) > 1 or not re.fullmatch(r"[0-9]{1,6}", values[0]) or not 1 <= int(values[0]) <= most:
        raise Invalid(name, f"must be a number from 1 to {most}")
    return int(values[0])
