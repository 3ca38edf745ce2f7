"""Swept over every former unit: what is written wrongly, or may be meant in two ways, is asked about and never taken for sure."""

import random

import pytest

from intake.places import mentions
from intake.places.gazetteer import FormerUnit, bare, read_gazetteer
from intake.places.resolver import load_resolver
from intake.places.spelling import key_of
from intake.places.words import numbers_in
from shared.folding import folded

GAZETTEER = read_gazetteer()
UNITS = list(GAZETTEER.units.values())
DISTRICTS = list(GAZETTEER.districts)


def meant_by(name: str) -> set[str]:
    """Where whatever bears this name lies now."""
    key = key_of(name)
    found = {commune.code for commune in GAZETTEER.communes if key_of(bare(commune.name)) == key}
    found |= {code for unit in UNITS if key_of(bare(unit.name)) == key for code in unit.parts}
    return found | {code for said, unit in GAZETTEER.abolished if key_of(said) == key for code in GAZETTEER.units[unit].parts}


def taken(text: str) -> str | None:
    return load_resolver().resolve(text).commune_code


@pytest.mark.parametrize("plain", [False, True], ids=["with marks", "without"])
def test_a_ward_named_with_a_district_in_which_it_never_lay_is_no_other_ward_of_that_district(plain: bool) -> None:
    wrong = []
    for place, unit in enumerate(UNITS):
        others = [district for district in DISTRICTS if district != unit.district]
        for step in (7, 19):
            text = f"số 5, {unit.name}, {others[(place * step) % len(others)]}, Hà Nội"
            code = taken(folded(text) if plain else text)
            if code is not None and code not in meant_by(bare(unit.name)):
                wrong.append(text)
    assert wrong == []


def test_a_name_with_one_letter_too_few_is_its_own_or_asked_about() -> None:
    dice = random.Random(7)  # noqa: S311 - which letter is no secret
    wrong = [text for unit in UNITS for text, codes in [_misspelt(unit, dice)] if taken(text) not in {None, *codes}]
    assert len(wrong) <= len(UNITS) // 200, wrong


def _misspelt(unit: FormerUnit, dice: random.Random) -> tuple[str, set[str]]:
    name = bare(unit.name)
    at = dice.choice([place for place, letter in enumerate(name) if letter.isalpha()])
    short = name[:at] + name[at + 1 :]
    return f"{unit.name.removesuffix(name)}{short}, Hà Nội", meant_by(name) | meant_by(short)


@pytest.mark.parametrize(
    "said",
    ["Đăng ký hưởng an sinh xã hội trên VNeID", "Phường Tứ Lêin, Hà Nội", "Phường Đức Thắn, Hà Nội", "Thị trấn Phú Min, Hà Nội"],
)
def test_neither_a_word_of_society_nor_half_a_unit_is_a_name(said: str) -> None:
    assert taken(said) not in {"10465", *meant_by("Phượng Dực"), *meant_by("Phương Tú"), *meant_by("Trần Phú")}


def test_a_town_is_parted_from_its_name_where_they_are_glued() -> None:
    assert taken("xasondong thixasontay") in GAZETTEER.units[code_of("Xã Sơn Đông", "Thị xã Sơn Tây")].parts


def code_of(name: str, district: str) -> str:
    return next(unit.code for unit in UNITS if (unit.name, unit.district) == (name, district))


class _Watched(list[bool]):
    looks = 0

    def __getitem__(self, place: object) -> bool:  # type: ignore[override]
        _Watched.looks += 1
        return super().__getitem__(place)  # type: ignore[index,return-value]


@pytest.mark.parametrize("text", ["1 ", "số 5 ", "hai ba "])
def test_over_a_long_row_of_numbers_nobody_looks_back_from_each(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions, "numbers_in", lambda words: _Watched(numbers_in(words)))
    looks = []
    for length in (1000, 2000):
        _Watched.looks = 0
        taken((text * length)[:length])
        looks.append(_Watched.looks)
    assert looks[1] < 3 * looks[0]
