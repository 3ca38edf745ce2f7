"""A file of imported shares, read line by line: the good rows, and of each bad one its line and what to write. Pure.

Columns: `measure` (satisfaction, online_service_use, hotline_answer) · `day` (2026-11-16) · `commune_code` (five digits; empty:
the whole city) · `n` (of how many) · `good` (how many of them).
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from notify.reports.campaign import IMPORTED
from notify.reports.kpi import KpiRow
from shared.errors import Invalid
from shared.geo.communes import COMMUNES
from shared.moments import Day

COLUMNS: Final = ("measure", "day", "commune_code", "n", "good")
MOST_BYTES: Final = 20_000_000
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    advice: str


@dataclass(slots=True)
class KpiFile:
    rows: list[KpiRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    day: Day
    n: Count
    good: Count


_ROW: Final = TypeAdapter(_Row)
_ADVICE: Final = {
    "day": "day must be a day, e.g. 2026-11-16",
    "n": "n must be a whole number",
    "good": "good must be a whole number",
}


def read_kpi_csv(body: bytes) -> KpiFile:
    """Raises Invalid for what is no such file at all."""
    if len(body) > MOST_BYTES:
        raise Invalid("file", f"at most {MOST_BYTES // 1_000_000} MB at a time")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "must be CSV in UTF-8") from None
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if set(lines.fieldnames or ()) != set(COLUMNS):
            raise Invalid("file", f"the first line must name the columns {','.join(COLUMNS)}")
        return _read(lines)
    except csv.Error as error:
        raise Invalid("file", f"line {lines.line_num} is no CSV: {error}") from None


def _read(lines: "csv.DictReader[str]") -> KpiFile:
    found = KpiFile()
    first: dict[tuple[str, date, str], int] = {}
    for raw in lines:
        told = list(_problems(raw))
        row = None if told else _row(raw)
        key = None if row is None else (row.measure, row.day, row.commune_code)
        if key is not None and key in first:
            told.append(f"line {first[key]} has this measure, day and place already")
        if row is None or key is None or told:
            found.bad.append(BadRow(lines.line_num, "; ".join(told)))
            continue
        first[key] = lines.line_num
        found.rows.append(row)
    return found


def _problems(raw: Mapping[str | Any, Any]) -> Iterator[str]:
    if None in raw or None in raw.values():
        yield f"must have {len(COLUMNS)} cells"
        return
    if raw["measure"].strip() not in IMPORTED:
        yield f"measure must be one of {', '.join(IMPORTED)}"
    place = raw["commune_code"].strip()
    if place and COMMUNES.by_code(place) is None:
        yield "commune_code must be a commune's code of five digits, or empty for the whole city"
    try:
        checked = _ROW.validate_python({name: raw[name].strip() for name in ("day", "n", "good")})
    except ValidationError as error:
        for name in sorted({str(item["loc"][0]) for item in error.errors(include_input=False, include_url=False)}):
            yield _ADVICE[name]
        return
    if checked.good > checked.n:
        yield "good must not be more than n"


def _row(raw: Mapping[str, str]) -> KpiRow:
    checked = _ROW.validate_python({name: raw[name].strip() for name in ("day", "n", "good")})
    measure, place = raw["measure"].strip(), raw["commune_code"].strip()
    return KpiRow(measure=measure, day=checked.day, commune_code=place, n=checked.n, good=checked.good)
