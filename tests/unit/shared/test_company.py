"""Who has to be there beside one helper, by what was said and by the hour."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.company import Company, company_of, is_night, morning, needs_two

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # in Hanoi


@pytest.mark.parametrize(
    ("group", "someone", "vulnerable", "company"),
    [
        ("vneid", True, ["lives_alone"], Company.RELATIVE),
        ("vneid", True, [], Company.RELATIVE),
        ("vneid", None, ["elderly"], Company.TWO_AT_NIGHT),
        ("vneid", None, ["elderly", "lives_alone"], Company.TWO),
        ("vneid", False, [], Company.TWO),
        ("vneid", None, [], Company.TWO_AT_NIGHT),
        ("incident", False, ["lives_alone"], None),  # an office: its people are there
        (None, None, [], Company.TWO_AT_NIGHT),  # a category that nobody knows any more
    ],
)
def test_who_has_to_be_there(group: str | None, someone: bool | None, vulnerable: list[str], company: Company | None) -> None:
    assert company_of(group, someone, vulnerable) is company


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(12, 0, False), (20, 29, False), (20, 30, True), (23, 59, True), (0, 0, True), (5, 59, True), (6, 0, False)],
)
def test_it_is_night_for_whoever_would_be_there_at_night(hour: int, minute: int, night: bool) -> None:
    at = NOON + timedelta(hours=hour - 12, minutes=minute)
    assert is_night(at) is night
    assert needs_two("two_at_night", at) is night
    assert needs_two("two", at)
    assert not needs_two("relative", at)
    assert not needs_two(None, at)
    assert not needs_two("a word of tomorrow", at)


@pytest.mark.parametrize("hours", [9, 11.9, 12, 17.5])
def test_a_night_ends_at_six(hours: float) -> None:
    assert morning(NOON + timedelta(hours=hours)) == NOON + timedelta(hours=18)
