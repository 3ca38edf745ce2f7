"""Rotations, dated shifts and days off: local hours, nights over midnight, half-open, in zones whose clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.shifts.shift import (
    ALL_DAY,
    HORIZON_DAYS,
    LOCAL,
    MONDAY,
    MOST_NIGHTS,
    DaysOff,
    Rule,
    Span,
    Window,
    horizon,
    merged,
    moment_of,
    next_midnight,
    on_shift_until,
    overlaps_itself,
    window_on,
    windows_of,
)

BERLIN = ZoneInfo("Europe/Berlin")  # 2026: forward on 29 March at 02:00, back on 25 October at 03:00
NIGHT = Span(time(22), time(6), 1)
DAY_SHIFT = Span(time(8), time(17))
MONDAY_2_MARCH = date(2026, 3, 2)
ZONES = st.sampled_from([LOCAL, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")])
TIMES = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
DATES = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def weekly(places: set[int], span: Span, until: date | None = None) -> Rule:
    return Rule(anchor=MONDAY, period_days=7, places=frozenset(places), span=span, until=until)


def every(days: int, anchor: date, span: Span = DAY_SHIFT) -> Rule:
    return Rule(anchor=anchor, period_days=days, places=frozenset({0}), span=span)


def local_days(rule: Rule, first: date, last: date, *days_off: DaysOff) -> list[date]:
    return [window.starts_at.astimezone(LOCAL).date() for window in windows_of(rule, first, last, days_off=days_off)]


@pytest.mark.parametrize(
    ("span", "window"),
    [
        (DAY_SHIFT, Window(utc(2, 1), utc(2, 10))),
        (NIGHT, Window(utc(2, 15), utc(2, 23))),
        (ALL_DAY, Window(utc(1, 17), utc(2, 17))),
        (Span(time(8), time(8), 2), Window(utc(2, 1), utc(4, 1))),  # two days at a stretch
    ],
)
def test_a_window_is_local_hours_in_utc(span: Span, window: Window) -> None:
    assert window_on(MONDAY_2_MARCH, span) == window


def test_a_window_holds_its_start_and_not_its_end() -> None:
    window = window_on(MONDAY_2_MARCH, DAY_SHIFT)
    assert window is not None
    assert window.holds(window.starts_at)
    assert not window.holds(window.ends_at)


def test_half_past_midnight_is_within_the_night_that_began_yesterday() -> None:
    half_past_midnight = datetime(2026, 3, 3, 0, 30, tzinfo=LOCAL).astimezone(UTC)
    first, last = horizon(half_past_midnight)
    running = [window for window in windows_of(weekly({0}, NIGHT), first, last) if window.holds(half_past_midnight)]
    assert [window.starts_at for window in running] == [datetime(2026, 3, 2, 22, tzinfo=LOCAL)]


def test_a_weekly_rule_makes_a_window_on_each_of_its_days_until_its_last() -> None:
    assert local_days(weekly({0, 2}, DAY_SHIFT), MONDAY_2_MARCH, date(2026, 3, 11)) == [
        *(date(2026, 3, day) for day in (2, 4, 9, 11))
    ]
    assert len(local_days(weekly({0, 1, 2}, DAY_SHIFT, until=date(2026, 3, 3)), date(2026, 2, 28), date(2026, 4, 1))) == 2


def test_every_four_days_goes_on_over_new_year_and_begins_on_its_first_day() -> None:
    rule = every(4, date(2026, 12, 24), NIGHT)
    assert local_days(rule, date(2026, 12, 1), date(2027, 1, 6)) == [
        *(date(2026, 12, 24), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 5))
    ]


def test_the_twenty_ninth_of_february_is_a_day_like_others() -> None:
    assert local_days(every(4, date(2028, 2, 21)), date(2028, 2, 21), date(2028, 3, 5)) == [
        *(date(2028, 2, 21), date(2028, 2, 25), date(2028, 2, 29), date(2028, 3, 4))
    ]
    assert window_on(date(2028, 2, 29), NIGHT) == Window(
        datetime(2028, 2, 29, 15, tzinfo=UTC), datetime(2028, 2, 29, 23, tzinfo=UTC)
    )


def test_tet_is_free_and_the_rotation_goes_on_afterwards_where_it_would_have_been() -> None:
    tet = DaysOff(date(2027, 2, 5), date(2027, 2, 12))
    rule = every(3, date(2027, 2, 1), NIGHT)
    assert local_days(rule, date(2027, 2, 1), date(2027, 2, 20), tet) == [
        *(date(2027, 2, 1), date(2027, 2, 4), date(2027, 2, 13), date(2027, 2, 16), date(2027, 2, 19))
    ]
    (last_night, *_) = windows_of(rule, date(2027, 2, 4), date(2027, 2, 4), days_off=[tet])
    assert last_night.ends_at == datetime(2027, 2, 5, 6, tzinfo=LOCAL), "a night belongs to the day on which it starts"


def test_around_the_clock_leaves_no_gap() -> None:
    made = list(windows_of(Rule(anchor=MONDAY, period_days=1, places=frozenset({0}), span=ALL_DAY), MONDAY, date(2001, 1, 9)))
    assert all(one.ends_at == next_one.starts_at for one, next_one in pairwise(made))


def test_the_horizon_begins_where_the_longest_shift_may_still_run() -> None:
    first, last = horizon(utc(2, 18))  # already Tuesday 01:00 in Hanoi
    assert first == date(2026, 3, 3) - timedelta(days=MOST_NIGHTS)
    assert last == date(2026, 3, 3) + timedelta(days=HORIZON_DAYS)
    assert next_midnight(utc(2, 18)) == utc(3, 17)


def test_a_night_is_an_hour_shorter_when_the_clocks_go_forward_and_longer_when_they_go_back() -> None:
    lengths = {}
    for day in (date(2026, 3, 27), date(2026, 3, 28), date(2026, 10, 24)):
        window = window_on(day, NIGHT, BERLIN)
        assert window is not None
        lengths[day] = (window.ends_at - window.starts_at) / timedelta(hours=1)
    assert list(lengths.values()) == [8, 7, 9]


def test_hours_that_are_skipped_are_not_worked() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert window_on(date(2026, 3, 29), Span(time(2), time(3)), BERLIN) is None
    assert window_on(date(2026, 3, 29), Span(time(2, 30), time(4)), BERLIN) == Window(jump, jump + timedelta(hours=1))


def test_an_hour_that_comes_twice_begins_at_the_first() -> None:
    window = window_on(date(2026, 10, 25), Span(time(2, 30), time(4)), BERLIN)
    assert window == Window(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))


@pytest.mark.parametrize("day", [date(2024, 3, 10), date(2024, 11, 3)])  # a skipped hour, and one that comes twice
def test_the_second_of_two_equal_times_is_the_first(day: date) -> None:
    zone, found = ZoneInfo("America/St_Johns"), moment_of.__wrapped__
    for hour in (1, 2):
        assert found(day, time(hour, fold=1), zone) == found(day, time(hour), zone)


@given(DATES, TIMES, TIMES, ZONES)
def test_a_later_local_time_is_never_an_earlier_moment(day: date, one: time, other: time, zone: ZoneInfo) -> None:
    earlier, later = sorted((one, other))
    assert moment_of(day, earlier, zone) <= moment_of(day, later, zone) <= moment_of(day + timedelta(days=1), time(), zone)


@given(DATES, TIMES, TIMES, ZONES, st.integers(0, MOST_NIGHTS))
def test_windows_that_touch_on_paper_touch_on_every_day(
    day: date, starts: time, between: time, zone: ZoneInfo, nights: int
) -> None:
    before = window_on(day - timedelta(days=nights), Span(starts, between, nights), zone)
    after = window_on(day, Span(between, time(), 1), zone)
    if before is not None and after is not None:
        assert before.ends_at == after.starts_at


@given(
    rule=st.builds(
        Rule,
        anchor=DATES,
        period_days=st.integers(1, 40),
        places=st.frozensets(st.integers(0, 39), min_size=1, max_size=5),
        span=st.builds(Span, TIMES, TIMES, st.integers(1, MOST_NIGHTS)),
    ),
    zone=ZONES,
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 1)),  # noqa: DTZ001 - strategies take naive bounds
)
def test_somebody_is_on_shift_exactly_when_the_local_clock_says_so(rule: Rule, zone: ZoneInfo, moment: datetime) -> None:
    """Told anew, from the moment back to the rule: which local day may have started the shift that runs now?"""
    moment = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    today = moment.astimezone(zone).date()
    made = windows_of(rule, *horizon(moment, zone), zone=zone)
    nights = timedelta(days=rule.span.nights)
    days = [(day, day + nights) for day in (today - timedelta(days=back) for back in range(MOST_NIGHTS + 1))]
    expected = any(
        day >= rule.anchor
        and (day - rule.anchor).days % rule.period_days in rule.places
        and moment_of(day, rule.span.starts, zone) <= moment < moment_of(last_day, rule.span.ends, zone)
        for day, last_day in days
    )
    assert any(window.holds(moment) for window in made) == expected


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_merged_windows_hold_the_same_moments_and_leave_a_gap_between_each_other(spans: list[tuple[int, int]]) -> None:
    windows = [Window(utc(1, 0) + timedelta(hours=start), utc(1, 0) + timedelta(hours=start + hours)) for start, hours in spans]
    joined = merged(windows)
    for hour in range(-1, 90):
        moment = utc(1, 0) + timedelta(hours=hour)
        assert any(one.holds(moment) for one in joined) == any(one.holds(moment) for one in windows)
    assert all(one.ends_at < later.starts_at for one, later in pairwise(joined))


def test_until_when_somebody_is_there_is_the_end_of_all_that_runs_on() -> None:
    morning, noon, evening = Window(utc(2, 1), utc(2, 5)), Window(utc(2, 4), utc(2, 10)), Window(utc(2, 10), utc(2, 15))
    night = Window(utc(2, 16), utc(2, 20))
    assert on_shift_until([noon, evening, night, morning], utc(2, 2)) == utc(2, 15)
    assert on_shift_until([morning], morning.ends_at) is None


@pytest.mark.parametrize(
    ("rules", "overlap"),
    [
        ([every(1, MONDAY, ALL_DAY)], False),
        ([every(1, MONDAY, Span(time(8), time(8), 1))], False),  # touches
        ([every(1, MONDAY, Span(time(8), time(9), 1))], True),
        ([every(2, MONDAY, Span(time(8), time(9), 2))], True),
        ([weekly({0, 6}, Span(time(20), time(12), 1))], False),
        ([weekly({0, 6}, Span(time(10), time(12), 1))], True),  # Sunday runs into Monday of the next week
        ([], False),
    ],
)
def test_a_rotation_may_touch_itself_but_not_overlap(rules: list[Rule], overlap: bool) -> None:
    assert overlaps_itself(rules) is overlap
