"""Coordinates decide, else the commune code; what is not served is refused with advice."""

from dataclasses import dataclass

import pytest

from intake.location import Located, PlaceNote, locate
from shared.errors import Invalid
from shared.geo.communes import COMMUNES

HOAN_KIEM = (21.0285, 105.8542)


@dataclass(frozen=True)
class FixedCommune:
    code: str
    lat: float
    lon: float


class TwoCommunes:
    """West of 105.5 is `00001`, east of it `00002`; the area is one degree wide."""

    def by_code(self, code: str) -> FixedCommune | None:
        return {"00001": WEST, "00002": EAST}.get(code)

    def at(self, lat: float, lon: float) -> FixedCommune | None:
        if not (20.5 <= lat <= 21.5 and 105 <= lon <= 106):
            return None
        return WEST if lon < 105.5 else EAST


WEST, EAST = FixedCommune("00001", 21.01234, 105.2), FixedCommune("00002", 21.0, 105.8)


def test_coordinates_find_the_commune_and_only_the_coarse_place_is_kept() -> None:
    assert locate((21.123456, 105.123456), None, TwoCommunes()) == Located(commune_code="00001", lat=21.123, lon=105.123)


def test_a_commune_alone_is_its_centre() -> None:
    assert locate(None, "00001", TwoCommunes()) == Located(commune_code="00001", lat=21.012, lon=105.2)


def test_coordinates_win_over_another_commune_and_it_is_noted() -> None:
    found = locate((21.0, 105.1), "00002", TwoCommunes())
    assert found == Located(commune_code="00001", lat=21.0, lon=105.1, note=PlaceNote.COORDINATES_WON)


def test_the_same_commune_twice_is_not_odd() -> None:
    found = locate((21.0, 105.1), "00001", TwoCommunes())
    assert found is not None
    assert found.note is None


def test_nothing_known_is_nowhere() -> None:
    assert locate(None, None, TwoCommunes()) is None


@pytest.mark.parametrize(
    ("point", "code", "field"),
    [
        ((10.8, 106.7), None, "location"),
        ((105.8, 21.0), None, "location"),
        (None, "99999", "commune_code"),
        (HOAN_KIEM, "99999", "commune_code"),
    ],
)
def test_what_is_not_served_is_refused_with_advice(point: tuple[float, float] | None, code: str | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        locate(point, code, TwoCommunes())
    assert refusal.value.field == field
    assert refusal.value.advice


def test_every_commune_of_the_city_is_found_by_its_own_centre() -> None:
    for commune in COMMUNES:
        found = locate((commune.lat, commune.lon), commune.code, COMMUNES)
        assert found is not None
        assert (found.commune_code, found.note) == (commune.code, None)


@pytest.mark.parametrize("point", [(10.776, 106.7), (16.05, 108.2), (0.0, 0.0), (-21.03, 105.85), (105.85, 21.03)])
def test_points_far_from_the_city_are_refused(point: tuple[float, float]) -> None:
    with pytest.raises(Invalid):
        locate(point, None, COMMUNES)
