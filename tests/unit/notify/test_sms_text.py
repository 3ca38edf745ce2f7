"""Counting, folding and cleaning, at the edges where a gateway would cut silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.sms_text import (
    MAX_PARTS,
    Alphabet,
    TooManyParts,
    alphabet_of,
    checked_parts,
    clean,
    count_parts,
    fitted,
    fold,
)

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


@pytest.mark.parametrize(
    ("text", "alphabet", "parts"),
    [
        ("", Alphabet.GSM7, 1),
        ("a" * 160, Alphabet.GSM7, 1),
        ("a" * 161, Alphabet.GSM7, 2),
        ("a" * 306, Alphabet.GSM7, 2),
        ("a" * 307, Alphabet.GSM7, 3),
        ("€" * 80, Alphabet.GSM7, 1),
        ("€" * 81, Alphabet.GSM7, 2),
        ("a" * 152 + "€" + "a" * 152, Alphabet.GSM7, 3),  # the escape pair does not fit the 153rd septet: 152, 153, 1 are left
        ("Chào", Alphabet.GSM7, 1),  # à is in the basic table
        ("ạ" * 70, Alphabet.UCS2, 1),
        ("ạ" * 71, Alphabet.UCS2, 2),
        ("ạ" * 134, Alphabet.UCS2, 2),
        ("ạ" * 135, Alphabet.UCS2, 3),
        ("ạ" * 200, Alphabet.UCS2, 3),
        ("ạ" * 66 + "😀" + "ạ" * 66, Alphabet.UCS2, 3),  # the pair is not split
        ("\ud800" * 70, Alphabet.UCS2, 1),  # half a pair, as broken text brings it
        ("\ud800" * 71, Alphabet.UCS2, 2),
        ("`", Alphabet.UCS2, 1),  # ASCII, and yet not in the table
    ],
)
def test_a_text_is_counted_as_the_air_counts_it(text: str, alphabet: Alphabet, parts: int) -> None:
    assert (alphabet_of(text), count_parts(text)) == (alphabet, parts)


def test_more_than_ten_parts_are_refused() -> None:
    assert checked_parts("a" * 1530) == MAX_PARTS
    with pytest.raises(TooManyParts) as refusal:
        checked_parts("a" * 1531)
    assert refusal.value.parts == MAX_PARTS + 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đỗ Thị Hồng, số 12 ngõ 5, phường Văn Miếu – Quốc Tử Giám", "Do Thi Hong, so 12 ngo 5, phuong Van Mieu - Quoc Tu Giam"),
        ("TR-7K2M-9QXD gọi 1022, +84912345678", "TR-7K2M-9QXD goi 1022, +84912345678"),
        ("“hoa sen”…", '"hoa sen"...'),
        ("Nguye\u0302\u0303n", "Nguyen"),  # decomposed, as some phones type it
        ("王", "?"),
        ("số 5 ˘´", "so 5 '"),  # a breve without its letter
        ("`1 27`", "'1 27'"),
    ],
)
def test_folding_keeps_what_matters(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_vietnamese_letter_folds_to_one_latin_letter_of_the_same_case() -> None:
    for letter in VIETNAMESE + VIETNAMESE.upper():
        folded = fold(letter)
        assert len(folded) == 1
        assert folded.isalpha()
        assert folded.isupper() == letter.isupper()


@given(st.text())
def test_folding_ends_in_ascii_and_twice_is_once(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded


@given(st.text())
def test_cleaned_text_is_one_plain_line(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\n" not in cleaned
    assert all(ord(letter) <= 0xFFFF for letter in cleaned)
    cleaned.encode("utf-16-be")  # no lone surrogate is left


@given(st.text(alphabet=VIETNAMESE + " 0123456789", max_size=1400))
def test_a_fitted_text_keeps_its_marks_or_all_its_letters(text: str) -> None:
    result = fitted(text)
    assert result in (text, fold(text))
    assert len(result) == len(text)
    assert count_parts(result) <= MAX_PARTS


@pytest.mark.parametrize("text", ["a\x00b", "hai\ndòng", "vui 😀", "ẩn\u200b", " lề "])
def test_what_a_phone_cannot_show_does_not_stay(text: str) -> None:
    assert clean(text) != text
