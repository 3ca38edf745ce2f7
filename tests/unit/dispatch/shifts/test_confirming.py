"""When people are asked about a shift: a day before, hours before, never at night, and always with time for somebody else."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.policy import is_quiet
from dispatch.shifts.confirming import COURTESY, MISSED_OFFERS, first_step, is_asked_about, may_ask_at, times_of, was_missed
from dispatch.shifts.shift import LOCAL, Window

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str, zone: ZoneInfo = LOCAL) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shift(text: str, hours: float = 8, zone: ZoneInfo = LOCAL) -> Window:
    starts_at = local(text, zone).astimezone(UTC)
    return Window(starts_at, starts_at + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("starts", "first", "again", "deadline"),
    [
        ("2026-03-03 14:00", "2026-03-02 14:00", "2026-03-03 12:00", "2026-03-03 13:00"),
        ("2026-03-03 09:00", "2026-03-02 09:00", "2026-03-03 07:00", "2026-03-03 08:00"),
        ("2026-03-03 06:00", "2026-03-02 07:00", "2026-03-02 18:30", "2026-03-02 19:30"),  # nobody is woken at four
        ("2026-03-03 08:59", "2026-03-02 08:59", "2026-03-02 18:30", "2026-03-02 19:30"),
        ("2026-03-03 21:00", "2026-03-02 21:00+10h", "2026-03-03 19:00", "2026-03-03 20:00"),
        ("2026-03-03 22:00", "2026-03-03 07:00", "2026-03-03 18:30", "2026-03-03 19:30"),  # others sleep when it begins
        ("2026-03-03 00:30", "2026-03-02 07:00", "2026-03-02 18:30", "2026-03-02 19:30"),
        ("2028-03-01 00:30", "2028-02-29 07:00", "2028-02-29 18:30", "2028-02-29 19:30"),  # 29 February
        ("2027-01-01 06:00", "2026-12-31 07:00", "2026-12-31 18:30", "2026-12-31 19:30"),  # New Year
        ("2027-02-06 14:00", "2027-02-05 14:00", "2027-02-06 12:00", "2027-02-06 13:00"),  # the first day of Tet
    ],
)
def test_times_of_a_shift(starts: str, first: str, again: str, deadline: str) -> None:
    times = times_of(shift(starts))
    expected = local("2026-03-03 07:00") if first.endswith("+10h") else local(first)
    assert (times.first_at, times.again_at, times.deadline) == (expected, local(again), local(deadline))


@pytest.mark.parametrize(
    ("starts", "first", "again"),
    [
        ("2026-03-29 14:00", "2026-03-28 13:00", "2026-03-29 12:00"),  # 24 real hours, though the wall says 25
        ("2026-10-25 14:00", "2026-10-24 15:00", "2026-10-25 12:00"),
        ("2026-03-29 03:30", "2026-03-28 07:00", "2026-03-28 18:30"),
    ],
)
def test_where_clocks_change(starts: str, first: str, again: str) -> None:
    times = times_of(shift(starts, zone=BERLIN), BERLIN)
    assert (times.first_at, times.again_at) == (local(first, BERLIN), local(again, BERLIN))


@given(st.integers(0, 3 * 365 * 24 * 60), st.sampled_from([LOCAL, BERLIN]))
def test_nobody_is_woken_and_there_is_always_time(minutes: int, zone: ZoneInfo) -> None:
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = Window(starts_at, starts_at + timedelta(hours=8))
    times = times_of(window, zone)
    moments = (times.first_at, times.again_at, times.deadline, window.starts_at)
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert not any(is_quiet(moment.astimezone(zone).time()) for moment in moments[:3])
    assert times.again_at - times.first_at >= timedelta(hours=9)
    seeking = [times.deadline + timedelta(minutes=minutes) for minutes in range(0, 60, 10)]
    assert not any(is_quiet(moment.astimezone(zone).time()) for moment in seeking), "others can be asked for an hour"


def test_who_is_there_day_and_night_is_not_asked() -> None:
    assert not is_asked_about(shift("2026-03-03 00:00", 24))
    assert is_asked_about(shift("2026-03-03 00:00", 23.5))
    assert first_step(shift("2026-03-03 00:00", 24), local("2026-03-01 10:00")) is None


def test_a_shift_that_is_new_is_asked_about_at_once_or_not_at_all() -> None:
    window = shift("2026-03-03 14:00")
    assert first_step(window, local("2026-03-01 10:00")) == local("2026-03-02 14:00")
    assert first_step(window, local("2026-03-03 08:00")) == local("2026-03-03 08:00")
    deadline = local("2026-03-03 13:00")
    assert first_step(window, deadline - COURTESY) == deadline - COURTESY
    assert first_step(window, deadline - COURTESY + timedelta(minutes=1)) is None, "too little time to answer in"


def test_the_night_is_waited_out() -> None:
    assert may_ask_at(local("2026-12-31 23:59")) == local("2027-01-01 07:00")
    assert may_ask_at(local("2026-03-03 00:30")) == local("2026-03-03 07:00")
    assert may_ask_at(local("2026-03-03 20:59")) == local("2026-03-03 20:59")


@pytest.mark.parametrize(
    ("asked", "answered", "visits", "missed"),
    [
        (MISSED_OFFERS, 0, 0, True),
        (MISSED_OFFERS - 1, 0, 0, False),  # perhaps a text went astray
        (MISSED_OFFERS, 1, 0, False),
        (MISSED_OFFERS, 0, 1, False),  # on a visit that they took before
        (0, 0, 0, False),  # a quiet shift
    ],
)
def test_who_answers_nothing_all_shift_was_not_there(asked: int, answered: int, visits: int, missed: bool) -> None:
    assert was_missed(asked=asked, answered=answered, visits=visits) is missed
