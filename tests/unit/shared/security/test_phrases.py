"""Pass phrases: two plain words, the same for everybody who holds the seed, new for each visit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.phrases import FIRST, SECOND, phrase, plain

SEEDS = st.binary(min_size=16, max_size=16).map(bytes.hex)


def test_no_two_words_sound_alike_without_diacritics() -> None:
    assert len(FIRST) == len(SECOND) == 256
    assert len({plain(word) for word in (*FIRST, *SECOND)}) == 512


def test_words_are_single_short_syllables_a_phone_can_show() -> None:
    for word in (*FIRST, *SECOND):
        assert re.fullmatch(r"[a-z]{1,7}", plain(word)), word


def test_no_pair_can_insult_or_frighten_whoever_hears_it_at_the_door() -> None:
    """A beast and a kinsman is an abuse ("dê ông"), a coffin a bad omen, and some pairs nobody says aloud ("quần ướt")."""
    assert not {"hòm", "quần", "yếm", "chó", "ma", "chim", "bướm"} & set(FIRST)
    assert not {
        "ông",
        "bà",
        "cha",
        "mẹ",
        "anh",
        "chị",
        "cháu",
        "chắt",
        "thầy",
        "ba",
        "già",
        "béo",
        "tàn",
        "hồn",
        "ướt",
        "cứng",
    } & set(SECOND)


@given(SEEDS, st.integers(0, 1000))
def test_the_same_seed_and_visit_give_the_same_two_words(seed: str, visit: int) -> None:
    first, second = phrase(seed, visit).split(" ")
    assert phrase(seed, visit) == f"{first} {second}"
    assert first in FIRST
    assert second in SECOND


def test_a_known_phrase_stays_what_it_is() -> None:
    """Changing the lists or the formula would change the phrase between the resident's text and the visitor's."""
    assert phrase("00" * 16, 0) == "quả tiếng"
    assert phrase("00" * 16, 1) == "bắp tuần"


def test_a_release_renews_the_phrase() -> None:
    renewed = [phrase(f"{number:032x}", 0) != phrase(f"{number:032x}", 1) for number in range(500)]
    assert sum(renewed) >= 498  # one in 65,536 is the same by chance


def test_phrases_are_spread_over_all_words() -> None:
    phrases = {phrase(f"{number:032x}", 0) for number in range(2000)}
    assert len(phrases) > 1900
    assert len({text.split(" ")[0] for text in phrases}) > 250


@pytest.mark.parametrize("seed", ["zz", "0", "hoa sen"])
def test_a_seed_that_is_no_hex_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="hex"):
        phrase(seed, 0)


def test_plain_text_has_no_diacritics() -> None:
    assert plain("Đèn Biếc ừ") == "den biec u"
