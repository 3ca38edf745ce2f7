"""Who may take a shift, and until when that can be asked and answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.policy import is_quiet
from dispatch.shifts.confirming import times_of
from dispatch.shifts.shift import LOCAL, Window
from dispatch.shifts.swapping import ADVICE, LEAST, Asking, CannotSwap, Party, Rule, asking, asking_now, why_not

EQUAL = Party(
    active=True,
    confirmed=True,
    reachable=True,
    commune_code="00004",
    skills=frozenset({"vneid", "portal"}),
    vetted=True,
    on_duty=True,
    works_then=False,
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL).astimezone(UTC)


def window(starts: datetime, hours: float) -> Window:
    return Window(starts, starts + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, None),
        ({"active": False}, Rule.INACTIVE),
        ({"confirmed": False}, Rule.PHONE_NOT_CONFIRMED),
        ({"reachable": False}, Rule.UNREACHABLE),
        ({"commune_code": "00008"}, Rule.ANOTHER_COMMUNE),
        ({"skills": frozenset({"portal"})}, Rule.NOT_ABLE),
        ({"skills": frozenset({"vneid", "portal", "network"})}, None),
        ({"vetted": False}, Rule.NOT_VETTED),
        ({"works_then": True}, Rule.WORKS_THEN),
        ({"on_duty": False}, Rule.OFF_DUTY),
        ({"active": False, "works_then": True}, Rule.INACTIVE),
    ],
)
def test_only_an_equal_and_the_first_rule_is_told(change: dict[str, Any], rule: Rule | None) -> None:
    assert why_not(replace(EQUAL, **change), commune_code="00004", skills=frozenset({"vneid"})) is rule


def test_every_rule_has_advice() -> None:
    assert ADVICE.keys() == set(Rule)


@pytest.mark.parametrize(
    ("now", "starts", "hours", "expected"),
    [
        (at(2, 10), at(3, 13), 5, Asking(at(2, 10), at(2, 14))),
        (at(2, 19), at(4, 13), 5, Asking(at(2, 19), at(3, 9))),  # four hours on it is night
        (at(2, 23), at(4, 13), 5, Asking(at(3, 7), at(3, 11))),
        (at(3, 9), at(3, 13), 5, Asking(at(3, 9), at(3, 11))),  # two hours before at the latest
        (at(2, 10), at(3, 0, 30), 6, Asking(at(2, 10), at(2, 14))),  # half past midnight
        (at(2, 16), at(3, 0, 30), 6, Asking(at(2, 16), at(2, 18, 30))),  # settled before people sleep
        (at(28, 12, month=2, year=2028), at(29, 13, month=2, year=2028), 5, None),
        (at(31, 12, month=12), at(1, 8, month=1, year=2027), 4, Asking(at(31, 12, month=12), at(31, 16, month=12))),
    ],
)
def test_who_is_asked_has_hours_by_day_and_the_asker_hears_well_before(
    now: datetime, starts: datetime, hours: float, expected: Asking | None
) -> None:
    found = asking(window(starts, hours), now)
    assert found == (expected or Asking(now, now + timedelta(hours=4)))
    assert found.by_day


@pytest.mark.parametrize(
    ("now", "starts"),
    [(at(3, 10, 41), at(3, 13)), (at(2, 18, 20), at(3, 6)), (at(2, 23), at(3, 8)), (at(3, 12, 59), at(3, 13))],
)
def test_too_late_is_said_at_once(now: datetime, starts: datetime) -> None:
    with pytest.raises(CannotSwap) as refusal:
        asking(window(starts, 5), now)
    assert refusal.value.rule is Rule.TOO_LATE


@given(
    minutes=st.integers(0, 14 * 24 * 60),
    ahead=st.integers(1, 14 * 24 * 60),
    hours=st.integers(1, 23),
)
def test_nobody_is_woken_and_the_second_question_still_comes(minutes: int, ahead: int, hours: int) -> None:
    now = at(20, 0, month=12) + timedelta(minutes=minutes)  # over New Year
    shift = window(now + timedelta(minutes=ahead), hours)
    try:
        found = asking(shift, now)
    except CannotSwap:
        return
    assert not is_quiet(found.asks_at.astimezone(LOCAL).time())
    assert not is_quiet(found.answer_by.astimezone(LOCAL).time()) or found.answer_by.astimezone(LOCAL).hour == 21
    assert found.asks_at + LEAST <= found.answer_by <= times_of(shift).again_at < shift.starts_at


def test_a_running_shift_is_a_matter_of_minutes_and_at_night_of_a_call() -> None:
    day = asking_now(window(at(3, 13), 5), at(3, 14))
    assert (day, day.by_day) == (Asking(at(3, 14), at(3, 15)), True)
    assert asking_now(window(at(3, 13), 5), at(3, 17)).answer_by == at(3, 17, 30)
    assert asking_now(window(at(3, 22), 8), at(3, 23, 30)).by_day is False
    with pytest.raises(CannotSwap):
        asking_now(window(at(3, 13), 5), at(3, 17, 21))
