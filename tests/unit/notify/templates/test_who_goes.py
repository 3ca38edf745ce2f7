"""What is told while nobody knows yet who of a team comes, and once it is known."""

import pytest

from notify.purpose import Purpose
from notify.sms_text import BUDGET_PARTS, count_parts, fold
from notify.templates import render
from tests.unit.notify.templates.test_render import ALL, LONG_ADDRESS

UNNAMED = {**ALL, "hold": "unnamed", "who_goes": "unnamed"}
WITHOUT_CONSENT = {"number": "14", "who_goes": "unnamed"}
ASKING = (Purpose.ACCEPTED_RESPONDER, Purpose.CLEARED_RESPONDER)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("purpose", [*ASKING, Purpose.ACCEPTED_RESIDENT, Purpose.NAME_WANTED])
def test_the_longest_names_stay_in_the_budget(purpose: Purpose, language: str) -> None:
    for fields in (UNNAMED, {**UNNAMED, "why": "unknown", "choices": ""}):
        text = render(purpose, language, fields)
        assert count_parts(text) <= BUDGET_PARTS, text


def test_a_resident_does_not_open_before_the_name_is_told() -> None:
    text = render(Purpose.ACCEPTED_RESIDENT, "vi", {**UNNAMED, "who": "Tổ 1 Ba Đình", "helper": "team"})
    assert "KHOAN MỞ CỬA" in text
    assert "Tổ 1 Ba Đình" in text
    assert "KHOAN" not in render(Purpose.ACCEPTED_RESIDENT, "vi", ALL)


@pytest.mark.parametrize("purpose", ASKING)
def test_the_team_learns_the_address_and_is_asked_who_goes_in_one_text(purpose: Purpose) -> None:
    text = render(purpose, "vi", UNNAMED)
    for part in (fold(LONG_ADDRESS), "AI DI?", "Nhan 14 va TEN nguoi di", "DI 14", "TRA 14"):
        assert part in fold(text)


def test_without_consent_the_team_is_asked_who_goes_all_the_same() -> None:
    text = render(Purpose.ACCEPTED_RESPONDER, "vi", WITHOUT_CONSENT)
    assert "AI ĐI?" in text
    assert "địa chỉ sẽ gửi sau" in text


def test_several_of_one_name_are_shown_only_when_there_are_several() -> None:
    text = render(Purpose.NAME_WANTED, "vi", {"number": "14", "why": "ambiguous", "choices": "Nguyễn Thị Lan; Lê Lan Anh"})
    assert "Nguyễn Thị Lan; Lê Lan Anh" in text
    assert "không có ai tên đó" in render(Purpose.NAME_WANTED, "vi", {"number": "14", "why": "unknown"})
