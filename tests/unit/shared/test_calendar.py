"""Staffed hours: Monday to Saturday 07:30 to 17:30 in Hanoi (UTC+7), Vietnamese holidays off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import OFFICE_HOURS, StaffedHours, add_staffed, is_open, next_opening, staffed_between
from shared.errors import Misconfigured

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-15T07:29:59", False),
        ("2026-07-15T07:30:00", True),
        ("2026-07-15T17:29:59", True),
        ("2026-07-15T17:30:00", False),  # half-open
        ("2026-07-18T09:00:00", True),  # a Saturday
        ("2026-07-19T09:00:00", False),  # a Sunday
        ("2026-02-17T09:00:00", False),  # Tet
        ("2026-09-02T09:00:00", False),  # National Day
        ("2026-08-31T09:00:00", False),  # a Monday off, made up for on a Saturday
    ],
)
def test_is_open(moment: str, expected: bool) -> None:
    assert is_open(hanoi(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-07-15T03:00:00", "2026-07-15T07:30:00"),
        ("2026-07-15T12:00:00", "2026-07-15T12:00:00"),
        ("2026-07-18T17:30:00", "2026-07-20T07:30:00"),  # Saturday evening → Monday
        ("2026-02-16T09:00:00", "2026-02-21T07:30:00"),  # over Tet
    ],
)
def test_next_opening(moment: str, expected: str) -> None:
    assert next_opening(hanoi(moment)) == hanoi(expected)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-07-15T09:00:00", 8, "2026-07-15T17:00:00"),
        ("2026-07-15T16:00:00", 8, "2026-07-16T14:00:00"),
        ("2026-07-15T23:00:00", 1, "2026-07-16T08:30:00"),
        ("2026-07-17T17:00:00", 20, "2026-07-20T17:00:00"),  # Friday, over Saturday and Sunday
        ("2026-07-15T07:30:00", 10, "2026-07-15T17:30:00"),  # a deadline may be the closing itself
    ],
)
def test_add_staffed(start: str, hours: float, expected: str) -> None:
    assert add_staffed(hanoi(start), hours * 3600) == hanoi(expected)


def test_closing_is_of_the_next_shift_when_closed() -> None:
    assert OFFICE_HOURS.closing(hanoi("2026-07-15T09:00:00")) == hanoi("2026-07-15T17:30:00")
    assert OFFICE_HOURS.closing(hanoi("2026-07-18T18:00:00")) == hanoi("2026-07-20T17:30:00")


def test_make_up_day_opens_a_sunday_and_an_extra_holiday_shuts_a_monday() -> None:
    sunday, monday = date(2026, 7, 19), date(2026, 7, 20)
    calendar = StaffedHours(
        timezone=HANOI,
        opens=time(8),
        closes=time(12),
        weekdays=frozenset(range(5)),
        make_up_days=frozenset({sunday}),
        extra_holidays=frozenset({monday}),
    )
    assert calendar.is_open(hanoi("2026-07-19T09:00:00"))
    assert not calendar.is_open(hanoi("2026-07-20T09:00:00"))


def test_a_make_up_saturday_of_the_holidays_package_is_staffed() -> None:
    weekdays_only = StaffedHours(timezone=HANOI, opens=time(8), closes=time(17), weekdays=frozenset(range(5)), country="VN")
    assert weekdays_only.is_staffed_day(date(2026, 8, 22))
    assert not weekdays_only.is_staffed_day(date(2026, 8, 29))


def test_a_calendar_that_never_opens_is_refused() -> None:
    never = StaffedHours(timezone=HANOI, opens=time(8), closes=time(9), weekdays=frozenset())
    with pytest.raises(Misconfigured):
        never.next_opening(hanoi("2026-07-15T09:00:00"))
    with pytest.raises(Misconfigured):
        StaffedHours(timezone=HANOI, opens=time(9), closes=time(9), weekdays=frozenset({0}))


@given(MOMENTS, st.floats(1, 500_000))
def test_add_staffed_and_staffed_between_are_inverse(start: datetime, seconds: float) -> None:
    end = add_staffed(start, seconds)
    assert staffed_between(start, end) == pytest.approx(seconds, abs=1e-3)


@given(MOMENTS)
def test_next_opening_is_open_and_nothing_before_it_was(now: datetime) -> None:
    opening = next_opening(now)
    assert is_open(opening)
    assert staffed_between(now, opening) == 0


def test_staffed_between_is_zero_backwards() -> None:
    noon = hanoi("2026-07-15T12:00:00")
    assert staffed_between(noon, noon - timedelta(hours=2)) == 0
