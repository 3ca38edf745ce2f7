"""Tracking codes: random, and understood however they are dictated."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.security.codes import ALPHABET, new_code, normalise_code


def test_the_alphabet_has_32_letters_and_none_that_look_alike() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_codes_have_40_random_bits() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch(r"TR-[0-9A-Z]{4}-[0-9A-Z]{4}", code) for code in codes)
    for position in (3, 4, 5, 6, 8, 9, 10, 11):
        assert len({code[position] for code in codes}) == 32


@pytest.mark.parametrize(
    "said", ["TR-7K3M-92Q1", "tr 7k3m 92q1", "7K3M92Q1", "  tr.7k3m.92ql ", "TR–7K3M—92QI", "tr7k3m92q1", "T R 7 K 3 M 9 2 Q 1"]
)
def test_every_way_to_say_a_code_is_understood(said: str) -> None:
    assert normalise_code(said) == "TR-7K3M-92Q1"


def test_a_code_that_begins_with_tr_itself_keeps_its_letters() -> None:
    assert normalise_code("TR-TR00-0001") == "TR-TR00-0001"
    assert normalise_code("TR000001") == "TR-TR00-0001"


@pytest.mark.parametrize(
    "text", ["", "TR", "TR-7K3M-92Q", "TR-7K3M-92Q12", "TR-7K3M-92QU", "TR-7K3M-92Q\x00", "ＴＲ-7K3M-92Q1", "x" * 100_000]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="TR-7K3M-92QX"):
        normalise_code(text)


@given(st.text(max_size=20))
def test_anything_is_a_code_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert re.fullmatch(f"TR-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", normalise_code(text))
