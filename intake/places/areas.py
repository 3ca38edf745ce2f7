"""The communes as areas, from a deployment's own GeoJSON: in which does a point lie? Without one the nearest centre says it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shared.errors import Misconfigured
from shared.geo.communes import Commune, Communes

Ring = npt.NDArray[np.float64]
_CODE_NAMES: Final = ("code", "commune_code", "ma_xa", "ward_code")  # as such files call it


class Areas:
    """Even-odd rule over all rings of a commune, so that holes are holes; a point on a border lies in one of the two."""

    def __init__(self, rings: dict[str, list[Ring]]) -> None:
        self._rings = rings
        self._boxes = {
            code: (
                *np.min([ring.min(axis=0) for ring in of_code], axis=0),
                *np.max([ring.max(axis=0) for ring in of_code], axis=0),
            )
            for code, of_code in rings.items()
        }

    def at(self, lat: float, lon: float) -> str | None:
        """The commune's code; None outside of all."""
        for code, (west, south, east, north) in self._boxes.items():
            if west <= lon <= east and south <= lat <= north and sum(_crossings(r, lat, lon) for r in self._rings[code]) % 2:
                return code
        return None


def _crossings(ring: Ring, lat: float, lon: float) -> int:
    """How often a line from the point to the east crosses the ring."""
    x, y = ring[:, 0], ring[:, 1]
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    astride = (y > lat) != (y2 > lat)
    at_lat = x[astride] + (lat - y[astride]) * (x2[astride] - x[astride]) / (y2[astride] - y[astride])
    return int((at_lat > lon).sum())


def read_areas(file: Path, communes: Communes) -> Areas:
    """Raises Misconfigured unless every commune has an area, and every area a commune."""
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        rings = {_code(feature["properties"]): list(_rings(feature["geometry"])) for feature in features}
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise Misconfigured(f"{file}: is no GeoJSON of polygons with a property `code` ({type(error).__name__})") from error
    known = {commune.code for commune in communes}
    if wrong := sorted(known ^ set(rings)):
        raise Misconfigured(f"{file}: the areas and the communes served differ by {', '.join(wrong[:5])}")
    return Areas(rings)


def _code(properties: dict[str, Any]) -> str:
    return next(str(properties[name]).zfill(5) for name in (*_CODE_NAMES, _CODE_NAMES[0]) if name in properties)


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    given = geometry["coordinates"]
    for polygon in given if geometry["type"] == "MultiPolygon" else [given]:
        for ring in polygon:
            yield np.array(ring, dtype=np.float64)[:, :2]


class AreaCommunes:
    """Communes whose borders are known: as `shared.geo.communes.COMMUNES`, and exact."""

    def __init__(self, communes: Communes, areas: Areas) -> None:
        self._communes = communes
        self._areas = areas

    def by_code(self, code: str) -> Commune | None:
        return self._communes.by_code(code)

    def at(self, lat: float, lon: float) -> Commune | None:
        code = self._areas.at(lat, lon)
        return None if code is None else self._communes.by_code(code)
