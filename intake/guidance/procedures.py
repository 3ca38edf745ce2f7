"""A list of procedures as a deployment hands it in (CSV or XLSX), row by row: what is good, and what is wrong. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from intake.guidance.entry import LANGUAGES, OWNERS, Entry, Kind, Words
from intake.tables.csv_table import read_strict_csv
from intake.tables.row import FORMULA, BadRow, Row
from intake.tables.xlsx_table import read_xlsx
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.folding import folded

NEEDED: Final = ("national_code", "name", "group", "handled_by")
OPTIONAL: Final = ("category", "steps")
MOST_ROWS: Final = 5_000
MOST_BYTES: Final = 5_000_000
MOST_STEPS, LONGEST_STEP, LONGEST_NAME = 20, 500, 500
STEP_ENDS: Final = re.compile(r"\s*(?:\n|\|)\s*")
_CODE: Final = re.compile(r"\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?")
_SHORT_CODE: Final = re.compile(r"\d\.\d{1,5}")
_GROUP: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_NEVER: Final = {"vi": ("Không đọc mã OTP cho bất kỳ ai.",), "en": ("Never read an OTP to anybody.",)}
# Of a group, the category that its procedures belong to; of civil status the name says more.
_CATEGORY_OF: Final[Mapping[str, str]] = {
    "chung_thuc": "certification",
    "cu_tru": "residence",
    "dinh_danh": "vneid_login",
    "an_sinh": "social_benefit",
    "kinh_doanh": "household_business",
    "thue": "household_business",
    "xay_dung": "land_construction",
    "dat_dai": "land_construction",
    "giao_duc": "health_school",
    "y_te": "health_school",
}
_BY_NAME: Final = (
    ("khai tu", "death"),
    ("mai tang", "death"),
    ("ket hon", "marriage"),
    ("hon nhan", "marriage"),
    ("khai sinh", "birth"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    code: str
    name: str
    group: str
    owner: str
    category: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    procedures: tuple[Procedure, ...]
    bad_rows: tuple[BadRow, ...]


def read_procedures(data: bytes, filename: str) -> Read:
    """Raises Invalid for what is no such file at all."""
    if len(data) > MOST_BYTES:
        raise Invalid("file", f"is too long; {MOST_BYTES // 1_000_000} MB is the most")
    is_book = filename.lower().endswith(".xlsx") or data[:2] == b"PK"
    lines = map(_whole, read_xlsx(data)) if is_book else read_strict_csv(data)
    header = next(lines, Row(0, ())).cells
    columns = [folded(name.strip()).replace(" ", "_") for name in header]
    if missing := [name for name in NEEDED if name not in columns]:
        raise Invalid("file", f"has no column {', '.join(missing)}; its first line must name {', '.join(NEEDED)}")
    if strange := [name for name in columns if name and name not in (*NEEDED, *OPTIONAL)]:
        raise Invalid("file", f"has a column that is not known: {len(strange)} beside {', '.join((*NEEDED, *OPTIONAL))}")
    if len([name for name in columns if name]) != len({name for name in columns if name}):
        raise Invalid("file", "names a column twice")
    return _checked(lines, columns)


def _whole(row: Row) -> Row:
    """A workbook keeps 2.000880 as a number, without its last zero."""
    return Row(row.number, tuple(f"{cell:0<8}" if _SHORT_CODE.fullmatch(cell) else cell for cell in row.cells))


def _checked(lines: Iterator[Row], columns: Sequence[str]) -> Read:
    good: dict[str, tuple[int, Procedure]] = {}
    bad: list[BadRow] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if line > MOST_ROWS + 1:
            raise Invalid("file", f"has too many rows; {MOST_ROWS} are the most")
        try:
            one = _procedure(cells, columns)
        except Invalid as error:
            bad.append(BadRow(line, f"{error.field}: {error.advice}"))
            continue
        if one.code in good:
            bad.append(BadRow(line, f"national_code: is the one of line {good[one.code][0]}; each stands once"))
        else:
            good[one.code] = line, one
    if not good and not bad:
        raise Invalid("file", "holds no rows")
    return Read(tuple(one for _, one in good.values()), tuple(bad))


def _procedure(cells: Sequence[str], columns: Sequence[str]) -> Procedure:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise Invalid("row", "has more cells than the first line names; a comma in a name needs quotes around it")
    row = {name: _cell(name, cell) for name, cell in zip(columns, cells, strict=False) if name}
    code = row.get("national_code", "")
    if not _CODE.fullmatch(code):
        raise Invalid("national_code", "must read like 1.001193: a figure, a full stop, six figures (spreadsheets drop zeros)")
    name = row.get("name", "")
    if not 3 <= len(name) <= LONGEST_NAME or "\n" in name or not any(letter.isalpha() for letter in name):  # noqa: PLR2004 - a word
        raise Invalid("name", f"must be one line of 3 to {LONGEST_NAME} characters")
    if not _GROUP.fullmatch(group := row.get("group", "")):
        raise Invalid("group", "must be a word like ho_tich: small letters without marks, figures, _")
    if (owner := row.get("handled_by", "")) not in OWNERS:
        raise Invalid("handled_by", f"must be one of {', '.join(OWNERS)}")
    category = row.get("category") or _category_of(group, name)
    if category is not None and category not in CATEGORIES:
        raise Invalid("category", "must be the key of one of the categories, or empty")
    return Procedure(code=code, name=name, group=group, owner=owner, category=category, steps=_steps(row.get("steps", "")))


def _cell(name: str, cell: str) -> str:
    text = cell.strip()
    if _FORBIDDEN.search(text):
        raise Invalid(name, "holds a control character; write it anew")
    if text.startswith(FORMULA):
        raise Invalid(name, "is a formula; paste its value instead")
    return text


def _steps(text: str) -> tuple[str, ...]:
    steps = tuple(step for step in STEP_ENDS.split(text) if step)
    if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
        raise Invalid("steps", f"at most {MOST_STEPS}, one a line or parted by |, each of at most {LONGEST_STEP} characters")
    return steps


def _category_of(group: str, name: str) -> str | None:
    plain = folded(name)
    return next((category for words, category in _BY_NAME if words in plain), None) or _CATEGORY_OF.get(group)


def entry_of(one: Procedure, reviewed: date) -> Entry:
    words = {language: Words(one.name, one.steps, _NEVER[language]) for language in LANGUAGES}
    return Entry(
        id=one.code,
        kind=Kind.PROCEDURE,
        category=one.category,
        owner=one.owner,
        reviewed=reviewed,
        try_first=False,
        words=MappingProxyType(words),
        code=one.code,
    )
