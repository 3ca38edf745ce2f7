"""How people say that a colleague shall take a shift, and what must never be taken for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.answers.matching import match
from notify.answers.reading import parse
from notify.answers.swap_words import DayWord, SwapWord, date_of, swap_word
from notify.answers.verdicts import ToShift, UnknownNumber
from notify.question import answered
from shared.events.assignments import OfferKind
from shared.events.messages import Answer
from tests.unit.notify.test_phone import NOW, a_phone, asked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("DOI 27", SwapWord(False, 27)),
        ("đổi 27", SwapWord(False, 27)),
        ("DOI 27 LAN", SwapWord(False, 27, name="LAN")),
        ("Đổi ca 27 với chị Lan ạ", SwapWord(False, 27, name="chị Lan")),
        ("DOI 27 SV-2", SwapWord(False, 27, name="SV-2")),
        ("doi 27 mai", SwapWord(False, 27, name="mai")),
        ("DOI CA", SwapWord(False)),
        ("da em xin doi ca a", SwapWord(False)),
        ("đổi ca trực ngày 5/12 Lan", SwapWord(False, day=DayWord(day=5, month=12), name="Lan")),
        ("DOI 5/12 LAN LAY 6/12", SwapWord(False, day=DayWord(day=5, month=12), name="LAN", back=DayWord(day=6, month=12))),
        ("doi ca mai voi Nguyen Thi Lan", SwapWord(False, day=DayWord(ahead=1), name="Nguyen Thi Lan")),
        ("doi ca hom nay", SwapWord(False, day=DayWord(ahead=0))),
        ("SWAP 27 with Lan", SwapWord(False, 27, name="Lan")),
        ("swap shift tomorrow Lan", SwapWord(False, day=DayWord(ahead=1), name="Lan")),
        ("GIAO CA", SwapWord(True)),
        ("giao ca cho Lan", SwapWord(True, name="Lan")),
        ("GIAO CA LAN TRA", SwapWord(True, name="LAN", releases=True)),
        ("giao ca giữ", SwapWord(True)),
        ("HANDOVER LAN RELEASE", SwapWord(True, name="LAN", releases=True)),
        ("hand over to Lan keep", SwapWord(True, name="Lan")),
    ],
)
def test_a_shift_changes_hands_however_it_is_typed(text: str, word: SwapWord) -> None:
    assert parse(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "doi",
        "đợi 15 phút",
        "doi 15 phut",
        "Đợi Lan",
        "doi Lan",
        "Đội 27",
        "đợi 27",
        "đổi mật khẩu",
        "swap",
        "swap Lan",
        "doi 27 lay 6/12",
        "DOI 27 LAN LAY",
        "DOI CA 5/12 khong duoc",
        "giao 27 Lan",
        "giao ca cho",
        "khong doi ca",
    ],
)
def test_what_is_not_surely_a_swap_is_none(text: str) -> None:
    assert not isinstance(parse(text), SwapWord)


def test_a_day_is_the_next_one_of_that_name() -> None:
    today = date(2026, 12, 30)
    assert date_of(DayWord(day=30, month=12), today) == today
    assert date_of(DayWord(day=2, month=1), today) == date(2027, 1, 2)
    assert date_of(DayWord(ahead=1), today) == date(2026, 12, 31)
    assert date_of(DayWord(day=29, month=2), date(2027, 11, 1)) == date(2028, 2, 29)
    assert date_of(DayWord(day=29, month=2), date(2026, 11, 1)) is None
    assert date_of(DayWord(day=31, month=4), today) is None


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    swap_word(text)


def test_the_code_is_that_of_a_question_about_a_shift_also_when_it_is_answered() -> None:
    phone = a_phone()
    question = asked(phone, OfferKind.SHIFT)
    word = SwapWord(False, question.code, name="LAN")
    assert match(word, phone, NOW) == ToShift(word, question.offers[0].offer_id)
    phone.put(answered(question, Answer.ACCEPT, NOW))
    assert match(word, phone, NOW + timedelta(hours=20)) == ToShift(word, question.offers[0].offer_id)
    assert match(word, phone, NOW + timedelta(hours=25)) == UnknownNumber()


def test_the_code_of_an_offer_is_no_shift() -> None:
    phone = a_phone()
    question = asked(phone)
    assert match(SwapWord(False, question.code), phone, NOW) == UnknownNumber()
    assert match(SwapWord(True), phone, NOW) == ToShift(SwapWord(True))
