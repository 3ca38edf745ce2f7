"""Service points as a CSV file: good rows are loaded, of each bad one the line and what to write. Pure.

Columns, in any order: `id` · `name` · `commune_code` · `days` (ISO weekdays, 12345) · `opens` `closes` (08:00, 24:00) ·
`on_holidays` `active` (yes or no). The first three are needed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from intake.counter.point import ServicePoint
from intake.forms import Form, Name
from intake.tables.csv_table import read_strict_csv
from intake.tables.row import BadRow, Row
from shared.errors import Invalid
from shared.geo.communes import COMMUNES

COLUMNS: Final = ("id", "name", "commune_code", "days", "opens", "closes", "on_holidays", "active")
NEEDED: Final = frozenset(COLUMNS[:3])
ADVICE: Final[Mapping[str, str]] = {
    "id": "1 to 64 letters without marks, digits, dots, dashes or underscores",
    "name": "1 to 100 characters",
    "commune_code": "the five-digit code of a commune or ward served here",
    "days": "weekdays as digits, Monday is 1: 12345",
    "opens": "a time of the day, e.g. 08:00",
    "closes": "a time after opens, at most 24:00",
    "on_holidays": "yes or no",
    "active": "yes or no",
}
_YES: Final = {"yes": True, "no": False, "có": True, "không": False, "1": True, "0": False, "true": True, "false": False}
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")


def _served(code: str) -> str:
    if COMMUNES.by_code(code) is None:
        raise ValueError("not served here")
    return code


class _Row(Form):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    name: Name
    commune_code: Annotated[str, AfterValidator(_served)]
    days: Annotated[str, StringConstraints(pattern=r"^[1-7]{1,7}$")] = "12345"
    opens: Annotated[int, Field(ge=0, lt=1440)] = 8 * 60
    closes: Annotated[int, Field(gt=0, le=1440)] = 17 * 60
    on_holidays: bool = False
    active: bool = True


_ROW: Final = TypeAdapter(_Row)


@dataclass(slots=True)
class PointsFile:
    points: list[ServicePoint] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)


def read_points(body: bytes) -> PointsFile:
    """Raises Invalid for what is no such file at all."""
    rows = read_strict_csv(body)
    header = next(rows, None)
    names = [] if header is None else [name.lower() for name in header.cells]
    if not set(names) >= NEEDED or not set(names) <= set(COLUMNS) or len(set(names)) != len(names):
        raise Invalid("file", f"the first line must name columns out of {','.join(COLUMNS)}, the first three at least")
    return _read(rows, names)


def _read(rows: Iterator[Row], names: Sequence[str]) -> PointsFile:
    found, seen = PointsFile(), dict[str, int]()
    for line, texts in rows:
        if not any(texts):
            continue
        if len(texts) != len(names):
            found.bad_rows.append(BadRow(line, "must have as many cells as the first line"))
            continue
        try:
            point = ServicePoint(**_ROW.validate_python(_fields(dict(zip(names, texts, strict=True)))).model_dump())
        except ValidationError as error:
            wrong = dict.fromkeys(str(one["loc"][0]) for one in error.errors(include_input=False, include_url=False))
            found.bad_rows.append(BadRow(line, _advice(list(wrong))))
            continue
        if point.opens >= point.closes:
            found.bad_rows.append(BadRow(line, _advice(["closes"])))
        elif point.id in seen:
            found.bad_rows.append(BadRow(line, f"id: stands in line {seen[point.id]}, too"))
        else:
            seen[point.id] = line
            found.points.append(point)
    return found


def _fields(texts: Mapping[str, str]) -> dict[str, object]:
    cells = {name: text for name, text in texts.items() if text}
    read: dict[str, object] = dict(cells)
    read |= {name: _YES.get(cells[name].lower(), "?") for name in ("on_holidays", "active") if name in cells}
    read |= {name: _minutes(cells[name]) for name in ("opens", "closes") if name in cells}
    return read


def _minutes(text: str) -> int | str:
    found = _TIME.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else "?"


def _advice(names: Sequence[str]) -> str:
    return "; ".join(f"{name}: {ADVICE[name]}" for name in names)
