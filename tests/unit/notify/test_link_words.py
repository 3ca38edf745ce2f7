"""Words about accounts, as people type them; and that nothing else is taken for one."""

import pytest

from notify.answers.link_words import LinkWord, code_in, link_word
from notify.answers.reading import parse


@pytest.mark.parametrize(
    "text", ["LIEN KET", "liên kết", "Liên Kết Zalo", "lien ket telegram.", "LINK", "Liên kết với Zalo ", "lienket"]
)
def test_who_wants_an_account_says_so(text: str) -> None:
    assert link_word(text) == LinkWord(ends=False)


@pytest.mark.parametrize("text", ["HUY LIEN KET", "hủy liên kết", "Huỷ liên kết Zalo", "unlink", "bỏ liên kết"])
def test_who_wants_none_any_more_says_so(text: str) -> None:
    assert link_word(text) == LinkWord(ends=True)


@pytest.mark.parametrize(
    "text",
    [
        "1 27",
        "liên kết với ai vậy em?",
        "hủy",
        "huy viec 14",
        "bấm vào link",
        "http://x.vn/link",
        "",
        "LIEN KET 123456",
        "x" * 500,
    ],
)
def test_whatever_else_somebody_writes_is_no_such_word(text: str) -> None:
    assert link_word(text) is None


@pytest.mark.parametrize(
    "text",
    ["123456", " 123 456 ", "123-456", "LIEN KET 123456", "liên kết 123456.", "/start 123456", "mã 123456", "Code: 123456"],
)
def test_a_code_is_six_digits(text: str) -> None:
    assert code_in(text) == "123456"


@pytest.mark.parametrize(
    "text", ["127", "1 27", "12345", "1234567", "0912345678", "DEN 14", "123456 nhé em ơi", "/start K7QX-2M", ""]
)
def test_nothing_else_is_a_code(text: str) -> None:
    assert code_in(text) is None


def test_no_code_is_an_answer_to_anything() -> None:
    assert parse("123456") is None
