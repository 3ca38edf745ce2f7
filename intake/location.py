"""Where a request is: coordinates decide, else the commune code, else an address that was read. Pure; `places` reads texts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from shared.errors import Invalid

LOCATE: Final = "locate"  # timer kind: the city desk still does not know where it is


class PlaceNote(StrEnum):
    """What was odd about the place as it was told; kept with the request for whoever works on it."""

    COORDINATES_WON = "coordinates_won"  # they lie in another commune than the one that was named
    FROM_ADDRESS = "from_address"  # nobody named the commune; the address says it
    ADDRESS_ELSEWHERE = "address_elsewhere"  # the address names another commune than the coordinates or the code: ask which holds


class CommuneLike(Protocol):
    """As much of a commune as locating needs."""

    @property
    def code(self) -> str: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...


class CommuneMap(Protocol):
    """`shared.geo.communes.COMMUNES`, or a small one in a test."""

    def by_code(self, code: str) -> CommuneLike | None: ...
    def at(self, lat: float, lon: float) -> CommuneLike | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """`lat` and `lon` are coarse (3 decimals, about 110 m); the exact point goes into the sealed details only."""

    commune_code: str
    lat: float
    lon: float
    note: PlaceNote | None = None


def locate(point: tuple[float, float] | None, commune_code: str | None, communes: CommuneMap) -> Located | None:
    """None when nothing is known. Raises Invalid for a point outside the area and for an unknown commune."""
    named = _named(commune_code, communes)
    if point is None:
        return None if named is None else _coarse(named.code, named.lat, named.lon)
    lat, lon = point
    nearest = communes.at(lat, lon)
    if nearest is None:
        raise Invalid("location", "lies outside the area served; check that lat and lon are not exchanged, or send null")
    note = PlaceNote.COORDINATES_WON if named is not None and named.code != nearest.code else None
    return _coarse(nearest.code, lat, lon, note)


def located_by_address(code: str, point: tuple[float, float] | None, communes: CommuneMap) -> Located | None:
    """As the resolver read it: at the pin that was in the text, else at the commune's centre."""
    commune = communes.by_code(code)
    if commune is None:
        return None
    lat, lon = point or (commune.lat, commune.lon)
    return _coarse(commune.code, lat, lon, PlaceNote.FROM_ADDRESS)


def _named(code: str | None, communes: CommuneMap) -> CommuneLike | None:
    if code is None:
        return None
    commune = communes.by_code(code)
    if commune is None:
        raise Invalid("commune_code", "is not the five-digit code of a commune or ward served here; send null if unknown")
    return commune


def _coarse(code: str, lat: float, lon: float, note: PlaceNote | None = None) -> Located:
    return Located(commune_code=code, lat=round(lat, 3), lon=round(lon, 3), note=note)


Locate = Callable[[tuple[float, float] | None, str | None], Located | None]
