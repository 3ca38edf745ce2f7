"""Codes, cards and citizen IDs are masked in what people write; whatever answers a question answers it still."""

import pytest

from notify.answers.hiding import hidden
from notify.answers.reading import parse
from tests.support.secrets import by_hand, made
from tests.unit.notify.test_ways_to_say_it import ALL

FORMS = [*by_hand(), *made()]


@pytest.mark.parametrize("front", ["", "1 27 ", "5 10, ", "2 27. ", "1 27 vì "])
def test_nothing_that_must_not_be_kept_is_left_behind_an_answer(front: str) -> None:
    assert [form.text for form in FORMS if form.secret in hidden(front + form.text)] == []


@pytest.mark.parametrize("tail", ["", ", mã OTP chưa về", " vẫn chưa nhận được mã OTP"])
def test_an_answer_beside_a_word_for_a_secret_is_still_one(tail: str) -> None:
    """All ways in which people answer, but for a number of twenty figures."""
    texts = [text for _, _, text in ALL if "9999999999" not in text]
    told = {text: (parse(text + tail), parse(hidden(text + tail))) for text in texts}
    assert {text: pair for text, pair in told.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2 27 vẫn chưa nhận được mã OTP", "2 27 vẫn chưa nhận được mã OTP"),
        ("1 27 482913 là mã OTP của tôi", "1 27 [đã che mã] là mã OTP của tôi"),
        ("4 82 913 là mã OTP", "[đã che mã] là mã OTP"),
        ("1 27 gọi tôi số 0912 345 678", "1 27 gọi tôi số 0912 345 678"),
        ("482913 ạ", "[đã che mã] ạ"),
        ("2 30012", "2 30012"),
        ("127 mật khẩu wifi là gì", "127 mật khẩu wifi là gì"),
    ],
)
def test_what_stays_and_what_goes(text: str, kept: str) -> None:
    assert hidden(text) == kept
