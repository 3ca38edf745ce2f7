"""What callers send: models of request bodies, strict to the last field. No rules about what may be done with them."""

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.events.requests import Channel, Complaint, RequesterKind

# Lone surrogates cannot be stored, control characters have no business in a name, and the marks that turn the writing
# direction round make one text look like another.
_FORBIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN_IN_LINES: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def _one_line(text: str) -> str:
    return _clean(text, _FORBIDDEN)


def _lines(text: str) -> str:
    return _clean(text, _FORBIDDEN_IN_LINES)


def _readable(text: str) -> str:
    """Who goes there has to read it on an ordinary phone, which shows no emoji."""
    if not any(letter.isalnum() and letter <= "\uffff" for letter in text):
        raise PydanticCustomError("nothing_to_read", "write it in letters or figures; an ordinary phone shows no others")
    return text


def _clean(text: str, forbidden: re.Pattern[str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    if forbidden.search(text):
        raise PydanticCustomError("control_character", "take out control characters and halves of surrogate pairs")
    return unicodedata.normalize("NFC", text)


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(_one_line),
    AfterValidator(_readable),
]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True), AfterValidator(_lines), AfterValidator(_readable)
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(_lines)]
PhoneText = Annotated[str, StringConstraints(min_length=8, max_length=32, strip_whitespace=True), AfterValidator(_one_line)]
CategoryKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
CommuneCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
ConsentVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}(-[0-9]{1,3})?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]  # ISO 639


class Contact(StrEnum):
    """How the resident wants to be told."""

    MESSAGE = "message"
    CALL = "call"


class Vulnerable(StrEnum):
    """Why somebody goes first within a tier. A closed set: the words are published, so they must not tell a story."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    ILL = "ill"
    PREGNANT = "pregnant"
    SMALL_CHILD = "small_child"
    LIVES_ALONE = "lives_alone"
    NO_SMARTPHONE = "no_smartphone"
    CANNOT_READ = "cannot_read"
    MINORITY_LANGUAGE = "minority_language"
    POOR_HOUSEHOLD = "poor_household"
    MERITORIOUS = "meritorious"  # người có công


class Form(BaseModel):
    """Base of every body we read: exact types, no unknown fields, no NaN."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


# Words of closed sets may come as plain strings also from Python: a framework that has parsed the JSON itself hands us those.
Door = Annotated[Channel, Field(strict=False)]
Told = Annotated[Contact, Field(strict=False)]
Reasons = Annotated[tuple[Annotated[Vulnerable, Field(strict=False)], ...], Field(max_length=len(Vulnerable), strict=False)]


class Requester(Form):
    name: Name
    phone: PhoneText


class Point(Form):
    """Degrees, WGS 84."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class RequestForm(Form):
    """Body of POST /v1/requests."""

    channel: Door
    requester: Requester
    category: CategoryKey | None = None  # None: as the description suggests
    description: Text
    location: Point | None = None
    address: Line | None = None
    commune_code: CommuneCode | None = None
    on_behalf_of: Name | None = None
    visited_phone: PhoneText | None = None  # of whoever is visited, when somebody else files for them
    vulnerable: Reasons = ()
    requester_kind: Annotated[RequesterKind, Field(strict=False)] | None = None  # None: nobody has said
    due_today: bool = False  # a deadline of theirs ends today
    someone_present: bool | None = None  # somebody of the resident's own, while the helper is there; None: nobody has said
    language: Language = "vi"
    visit_consent: bool | None = None
    contact: Told = Contact.MESSAGE
    data_consent: ConsentVersion | None = (
        None  # the version of the text on personal data that was shown, or read aloud, and agreed to
    )


class PlaceForm(Form):
    """Body of PUT /v1/requests/{code}/location. At least one; the address alone is read as whoever files sends it."""

    location: Point | None = None
    commune_code: CommuneCode | None = None
    address: Line | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.location is None and self.commune_code is None and self.address is None:
            raise PydanticCustomError("no_place", "send location, commune_code or address")
        return self


class Amendment(Form):
    """Body of PATCH /v1/requests/{code}: what is sent is changed, what is left out stays."""

    category: CategoryKey | None = None
    description: Text | None = None
    location: Point | None = None
    commune_code: CommuneCode | None = None
    address: Line | None = None
    vulnerable: Reasons | None = None
    someone_present: bool | None = None
    contact: Told | None = None
    caller_phone: PhoneText | None = None  # from which an operator is called, where the telephone system does not tell

    @property
    def has_place(self) -> bool:
        return not (self.location is None and self.commune_code is None and self.address is None)

    def without_place(self) -> "Amendment | None":
        """What else is changed; None: nothing."""
        rest = {
            name: getattr(self, name) for name in self.model_fields_set - {"location", "commune_code", "address", "caller_phone"}
        }
        return self.model_construct(**rest) if rest else None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        changed = self.model_fields_set - {"caller_phone"}
        if not changed or any(getattr(self, name) is None for name in changed):
            raise PydanticCustomError("nothing_to_amend", "send at least one field, and none as null")
        return self


class VisitCheckForm(Form):
    """Body of POST /v1/requests/{code}/visit-check: what the visitor said, or that the visited person wants them gone."""

    phrase: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)] | None = None
    refused: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.refused is (self.phrase is not None):
            raise PydanticCustomError("no_phrase", "send either phrase, or refused: true")
        return self


class CancelForm(Form):
    """Body of POST /v1/requests/{code}/cancel, if any. `caller_phone`: as for PATCH."""

    caller_phone: PhoneText | None = None


class ComplaintForm(Form):
    """Body of POST /v1/requests/{code}/complaint: a word of a closed set; what was said stays with who heard it."""

    reason: Annotated[Complaint, Field(strict=False)]


class Consent(Form):
    """Body of POST /v1/requests/{code}/visit-consent."""

    agreed: bool
    caller_phone: PhoneText | None = None  # of a no, as for PATCH
