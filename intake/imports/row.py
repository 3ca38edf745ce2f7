"""A row as an ordinary form, or what is wrong with it and what to do. Pure; what stands in a cell is never repeated."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from pydantic import ValidationError

from intake.forms import RequestForm, Vulnerable
from intake.imports.advice import ADVICE, FORMULA_ADVICE, LOST_DIGITS, UNKNOWN, Words
from intake.imports.columns import Columns, letter
from intake.reception import reachable
from intake.tables.row import FORMULA, Row
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.events.requests import Channel
from shared.folding import folded
from shared.geo.communes import COMMUNES
from shared.moments import is_sensible

_POWER: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")  # what a spreadsheet makes of a long number
_DAY_FIRST: Final = re.compile(r"([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]([0-9]{4})(?:[ T].*)?")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})-([01]?[0-9])-([0-3]?[0-9])(?:[ T].*)?")
_SEVERAL: Final = re.compile(r"[|;,/]+")


@dataclass(frozen=True, slots=True)
class BadCell:
    """`column` as a spreadsheet calls it, with the field it means; None: the whole row."""

    row: int
    column: str | None
    field: str | None
    advice: Words


class _Wrong(Exception):
    """This cell cannot be read."""


def read_row(row: Row, columns: Columns, today: date) -> RequestForm | list[BadCell]:
    cells = {field: row.cells[place] for field, place in columns.of.items() if place < len(row.cells) and row.cells[place]}
    bad: dict[str, BadCell] = {}
    read: dict[str, Any] = {}
    for field, text in cells.items():
        if text.startswith(FORMULA):
            bad[field] = _cell(row, columns, field, FORMULA_ADVICE)
            continue
        try:
            read[field] = _READERS[field](text) if field in _READERS else text
        except _Wrong:
            bad[field] = _cell(row, columns, field)
    if isinstance(read.get("received"), date) and read["received"] > today:
        bad["received"] = _cell(row, columns, "received")
    if _POWER.fullmatch(cells.get("phone", "")):
        bad["phone"] = _cell(row, columns, "phone", LOST_DIGITS)
    form = _form(read)
    for field in form if isinstance(form, list) else ():
        bad.setdefault(field, _cell(row, columns, field))
    return list(bad.values()) if bad or isinstance(form, list) else form


def refused(row: Row, columns: Columns, error: Invalid) -> BadCell:
    """What reception says of a form that has the right shape."""
    return _cell(row, columns, _FIELDS.get(error.field, error.field))


def _form(read: Mapping[str, Any]) -> RequestForm | list[str]:
    """The form, or the fields that are wrong."""
    raw: dict[str, Any] = {
        "channel": Channel.IMPORT,
        "requester": {"name": read.get("name"), "phone": read.get("phone")},
        "category": read.get("category"),
        "description": _description(read),
        "location": {"lat": read.get("lat"), "lon": read.get("lon")} if "lat" in read or "lon" in read else None,
        **{name: read[name] for name in _AS_IT_IS if name in read},
    }
    try:
        return RequestForm.model_validate_json(orjson.dumps(raw))
    except ValidationError as error:
        places = [".".join(map(str, one["loc"][:2])) for one in error.errors(include_url=False, include_input=False)]
        return list(dict.fromkeys(_FIELDS.get(place, place.split(".")[0]) for place in places))


def _description(read: Mapping[str, Any]) -> Any:
    """The day on which somebody else has taken it down is for whoever helps."""
    text, day = read.get("description"), read.get("received")
    return text if day is None or text is None else f"{text}\n(Tiếp nhận ngày {day:%d/%m/%Y})"


def _cell(row: Row, columns: Columns, field: str, advice: Words | None = None) -> BadCell:
    place = columns.of.get(field)
    return BadCell(row.number, None if place is None else letter(place), field, advice or ADVICE.get(field, UNKNOWN))


def _phone(text: str) -> str:
    try:
        reachable(text)
    except Invalid:
        raise _Wrong from None
    return text


def _category(text: str) -> str:
    found = _CATEGORIES.get(_plain(text))
    if found is None:
        raise _Wrong
    return found


def _commune(text: str) -> str:
    """By its code, also one that a spreadsheet has taken the zeros from, or by its name where that means one."""
    code = text.zfill(5) if text.isdigit() else _COMMUNES.get(_plain(text), "")
    if COMMUNES.by_code(code) is None:
        raise _Wrong
    return code


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise _Wrong from None


def _flag(text: str) -> bool:
    return bool(_one_of(_YES_NO, text))


def _contact(text: str) -> str:
    return str(_one_of(_CONTACT, text))


def _vulnerable(text: str) -> list[str]:
    return list(dict.fromkeys(_one_of(_GO_FIRST, part) for part in _SEVERAL.split(text) if part.strip()))


def _day(text: str) -> date:
    found, order = (match, (1, 2, 3)) if (match := _YEAR_FIRST.fullmatch(text)) else (_DAY_FIRST.fullmatch(text), (3, 2, 1))
    try:
        day = date(*(int(found[place]) for place in order)) if found else None
    except ValueError:
        day = None
    if day is None or not is_sensible(day):
        raise _Wrong
    return day


def _one_of(words: Mapping[str, Any], text: str) -> Any:
    found = words.get(_plain(text))
    if found is None:
        raise _Wrong
    return found


def _plain(text: str) -> str:
    return " ".join(folded(unicodedata.normalize("NFC", text)).replace("_", " ").split())


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "phone": _phone,
    "visited_phone": _phone,
    "category": _category,
    "commune_code": _commune,
    "lat": _number,
    "lon": _number,
    "vulnerable": _vulnerable,
    "someone_present": _flag,
    "visit_consent": _flag,
    "contact": _contact,
    "received": _day,
}
_AS_IT_IS: Final = (
    *("address", "commune_code", "on_behalf_of", "visited_phone", "vulnerable"),
    *("someone_present", "visit_consent", "contact", "language", "data_consent"),
)
# Of the form → of the file.
_FIELDS: Final = {
    "requester.name": "name",
    "requester.phone": "phone",
    "location.lat": "lat",
    "location.lon": "lon",
    "location": "lat",
}
_YES_NO: Final = {
    **dict.fromkeys(("yes", "y", "co", "x", "1", "true", "dong y"), True),
    **dict.fromkeys(("no", "n", "khong", "0", "false", "khong dong y"), False),
}
_CONTACT: Final = {
    **dict.fromkeys(("message", "sms", "nhan tin", "tin nhan"), "message"),
    **dict.fromkeys(("call", "goi", "goi dien", "dien thoai"), "call"),
}
_GO_FIRST: Final[Mapping[str, str]] = {
    **{_plain(word): word.value for word in Vulnerable},
    "nguoi cao tuoi": "elderly",
    "cao tuoi": "elderly",
    "nguoi gia": "elderly",
    "khuyet tat": "disabled",
    "nguoi khuyet tat": "disabled",
    "om": "ill",
    "benh": "ill",
    "mang thai": "pregnant",
    "co con nho": "small_child",
    "con nho": "small_child",
    "song mot minh": "lives_alone",
    "neo don": "lives_alone",
    "ho ngheo": "poor_household",
    "nguoi co cong": "meritorious",
    "co cong": "meritorious",
    "khong biet chu": "cannot_read",
    "khong co dien thoai thong minh": "no_smartphone",
    "dan toc thieu so": "minority_language",
}
_CATEGORIES: Final[Mapping[str, str]] = {
    _plain(name): key for key, one in CATEGORIES.items() for name in (key, one.label_vi, one.label_en)
}


def _by_name() -> dict[str, str]:
    """With and without its kind; a name that two bear means none of them."""
    found: dict[str, set[str]] = {}
    for commune in COMMUNES:
        whole = _plain(commune.name)
        for name in (whole, whole.removeprefix("phuong ").removeprefix("xa ")):
            found.setdefault(name, set()).add(commune.code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


_COMMUNES: Final[Mapping[str, str]] = _by_name()
