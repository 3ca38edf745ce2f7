"""The communes and wards served: code, name, centre, and which is nearest to a point. Made by scripts/make_communes.py."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from shared.errors import Invalid
from shared.geo.plane import to_metres

MARGIN_DEGREES: Final = 0.07  # the box around the centres grown to the borders (the farthest is 0.056 away)
FARTHEST_M: Final = 10_000.0  # no border of a commune is farther from the nearest centre (measured: 8.5 km)


@dataclass(frozen=True, slots=True)
class Commune:
    """`code` is the official five characters with its zeros; `kind` is "phuong" (ward) or "xa" (commune)."""

    code: str
    name: str  # with its kind: "Phường Ba Đình"
    kind: str
    lat: float  # of a point inside, WGS 84
    lon: float


class Communes:
    """A fixed set. `nearest` goes by centres: near a border it may name the neighbour."""

    def __init__(self, communes: Sequence[Commune]) -> None:
        self._all = tuple(communes)
        self._by_code = {commune.code: commune for commune in self._all}
        lats = np.array([commune.lat for commune in self._all])
        lons = np.array([commune.lon for commune in self._all])
        x, y = to_metres(lats, lons)
        # Squared distance to (x, y) is x² + y² and the product of a row of these with (x, y, 1): one call instead of five.
        self._terms = np.column_stack((-2 * x, -2 * y, x**2 + y**2))
        self._south, self._north = float(lats.min()) - MARGIN_DEGREES, float(lats.max()) + MARGIN_DEGREES
        self._west, self._east = float(lons.min()) - MARGIN_DEGREES, float(lons.max()) + MARGIN_DEGREES

    def by_code(self, code: str) -> Commune | None:
        return self._by_code.get(code)

    def codes(self, only: str | None) -> list[str]:
        """Of all communes, or of the one that is asked about. Raises Invalid."""
        if only is not None and only not in self._by_code:
            raise Invalid("commune", "is no commune of this city; use its code of five digits")
        return list(self._by_code) if only is None else [only]

    def nearest(self, lat: float, lon: float) -> Commune:
        return self._nearest(lat, lon)[0]

    def covers(self, lat: float, lon: float) -> bool:
        """False for a point that no commune here can contain, also for NaN and infinities."""
        return self.at(lat, lon) is not None

    def at(self, lat: float, lon: float) -> Commune | None:
        """The nearest commune, or None for a point that is not covered; both in one pass, because every filing asks."""
        if not (self._south <= lat <= self._north and self._west <= lon <= self._east):
            return None
        nearest, squared_m = self._nearest(lat, lon)
        return nearest if squared_m <= FARTHEST_M**2 else None

    def two_nearest(self, lat: float, lon: float) -> tuple[tuple[Commune, float], tuple[Commune, float]] | None:
        """With their distances in metres, the nearest first: how sure is it? None where nothing is served."""
        if not self.covers(lat, lon):
            return None
        x, y = to_metres(lat, lon)
        squared_m = np.maximum(
            self._terms.dot((x, y, 1.0)) + x * x + y * y, 0.0
        )  # rounding makes a centre less than nothing away
        first, second = (int(place) for place in np.argsort(squared_m)[:2])
        return (self._all[first], float(squared_m[first]) ** 0.5), (self._all[second], float(squared_m[second]) ** 0.5)

    def __iter__(self) -> Iterator[Commune]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def _nearest(self, lat: float, lon: float) -> tuple[Commune, float]:
        """With the square of the distance, in m²."""
        x, y = to_metres(lat, lon)
        terms = self._terms.dot((x, y, 1.0))
        place = int(terms.argmin())
        return self._all[place], float(terms[place]) + x * x + y * y


def read_communes(file: Path) -> Communes:
    with file.open(encoding="utf-8", newline="") as rows:
        return Communes(
            [Commune(row["code"], row["name"], row["kind"], float(row["lat"]), float(row["lon"])) for row in csv.DictReader(rows)]
        )


COMMUNES: Final = read_communes(Path(__file__).with_name("communes.csv"))
