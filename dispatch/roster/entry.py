"""One entry of a roster, as somebody wrote it: checked, and told what to do about each mistake; no I/O."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, Self, TypeVar
from uuid import UUID, uuid5

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dispatch.shifts.shift import Hours
from dispatch.shifts.shift_text import parse_hours
from shared.categories import SKILLS
from shared.errors import Invalid
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES
from shared.languages import EVERYBODYS, LANGUAGES
from shared.lures import lure_in
from shared.moments import Day, Moment
from shared.phones import parse_phone

T = TypeVar("T")

# Ids of responders are made from the city and the id their owner uses, so that the same line always means the same responder.
RESPONDERS: Final = UUID("6a4f3c1e-8f0b-5b7e-9d53-0d1f2a7c9e11")
EXTERNAL_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MOST_CAPACITY: Final = 100
MOST_MEMBERS: Final = 200
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Course(BaseModel):
    """What somebody has learned: a skill, until it has to be learned again. The last day is included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skill: str
    passed_on: Day | None = None
    expires_on: Day | None = None

    @field_validator("skill")
    @classmethod
    def _skill(cls, value: str) -> str:
        return known_skills((value,))[0]

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.passed_on is not None and self.expires_on is not None and self.expires_on < self.passed_on:
            raise ValueError("a course expires before it was passed")
        return self


class Member(BaseModel):
    """Somebody of a team. Only vetted members who are present count for what it can do, and may stand at a door.

    `skills` and `courses` None and empty: they do what the team does. `present` None: as it was; somebody new is there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=EXTERNAL_ID)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    vetted: bool = False
    vetted_on: Day | None = None
    vetted_until: Day | None = None
    trained: bool = False
    languages: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    skills: Annotated[tuple[str, ...] | None, Field(max_length=50)] = None
    courses: Annotated[tuple[Course, ...], Field(max_length=50)] = ()
    present: bool | None = None
    absent_until: Moment | None = None

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return named(value)

    @field_validator("languages")
    @classmethod
    def _languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return spoken(value)

    @field_validator("skills")
    @classmethod
    def _skills(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if value is None else known_skills(value)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.vetted and (self.vetted_on is not None or self.vetted_until is not None):
            raise ValueError("vetted_on and vetted_until belong to somebody who is vetted")
        if self.vetted_on is not None and self.vetted_until is not None and self.vetted_until < self.vetted_on:
            raise ValueError("vetted_until lies before vetted_on")
        if self.absent_until is not None and self.present is not False:
            raise ValueError("absent_until belongs to somebody who is not present")
        return self

    @property
    def own_skills(self) -> tuple[str, ...] | None:
        """Those without an end; None: not listed, so that the team's count."""
        return self.skills if self.skills is not None else (() if self.courses else None)


class Entry(BaseModel):
    """A responder as the roster has it. `confirmed`: the owner of the phone has said that it is theirs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ResponderKind
    name: Annotated[str, Field(min_length=1, max_length=100)]
    phone: Annotated[str, Field(max_length=40)]
    commune_code: str
    lat: Annotated[float | None, Field(allow_inf_nan=False)] = None
    lon: Annotated[float | None, Field(allow_inf_nan=False)] = None
    skills: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    capacity: int = 1
    language: Annotated[str, Field(pattern="^(vi|en)$")] = "vi"
    languages: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)] = (EVERYBODYS,)
    shifts: Annotated[str, Field(max_length=1000)] = "always"
    members: Annotated[tuple[Member, ...], Field(max_length=MOST_MEMBERS)] = ()
    confirmed: bool = False
    remote: bool = False  # agrees to help by telephone, whoever calls from wherever in the city
    confirms: bool | None = None  # is asked before each shift; None: volunteers are
    active: bool = True

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return named(value)

    @field_validator("phone")
    @classmethod
    def _phone(cls, value: str) -> str:
        """In E.164 from here on."""
        return e164(value)

    @field_validator("lat", "lon")
    @classmethod
    def _on_earth(cls, value: float | None, info: ValidationInfo) -> float | None:
        most = 90 if info.field_name == "lat" else 180
        if value is not None and abs(value) > most:
            raise ValueError(f"is nowhere on Earth; write degrees from -{most} to {most}, or leave lat and lon empty")
        return value

    @field_validator("capacity")
    @classmethod
    def _capacity(cls, value: int) -> int:
        if not 1 <= value <= MOST_CAPACITY:
            raise ValueError(f"must be 1 to {MOST_CAPACITY} visits at a time; somebody who takes none for now is `active` no")
        return value

    @field_validator("commune_code")
    @classmethod
    def _commune(cls, value: str) -> str:
        if COMMUNES.by_code(value) is None:
            raise ValueError("is no commune of this city; use its code of five digits")
        return value

    @field_validator("skills")
    @classmethod
    def _skills(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return known_skills(value)

    @field_validator("languages")
    @classmethod
    def _languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return spoken(value)

    @field_validator("shifts")
    @classmethod
    def _shifts(cls, value: str) -> str:
        _told(lambda: parse_hours(value))
        return value

    @model_validator(mode="after")
    def _members(self) -> Self:
        if len({member.id for member in self.members}) < len(self.members):
            raise ValueError("two members have the same id")
        return self

    @model_validator(mode="after")
    def _home(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together; give both or neither")
        if self.lat is not None and self.lon is not None and not COMMUNES.covers(self.lat, self.lon):
            raise ValueError("lat and lon are outside the city; leave them out when they are not known")
        return self

    def confirms_shifts(self) -> bool:
        """Students who come by turns are asked; a team that is always there is not."""
        return self.kind is ResponderKind.VOLUNTEER if self.confirms is None else self.confirms

    def hours(self) -> Hours:
        return parse_hours(self.shifts)

    def home(self) -> tuple[float, float]:
        """Where the responder starts from: their own point, else the middle of the commune."""
        if self.lat is not None and self.lon is not None:
            return self.lat, self.lon
        commune = COMMUNES.by_code(self.commune_code)
        assert commune is not None  # noqa: S101 - checked above
        return commune.lat, commune.lon

    def spoken(self) -> tuple[str, ...]:
        """By the responder, or by any member."""
        return tuple(sorted({*self.languages, *(one for member in self.members for one in member.languages)}))


@dataclass(frozen=True, slots=True)
class Named:
    """An entry and the id its owner uses for it."""

    external_id: str
    entry: Entry

    def id(self, city: str) -> UUID:
        return responder_id(city, self.external_id)


def responder_id(city: str, external_id: str) -> UUID:
    return uuid5(RESPONDERS, f"{city}/{external_id}")


def e164(value: str) -> str:
    """For pydantic: raises ValueError with the advice."""
    return _told(lambda: parse_phone(value).e164)


def spoken(value: tuple[str, ...]) -> tuple[str, ...]:
    """For pydantic: raises ValueError with the advice."""
    if not set(value).issubset(LANGUAGES):
        raise ValueError(f"names a language that is not on the list; known are {', '.join(LANGUAGES)}")
    return tuple(sorted(set(value)))


def known_skills(value: tuple[str, ...]) -> tuple[str, ...]:
    if not set(value).issubset(SKILLS):
        raise ValueError(f"names a skill that no category asks for; known are {', '.join(SKILLS)}")
    return tuple(sorted(set(value)))


def named(value: str) -> str:
    """Residents are told who comes: no name is an address of the web or a number to call. What it is, is not quoted."""
    name = plain(value)
    if (lure := lure_in(name)) is not None:
        raise ValueError(f"must be a name and no more: {lure.instead}")
    return name


def plain(value: str) -> str:
    """A name is one line of text in which something can be read."""
    if CONTROL.search(value) or not any(letter.isalnum() for letter in value):
        raise ValueError("must be one line of plain text, with letters")
    return " ".join(value.split())


def mistakes(error: ValidationError) -> list[str]:
    """Field and advice of each mistake, never what was written there."""
    found = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        field = ".".join(str(part) for part in item["loc"]) or "row"
        found.append(f"{field}: {item['msg'].removeprefix('Value error, ')}")
    return found


def _told(check: Callable[[], T]) -> T:
    """Pydantic collects ValueErrors; our own refusal carries the advice."""
    try:
        return check()
    except Invalid as error:
        raise ValueError(error.advice) from None
