"""What the resolver makes of names, districts, lists of a deployment, pins; and that it never breaks, whatever it is given."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.places.gazetteer import bare, read_gazetteer
from intake.places.landmarks import read_landmarks
from intake.places.resolver import Resolver, load_resolver
from intake.places.words import MOST_CHARACTERS
from shared.errors import Invalid, Misconfigured
from shared.folding import folded
from shared.geo.communes import COMMUNES

GAZETTEER = read_gazetteer()
GIANG_VO, O_CHO_DUA, CUA_NAM, HOAN_KIEM = "00025", "00190", "00082", "00070"
SAID = """phường xã quận huyện thị trấn tp hà nội số 12 ngõ một hai ba đình vì phương mai liên láng hạ kim chung quang trung thanh
xuân bắc từ liêm đông anh hcm huế , . - ( nay là cũ mới https://maps.app.goo.gl/x @21.03,105.85 q 1"""
WORDS = st.sampled_from(SAID.split())


def resolver_with(**landmarks: tuple[str, ...]) -> Resolver:
    return Resolver(GAZETTEER, {name.replace("_", " "): codes for name, codes in landmarks.items()})


def test_all_of_hanoi_is_there_and_158_former_units_went_to_several_communes() -> None:
    split = [unit for unit in GAZETTEER.units.values() if len(unit.parts) > 1]
    assert (len(GAZETTEER.communes), len(GAZETTEER.units), len(split), len(GAZETTEER.districts)) == (126, 526, 158, 30)
    assert all(unit.parts for unit in GAZETTEER.units.values())


def test_a_split_ward_is_asked_about_with_the_communes_by_name() -> None:
    read = load_resolver().resolve("phường Thành Công, quận Ba Đình")
    assert [candidate.commune_code for candidate in read.candidates] == [GIANG_VO, O_CHO_DUA]
    assert read.commune_code is None
    assert read.question == "Bác ở đường (thôn, tổ) nào của phường Thành Công cũ ạ? Nay là phường Giảng Võ hay phường Ô Chợ Dừa?"
    assert read.question_en is not None
    assert "Phường Giảng Võ or Phường Ô Chợ Dừa" in read.question_en


@pytest.mark.parametrize(
    "text", ["Hải Phòng, phường Ngô Quyền", "Lào Cai, xã Yên Bình", "nghe an, xa tien phong", "Sài Gòn, phường Tân Hưng"]
)
def test_a_ward_behind_the_name_of_another_province_is_never_taken_for_one_of_here(text: str) -> None:
    read = load_resolver().resolve(text)
    assert read.commune_code is None
    assert read.question is not None


def test_a_ward_that_nobody_here_knows_behind_another_province_is_not_guessed_at() -> None:
    assert load_resolver().resolve("Bắc Ninh, phường Vũ Ninh").candidates == ()


def test_where_somebody_came_from_does_not_say_where_they_are() -> None:
    read = load_resolver().resolve("quê tôi ở Nam Định, giờ tôi ở phường Láng")
    assert read.commune_code == "00199"
    assert load_resolver().resolve("Hòa Bình, phường Láng, Hà Nội").commune_code == "00199"


def test_whoever_has_said_the_street_is_not_asked_for_it_again() -> None:
    read = load_resolver().resolve("ngõ 12 Láng Hạ, phường Thành Công, quận Ba Đình")
    assert read.question == "Địa chỉ thuộc phường Thành Công cũ nay là phường Giảng Võ hay phường Ô Chợ Dừa ạ?"


def test_a_street_of_the_deployments_list_decides_a_split_ward() -> None:
    read = resolver_with(Nguyên_Hồng=("00199", O_CHO_DUA)).resolve("9 Nguyên Hồng, phường Thành Công, Ba Đình")
    assert read.commune_code == O_CHO_DUA


def test_a_street_through_several_communes_decides_nothing_by_itself() -> None:
    read = resolver_with(phố_Huế=("00256", "00292")).resolve("120 phố Huế")
    assert read.commune_code is None
    assert {candidate.commune_code for candidate in read.candidates} == {"00256", "00292"}
    assert read.question == "Nhà bác nay thuộc phường Hai Bà Trưng hay phường Bạch Mai ạ?"


def test_a_landmark_alone_is_enough() -> None:
    assert resolver_with(Nhà_hát_Lớn=(CUA_NAM,)).resolve("ngay sau nha hat lon").commune_code == CUA_NAM


def test_two_names_that_cannot_both_be_true_are_asked_about() -> None:
    read = load_resolver().resolve("phường Thành Công, phường Bạch Mai")
    assert read.commune_code is None
    assert {candidate.commune_code for candidate in read.candidates} == {GIANG_VO, O_CHO_DUA, "00292"}


def test_namesakes_are_told_apart_by_their_district() -> None:
    read = load_resolver().resolve("xã Tân Dân")
    assert read.question == "Tân Dân mà bác nói là ở huyện Sóc Sơn, huyện Phú Xuyên cũ hay ở nơi khác ạ?"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("tự nhiên máy không lên mạng", "Có phải bác ở xã Tự Nhiên cũ, huyện Thường Tín, không ạ?"),
        ("Hòa Bình", "Có phải bác ở xã Hòa Bình cũ, huyện Thường Tín, không ạ?"),
        ("hàng ca, hoàn kiếm", "Có phải bác ở phường Hàng Mã cũ, quận Hoàn Kiếm, không ạ?"),
    ],
)
def test_what_may_be_a_word_a_province_or_another_street_is_confirmed_first(said: str, asked: str) -> None:
    read = load_resolver().resolve(said)
    assert (read.commune_code, read.question, len(read.candidates)) == (None, asked, 1)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gần phường Bạch Mai", {"00292"}),
        ("nhà giáp phường Bạch Mai, HN", {"00292"}),
        ("đi từ phường Xuân La sang phường Quan Hoa", {"00611", "00091", "00103", "00160", "00166"}),
        ("trước ở xã Uy Nỗ, nay ở xã Nguyên Khê, huyện Đông Anh", {"00454", "00466", "00475"}),
    ],
)
def test_next_to_a_ward_and_between_two_is_asked_about(said: str, meant: set[str]) -> None:
    read = load_resolver().resolve(said)
    assert read.commune_code is None
    assert {candidate.commune_code for candidate in read.candidates} <= meant


def test_of_a_ward_and_one_next_to_it_the_first_is_meant() -> None:
    assert load_resolver().resolve("phường Láng, gần phường Bạch Mai").commune_code == "00199"


@pytest.mark.parametrize("said", ["em ở bạch mai ạ", "dạ, Bạch Mai", "ngõ 5, bạch mai, hn", "nhà tôi ở phường bạch mai mất điện"])
def test_a_name_that_says_nothing_but_where_is_taken(said: str) -> None:
    assert load_resolver().resolve(said).commune_code == "00292"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("em trồng bưởi", set()),  # a word; a ward only after its kind or between commas
        ("phường Bưởi", {"00103"}),
        ("số ba Đình Ngang", set()),  # a number, spoken
        ("phuong lang ha noi", {"00199"}),  # not Láng Hạ
        ("phuong mai dong da", {"00292", "00229"}),  # Phương Mai, not phường Mai Động
        ("phuong mai dong, hoang mai", {"00283", "00322"}),
        ("đường Hồ Chí Minh", set()),
        ("Phố Huế", {"00256"}),  # the street, which is longer than the ward was
        ("chùa Láng", {"00199"}),  # beside it: a candidate to ask about, never more
    ],
)
def test_words_are_told_from_names(said: str, meant: set[str]) -> None:
    assert {candidate.commune_code for candidate in load_resolver().resolve(said).candidates} == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("phường Hoàng Liệt", {"00337"}),
        ("phường Hoàng Liệt mới", {"00337"}),
        ("phường Hoàng Liệt (cũ)", {"00337", "00316", "00331", "00340"}),
        ("phường Hoàng Liệt cũ", {"00337", "00316", "00331", "00340"}),
        ("phường Hoàng Liệt, cụ Lan", {"00337"}),
    ],
)
def test_of_old_is_another_place_than_of_today(said: str, meant: set[str]) -> None:
    assert {candidate.commune_code for candidate in load_resolver().resolve(said).candidates} == meant


def test_a_street_that_nobody_knows_is_not_taken_for_a_ward_that_looks_like_it() -> None:
    read = load_resolver().resolve("Trần Thái Tông, Cầu Giấy")
    assert read.question == "Bác ở phường, xã nào của quận Cầu Giấy (cũ) và đường nào ạ?"


@pytest.mark.parametrize(
    "said",
    [
        "https://www.google.com/maps?q=21.0275,105.814",
        "https://maps.google.com/?ll=21.0275%2C105.814&z=16",
        "https://www.google.com/maps/place/X/@21.5,105.5,17z/data=!3m1!4b1!8m2!3d21.0275!4d105.814",
        "https://www.google.com/maps/search/21.0275,+105.814?entry=tts",
        "https://www.openstreetmap.org/#map=17/21.0275/105.814",
        "geo:21.0275,105.814?z=17",
        "em ở đây ạ 21.0275, 105.8140",
        "105.814, 21.0275",
        "21,0275 105,814",
        "21°01'39.0\"N 105°48'50.4\"E",
        '{"latitude": 21.0275, "longitude": 105.814}',
    ],
)
def test_a_pin_is_found_however_it_is_sent(said: str) -> None:
    read = load_resolver().resolve(said)
    assert read.commune_code == GIANG_VO
    assert read.point == pytest.approx((21.0275, 105.814), abs=1e-4)


@pytest.mark.parametrize("said", ["nhà số 21, 105 phố X", "012.345.678", "5.5, 6.6", "10/2 ngõ 3.5", "v1.2345, 2.3456"])
def test_figures_are_no_pin(said: str) -> None:
    assert load_resolver().resolve(said).point is None


def test_a_list_with_a_mistake_stops_the_start_and_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("name,commune_code\nNhà hát Lớn,82\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match="line 2: commune_code '82'"):
        read_landmarks(file, COMMUNES)


def square(code: str, west: float, south: float) -> dict[str, object]:
    ring = [[west, south], [west + 0.01, south], [west + 0.01, south + 0.01], [west, south + 0.01], [west, south]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def areas_file(tmp_path: Path) -> Path:
    """A city of squares in a row; the hole in the first is nobody's."""
    features = [square(commune.code, 105.5 + 0.01 * place, 21.0) for place, commune in enumerate(COMMUNES)]
    hole = [[105.504, 21.004], [105.506, 21.004], [105.506, 21.006], [105.504, 21.006], [105.504, 21.004]]
    features[0]["geometry"]["coordinates"].append(hole)  # type: ignore[index]
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def test_a_pin_is_exact_within_a_deployments_own_areas(areas_file: Path) -> None:
    resolver, codes = load_resolver(None, areas_file), [commune.code for commune in COMMUNES]
    assert resolver.at(21.001, 105.501).commune_code == codes[0]
    assert resolver.at(21.001, 105.511).commune_code == codes[1]
    assert resolver.at(21.005, 105.505).commune_code is None
    assert resolver.at(21.02, 105.5).candidates == ()


def test_areas_that_lack_a_commune_stop_the_start(areas_file: Path) -> None:
    collection = json.loads(areas_file.read_text(encoding="utf-8"))
    collection["features"].pop()
    areas_file.write_text(json.dumps(collection), encoding="utf-8")
    with pytest.raises(Misconfigured, match="differ by"):
        load_resolver(None, areas_file)


def test_a_pin_at_a_centre_is_surer_than_one_between_two() -> None:
    resolver, commune = load_resolver(), COMMUNES.by_code(CUA_NAM)
    other = COMMUNES.by_code(HOAN_KIEM)
    assert commune is not None
    assert other is not None
    there = resolver.at(commune.lat, commune.lon)
    between = resolver.at((commune.lat + other.lat) / 2, (commune.lon + other.lon) / 2)
    assert there.commune_code == CUA_NAM
    assert there.point == (commune.lat, commune.lon)
    assert there.confidence > between.confidence


@pytest.mark.parametrize("size", [MOST_CHARACTERS + 1, 1_000_000])
def test_a_text_too_long_for_an_address_is_refused(size: int) -> None:
    with pytest.raises(Invalid, match="longer than 4000 characters; send the address alone"):
        load_resolver().resolve("x" * size)


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_the_same_text_is_always_read_the_same(text: str) -> None:
    assert load_resolver().resolve(text) == load_resolver().resolve(text)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_whatever_words_come_together_there_is_one_commune_or_a_question(text: str) -> None:
    read = load_resolver().resolve(text)
    codes = [candidate.commune_code for candidate in read.candidates]
    assert (read.commune_code is None) == (read.question is not None)
    assert len(codes) == len(set(codes))
    assert 0 <= read.confidence <= 1
    assert [candidate.score for candidate in read.candidates] == sorted((c.score for c in read.candidates), reverse=True)
    assert read.commune_code is None or codes == [read.commune_code]


@given(st.sampled_from(sorted(GAZETTEER.units)), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_without_diacritics_a_name_and_its_district_mean_the_same(code: str, form: str, capitals: bool) -> None:
    unit = GAZETTEER.units[code]
    text = f"số 5, {unit.name}, {unit.district}, Hà Nội"
    same = folded(text).upper() if capitals else unicodedata.normalize(form, text)  # type: ignore[arg-type]
    read, again = load_resolver().resolve(text), load_resolver().resolve(same)
    assert (read.commune_code, read.candidates) == (again.commune_code, again.candidates)
    assert {candidate.commune_code for candidate in read.candidates} == set(unit.parts)


@given(st.sampled_from(list(COMMUNES)))
def test_each_commune_is_found_by_its_name_alone(commune: object) -> None:
    name = commune.name  # type: ignore[attr-defined]
    kind = name.removesuffix(bare(name))
    assert load_resolver().resolve(f"{folded(kind)}{folded(bare(name))}").commune_code == commune.code  # type: ignore[attr-defined]
