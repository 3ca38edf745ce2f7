"""Weekly rules and dated windows: local hours, nights over midnight, half-open."""

from datetime import UTC, date, datetime, time
from itertools import pairwise
from uuid import uuid4

import pytest

from dispatch.shift import HORIZON_DAYS, Rotation, Window, horizon, next_midnight, parse_rules, window_on, windows_of
from shared.errors import Invalid

MONDAY = date(2026, 3, 2)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def rotation(weekdays: set[int], starts: time, ends: time, **changes: object) -> Rotation:
    fields = {"valid_from": MONDAY, **changes}
    return Rotation(id=uuid4(), responder_id=uuid4(), weekdays=frozenset(weekdays), starts=starts, ends=ends, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("starts", "ends", "window"),
    [
        (time(8), time(17), Window(utc(2, 1), utc(2, 10))),
        (time(22), time(6), Window(utc(2, 15), utc(2, 23))),  # over midnight
        (time(0), time(0), Window(utc(1, 17), utc(2, 17))),  # the whole day
    ],
)
def test_a_window_is_local_hours_in_utc(starts: time, ends: time, window: Window) -> None:
    assert window_on(MONDAY, starts, ends) == window


def test_a_window_holds_its_start_and_not_its_end() -> None:
    window = window_on(MONDAY, time(8), time(17))
    assert window.holds(window.starts_at)
    assert not window.holds(window.ends_at)


def test_a_rotation_makes_a_window_on_each_of_its_days() -> None:
    made = list(windows_of(rotation({1, 3}, time(8), time(17)), MONDAY, date(2026, 3, 11)))
    assert [window.starts_at.day for window in made] == [2, 4, 9, 11]


def test_a_rotation_makes_nothing_before_it_begins_or_after_its_last_day() -> None:
    rule = rotation({1, 2, 3, 4, 5}, time(8), time(17), valid_until=date(2026, 3, 3))
    assert len(list(windows_of(rule, date(2026, 2, 1), date(2026, 4, 1)))) == 2


def test_around_the_clock_leaves_no_gap() -> None:
    made = list(windows_of(rotation(set(range(1, 8)), time(), time()), MONDAY, date(2026, 3, 9)))
    assert all(one.ends_at == next_one.starts_at for one, next_one in pairwise(made))


def test_the_horizon_begins_yesterday_because_a_night_may_still_run() -> None:
    first, last = horizon(utc(2, 18))  # already Tuesday 01:00 in Hanoi
    assert first == MONDAY
    assert (last - first).days == HORIZON_DAYS + 1
    assert next_midnight(utc(2, 18)) == utc(3, 17)


@pytest.mark.parametrize(
    ("text", "weekdays", "starts", "ends"),
    [
        ("Mon-Fri 08:00-17:00", {1, 2, 3, 4, 5}, time(8), time(17)),
        ("Sat,Sun 22:00-06:00", {6, 7}, time(22), time(6)),
        ("Fri-Mon 8:00-24:00", {5, 6, 7, 1}, time(8), time(0)),
        ("always", set(range(1, 8)), time(), time()),
    ],
)
def test_rules_are_read_as_people_write_them(text: str, weekdays: set[int], starts: time, ends: time) -> None:
    (rule,) = parse_rules(text)
    assert (set(rule.weekdays), rule.starts, rule.ends, rule.day) == (weekdays, starts, ends, None)


def test_several_rules_and_a_dated_window() -> None:
    weekly, dated = parse_rules("Mon 08:00-12:00; 2026-11-23 22:00-06:00")
    assert weekly.day is None
    assert (dated.day, dated.weekdays) == (date(2026, 11, 23), frozenset())


@pytest.mark.parametrize(
    "text", ["Mon", "Mon 8-17", "Xyz 08:00-17:00", "2026-13-01 08:00-17:00", "Mon 08:00-25:00", "Mon 08:00", "- -"]
)
def test_a_rule_that_cannot_be_read_is_told_by_its_number(text: str) -> None:
    with pytest.raises(Invalid, match="piece 2"):
        parse_rules(f"always; {text}")
