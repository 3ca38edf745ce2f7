"""Marks are kept where they fit; where they are lost, what is meant is still there."""

from collections import defaultdict
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notify.purpose import Purpose
from notify.sms_text import Alphabet, alphabet_of, count_parts, fold
from notify.templates import render
from tests.unit.notify.templates.test_render import ALL, COMMUNES, LONG_ADDRESS, TEXTS

ORDINARY: Final = {
    **ALL, "who": "Nguyễn Văn An", "name": "Nguyễn Thị Lan", "colleague": "Lê Minh", "names": "Trần Anh Tuấn",
    "phrase": "hoa sen",
    "address": "12 ngõ 5 Hàng Bạc", "office": "UBND phường Ba Đình", "venue": "Nhà văn hóa", "commune": "Phường Ba Đình",
    "category": "Không đăng nhập được VNeID",
}  # fmt: skip
WORDS: Final = ["Nguyễn", "Đỗ", "Thị", "Hồng", "Phương", "Thảo", "Quỳnh", "Ưng", "Ánh", "Đặng", "Ngoạn"]
NAMES: Final = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize("purpose", TEXTS)
def test_with_ordinary_names_every_text_keeps_its_marks(purpose: Purpose) -> None:
    text = render(purpose, "vi", ORDINARY)
    assert alphabet_of(text) is Alphabet.UCS2
    assert text != fold(text)


def test_no_two_communes_are_the_same_without_their_marks() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for name in COMMUNES:
        found[fold(name).lower()].add(name)
    assert {bare: names for bare, names in found.items() if len(names) > 1} == {}


@given(name=NAMES, phone=st.integers(10**8, 10**9 - 1), number=st.integers(10, 99), commune=st.sampled_from(COMMUNES))
@settings(max_examples=60)
def test_what_a_helper_needs_is_whole_with_marks_or_without(name: str, phone: int, number: int, commune: str) -> None:
    for address in ("12 Hàng Bạc", LONG_ADDRESS):
        fields = {**ALL, "name": name, "phone": f"0{phone}", "number": str(number), "address": f"{address}, {commune}"}
        text = render(Purpose.ACCEPTED_RESPONDER, "vi", fields)
        for part in (name, f"0{phone}", address, f"DI {number}", f"TRA {number}"):
            assert fold(part) in fold(text)
        assert text.isascii() or text != fold(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 159 + "€", 2),  # an escape and a septet
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # it does not fit into the last septet of a part
        ("ế" * 70, 1),
        ("ế" * 69 + "🙂", 2),  # a pair of code units
        ("ế" * 66 + "🙂" + "ế" * 66, 3),  # … that is not split
    ],
)
def test_what_takes_two_is_counted_as_two_and_never_split(text: str, parts: int) -> None:
    assert count_parts(text) == parts
