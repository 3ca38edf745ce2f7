"""A deployment's own list of places: streets, markets, blocks of flats, and in which commune they lie. Read at the start."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from intake.places.spelling import key_of
from shared.errors import Misconfigured
from shared.geo.communes import Communes

COLUMNS: Final = ("name", "commune_code")
SHORTEST: Final = 4  # letters; "Lò" would be found everywhere


def read_landmarks(file: Path, communes: Communes) -> dict[str, tuple[str, ...]]:
    """Name → communes, several for a street through several. Raises Misconfigured with the line of a mistake."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _landmarks(csv.DictReader(lines), file, communes)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(f"{file}: cannot be read as CSV in UTF-8 ({type(error).__name__})") from error


def _landmarks(rows: Iterable[Mapping[str, str | None]], file: Path, communes: Communes) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line, row in enumerate(rows, start=2):
        name, code = ((row.get(column) or "").strip() for column in COLUMNS)
        if len(key_of(name)) < SHORTEST:
            raise Misconfigured(
                f"{file}, line {line}: name needs at least {SHORTEST} letters; the columns are {_columns(COLUMNS)}"
            )
        if communes.by_code(code) is None:
            raise Misconfigured(
                f"{file}, line {line}: commune_code {code!r} is no commune of this city; five digits, with their zeros"
            )
        of_name = found.setdefault(name, [])
        if code not in of_name:
            of_name.append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def _columns(names: Sequence[str]) -> str:
    return ",".join(names)
