"""Folding is letter for letter, so that places in the folded text are places in the text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.folding import folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mã OTP là", "ma otp la"),
        ("ĐƯỜNG Nguyễn Huệ", "duong nguyen hue"),
        ("Ｃccd", "cccd"),
        ("số 5, ngõ 12", "so 5, ngo 12"),
        ("日本", "日本"),
    ],
)
def test_diacritics_and_capitals_go(text: str, plain: str) -> None:
    assert folded(unicodedata.normalize("NFC", text)) == plain


@given(st.text())
def test_the_length_stays(text: str) -> None:
    assert len(folded(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)
