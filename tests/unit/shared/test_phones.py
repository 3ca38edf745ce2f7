"""Telephone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.phones import parse_phone

SAME = "+84912345678"


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "84912345678",
        "+84912345678",
        "0084912345678",
        "+84 912 345 678",
        "0912.345.678",
        "0912-345-678",
        "(0912) 345 678",
        "+84 (0) 912 345 678",
        "912345678",
        " 0912\u00a0345\u202f678 ",
    ],
)
def test_every_way_to_write_a_mobile_number_gives_the_same(written: str) -> None:
    phone = parse_phone(written)
    assert (phone.e164, phone.kind) == (SAME, "mobile")


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("024 3825 1234", "+842438251234"),
        ("2438251234", "+842438251234"),
        ("+84 28 3829 7799", "+842838297799"),
        ("0236 3821 234", "+842363821234"),
        ("84236 382 1234", "+842363821234"),
    ],
)
def test_a_landline_is_told_apart(written: str, e164: str) -> None:
    phone = parse_phone(written)
    assert (phone.e164, phone.kind) == (e164, "landline")


def test_a_mobile_that_begins_like_the_country_code_is_a_mobile() -> None:
    assert parse_phone("841234567").e164 == "+84841234567"
    assert parse_phone("84841234567").e164 == "+84841234567"


@pytest.mark.parametrize(
    ("old", "new"), [("01623456789", "+84323456789"), ("0120 345 6789", "+84703456789"), ("+841993456789", "+84593456789")]
)
def test_a_number_from_before_2018_is_renumbered(old: str, new: str) -> None:
    assert parse_phone(old).e164 == new


def test_a_foreign_number_says_so() -> None:
    phone = parse_phone("+1 415 555 2671")
    assert (phone.e164, phone.kind) == ("+14155552671", "foreign")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "113",
        "1022",
        "1900 1234",
        "0112345678",
        "091234567",
        "09123456789",
        "+84",
        "+8491234567",
        "++84912345678",
        "09l2345678",
        "０９１２３４５６７８",
        "٠٩١٢٣٤٥٦٧٨",
        "0912345678; drop table",
        "0912345678\x00",
        "0912345678\n0912345679",
        "9" * 10_000,
        " " * 50_000,
    ],
)
def test_what_is_no_number_is_refused_with_advice_and_not_repeated(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_phone(written)
    assert refused.value.field == "phone"
    assert "0912 345 678" in refused.value.advice
    if len(written.strip()) > 8:
        assert written.strip() not in str(refused.value)


@given(st.text(max_size=40))
def test_anything_is_a_number_or_refused(text: str) -> None:
    try:
        phone = parse_phone(text)
    except Invalid:
        return
    assert phone.e164.startswith("+")
    assert phone.e164[1:].isascii()
    assert phone.e164[1:].isdigit()


@given(st.from_regex(r"\A(?:\+84|84|0)?(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}\Z"))
def test_reading_again_changes_nothing(text: str) -> None:
    once = parse_phone(text)
    assert parse_phone(once.e164) == once


def test_a_phone_does_not_show_its_number() -> None:
    assert "912345678" not in repr(parse_phone(SAME))
