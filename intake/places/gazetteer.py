"""The names there are: communes, former units and what became of them, former districts, other cities."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from shared.geo.communes import COMMUNES, Communes

FOLDER: Final = Path(__file__).parent
_KINDS: Final = ("Phường ", "Xã ", "Thị trấn ", "Quận ", "Huyện ", "Thị xã ")


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A ward, commune or town until 30 June 2025. `parts`: where its people went, the likeliest first."""

    code: str
    name: str  # with its kind: "Phường Thành Công"
    district: str  # likewise: "Quận Ba Đình"
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    communes: Communes
    units: Mapping[str, FormerUnit]  # by code
    districts: Mapping[str, tuple[str, ...]]  # the communes with people of it, those with most former units first
    abolished: tuple[tuple[str, str], ...]  # a name without diacritics, and the unit that took it in
    elsewhere: tuple[tuple[str, bool], ...]  # a name, and whether it is a province

    def name(self, commune_code: str) -> str:
        commune = self.communes.by_code(commune_code)
        return commune_code if commune is None else commune.name


@cache
def read_gazetteer(folder: Path = FOLDER, communes: Communes = COMMUNES) -> Gazetteer:
    units = {unit.code: unit for unit in _units(folder)}
    return Gazetteer(
        communes=communes,
        units=units,
        districts=_districts(units, communes),
        abolished=tuple((row["name"], row["code"]) for row in _rows(folder / "abolished_names.csv")),
        elsewhere=tuple((row["name"], row["kind"] == "province") for row in _rows(folder / "elsewhere.csv")),
    )


def bare(name: str) -> str:
    """Without its kind: "Phường Ba Đình" is "Ba Đình"."""
    return next((name.removeprefix(kind) for kind in _KINDS if name.startswith(kind)), name)


def spoken(name: str) -> str:
    """Within a sentence: "phường Ba Đình"."""
    return name[:1].lower() + name[1:]


def _units(folder: Path) -> Iterator[FormerUnit]:
    parts: dict[tuple[str, str, str], list[str]] = {}
    for row in _rows(folder / "former_units.csv"):
        of_unit = parts.setdefault((row["code"], row["name"], row["district"]), [])
        if row["people"] == "1":
            of_unit.append(row["commune_code"])
    for (code, name, district), communes in parts.items():
        yield FormerUnit(code, name, district, tuple(communes))


def _districts(units: Mapping[str, FormerUnit], communes: Communes) -> dict[str, tuple[str, ...]]:
    counted: dict[str, Counter[str]] = {}
    for unit in units.values():
        weight = counted.setdefault(unit.district, Counter())
        for place, code in enumerate(unit.parts):
            weight[code] += 2 if place == 0 else 1
    found = {}
    for district, weight in counted.items():
        namesake = {commune.code for commune in communes if bare(commune.name) == bare(district)}
        found[district] = tuple(sorted(weight, key=lambda code: (code not in namesake, -weight[code], code)))
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
