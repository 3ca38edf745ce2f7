"""What an operator has typed so far: any field may be missing or half written. Masked before it is kept. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from intake.forms import Form, RequestForm
from intake.reception import find_place, find_priority, reachable
from shared.errors import Invalid, TechRescueError
from shared.events.requests import Channel
from shared.masking import mask

LONGEST: Final = 4000  # letters of one field: twice what may be filed, so that nobody loses what they still have to shorten
MOST_PARTS: Final = 30
PLACES: Final = frozenset({"lat", "lon"})
_NAME: Final = re.compile(r"[a-z_]{1,40}")  # of a field within a field: no figures, so that nothing hides there
_DEGREES: Final = 180


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    """Fields of a request, and their values as far as they are written; every text masked."""
    for name in form:
        if name not in RequestForm.model_fields:
            raise PydanticCustomError("unknown_field", "a request has a field that is not known here; leave it out")
    return {name: _kept(value, name) for name, value in form.items()}


def _kept(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise PydanticCustomError("too_long", f"a text is longer than {LONGEST} letters; shorten it")
        return mask(unicodedata.normalize("NFC", value))
    if isinstance(value, int | float) and name in PLACES and abs(value) <= _DEGREES:
        return value
    if isinstance(value, dict) and len(value) <= MOST_PARTS and all(map(_NAME.fullmatch, value)):
        return {part: _kept(inner, part) for part, inner in value.items()}
    if isinstance(value, list) and len(value) <= MOST_PARTS:
        return [_kept(inner, name) for inner in value]
    raise PydanticCustomError("unreadable", "numbers, but for a location, are written as text; lists and objects are short")


class DraftForm(Form):
    """Body of PUT /v1/drafts/{key}. `version`: what this window has seen last; 0: it begins the draft."""

    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    call: Annotated[UUID, Field(strict=False)] | None = None
    continues: Annotated[UUID, Field(strict=False)] | None = None  # what a colleague typed for this caller: it becomes this one
    form: Annotated[dict[str, Any], AfterValidator(_typed)]


class Unfit(TechRescueError):
    """What keeps a draft from being a request: what pydantic says of its fields, and what we say of those that it lets pass."""

    def __init__(self, shape: ValidationError | None, rest: list[Invalid]) -> None:
        super().__init__("the draft is no request yet")
        self.shape = shape
        self.rest = rest


def finished(form: Mapping[str, Any]) -> RequestForm:
    """Raises Unfit, with everything that is wrong at once: somebody is on the telephone. What is empty counts as missing."""
    full = {"channel": Channel.HOTLINE.value, **_written(form)}
    wrong = _wrong(full)
    try:
        found: RequestForm = RequestForm.__pydantic_validator__.validate_json(orjson.dumps(full), strict=True)
    except ValidationError as error:
        named = {".".join(map(str, item["loc"])) for item in error.errors()}
        raise Unfit(error, [one for one in wrong if one.field not in named]) from None
    if wrong:
        raise Unfit(None, wrong)
    return found


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _written(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, "", {}, [])}
    return value.strip() if isinstance(value, str) else value


def _wrong(form: Mapping[str, Any]) -> list[Invalid]:
    """What the house says of fields that are written: numbers that can be called, a place, a category that there is."""
    requester = form.get("requester")
    checks: list[tuple[Callable[[Any], object], Any]] = [
        (reachable, requester.get("phone") if isinstance(requester, Mapping) else None),
        (lambda phone: reachable(phone, "visited_phone"), form.get("visited_phone")),
        (find_priority, form.get("category")),
        (lambda code: find_place(None, code), form.get("commune_code")),
        (lambda point: find_place(point, None), _point(form.get("location"))),
    ]
    return [error for check, value in checks if isinstance(value, str | tuple) and (error := _refusal(check, value))]


def _refusal(check: Callable[[Any], object], value: Any) -> Invalid | None:
    try:
        check(value)
    except Invalid as error:
        return error
    return None


def _point(place: Any) -> tuple[float, float] | None:
    if not isinstance(place, Mapping):
        return None
    lat, lon = place.get("lat"), place.get("lon")
    return (lat, lon) if isinstance(lat, int | float) and isinstance(lon, int | float) else None
