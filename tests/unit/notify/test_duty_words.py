"""How people say that they rest or are back, and what must never be taken for it."""

import pytest

from notify.answers.duty_words import DutyWord
from notify.answers.reading import Choice, parse
from shared.events.duty import Duty


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("NGHI", None),
        ("nghỉ", None),
        ("Nghỉ.", None),
        ("Dạ em nghỉ ạ", None),
        ("nghỉ làm nhé", None),
        ("NGHI 30", 30),
        ("nghi 30p", 30),
        ("ok nghi 30p", 30),
        ("OK, NGHỈ 30 PHÚT", 30),
        ("cho em xin phép nghỉ 45 phút ạ", 45),
        ("nghỉ giải lao 15", 15),
        ("nghi 2 tieng", 120),
        ("nghi 1h", 60),
        ("nghi 720", 720),
    ],
)
def test_a_rest_is_a_rest_however_it_is_typed(text: str, minutes: int | None) -> None:
    assert parse(text) == DutyWord(Duty.OFF if minutes is None else Duty.BREAK, minutes)


@pytest.mark.parametrize("text", ["LAM", "làm", "Làm việc", "lam lai nhe", "đi làm lại", "dạ em làm lại ạ", "hết nghỉ"])
def test_back_at_work(text: str) -> None:
    assert parse(text) == DutyWord(Duty.ON)


@pytest.mark.parametrize(
    "text",
    [
        "nghi lừa đảo",
        "Tôi nghi người này giả danh",
        "không nghỉ",
        "nghỉ 0",
        "nghỉ 721",
        "nghỉ 13 giờ",
        "nghỉ 30 người",
        "nghỉ 1022 nhé",
        "mai nghỉ",
        "nghỉ học hôm nay",
        "ok làm",  # perhaps a yes to what was asked: nobody may guess
        "Lâm 27",
        "làm sao để đăng nhập",
    ],
)
def test_what_is_not_surely_a_rest_is_none(text: str) -> None:
    assert parse(text) is None


def test_a_name_after_a_yes_stays_a_name() -> None:
    assert parse("1 27 LAM") == Choice(True, 27, "LAM")
