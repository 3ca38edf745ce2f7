"""The 126 communes and wards, and which one a point belongs to."""

import csv
import math
from pathlib import Path

import pytest

from shared.errors import Invalid
from shared.geo.communes import COMMUNES, read_communes

ROOT = Path(__file__).resolve().parents[4]
REFERENCE = ROOT.parent / "shared" / "data" / "hanoi_communes.csv"  # lies beside some checkouts; never needed


def test_there_are_51_wards_and_75_communes() -> None:
    kinds = [commune.kind for commune in COMMUNES]
    assert (len(COMMUNES), kinds.count("phuong"), kinds.count("xa")) == (126, 51, 75)


def test_every_code_is_five_digits_and_stands_once() -> None:
    codes = [commune.code for commune in COMMUNES]
    assert all(len(code) == 5 and code.isdigit() for code in codes)
    assert len(set(codes)) == 126


def test_one_asks_about_all_communes_or_about_one_of_this_city() -> None:
    first, *_ = COMMUNES
    assert COMMUNES.codes(None) == [commune.code for commune in COMMUNES]
    assert COMMUNES.codes(first.code) == [first.code]
    with pytest.raises(Invalid, match="no commune of this city"):
        COMMUNES.codes("99999")


def test_every_centre_lies_in_hanoi_and_is_covered() -> None:
    for commune in COMMUNES:
        assert 20.5 < commune.lat < 21.4
        assert 105.2 < commune.lon < 106.1
        assert COMMUNES.covers(commune.lat, commune.lon)
        assert COMMUNES.nearest(commune.lat, commune.lon) is commune


def test_names_say_their_kind() -> None:
    for commune in COMMUNES:
        assert commune.name.startswith({"phuong": "Phường ", "xa": "Xã "}[commune.kind])


@pytest.mark.skipif(not REFERENCE.exists(), reason="no reference list beside this checkout")
def test_codes_names_and_centres_equal_the_reference_list() -> None:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        expected = {(row["code"], row["name"], row["type"], float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
    assert {(commune.code, commune.name, commune.kind, commune.lat, commune.lon) for commune in COMMUNES} == expected


def test_a_code_is_found_and_an_unknown_one_is_not() -> None:
    found = COMMUNES.by_code("00070")
    assert found is not None
    assert found.name == "Phường Hoàn Kiếm"
    assert COMMUNES.by_code("70") is None
    assert COMMUNES.by_code("") is None


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (10.776, 106.7),  # Ho Chi Minh City
        (105.85, 21.03),  # exchanged
        (0.0, 0.0),
        (21.59, 105.84),  # Thai Nguyen
        (20.6, 105.3),  # in the box, but in no commune: Hoa Binh
        (math.nan, 105.85),
        (21.03, math.inf),
        (-math.inf, math.nan),
    ],
)
def test_a_point_elsewhere_is_not_covered(lat: float, lon: float) -> None:
    assert not COMMUNES.covers(lat, lon)


@pytest.mark.parametrize(("lat", "lon"), [(21.385, 105.83), (20.565, 105.72), (21.12, 105.29), (21.0285, 105.8542)])
def test_the_far_corners_of_the_city_are_covered(lat: float, lon: float) -> None:
    assert COMMUNES.covers(lat, lon)


def test_another_citys_list_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("code,name,kind,lat,lon\n00001,Xã Một,xa,21.0,105.0\n", encoding="utf-8")
    communes = read_communes(file)
    assert [commune.name for commune in communes] == ["Xã Một"]
    assert communes.covers(21.01, 105.01)
