"""Each clock on the edges of the calendar, of a pause and of silence."""

import pytest

from notify.reports.clocks import Clock, Judged, judged, limit_seconds
from notify.reports.facts import Facts, Stop
from notify.sla.rounds import Reached
from shared.calendar import OFFICE_HOURS
from shared.events.contract import Priority
from tests.unit.notify.reports.lives import at, facts, local, solved

HOUR = 3600.0


def of(one: Facts, clock: Clock, minutes: float = 100_000) -> Judged | None:
    return dict(judged(one, at(minutes))).get(clock)


def accepted(priority: Priority, began: str, when: str, **more: object) -> Judged | None:
    one = facts(priority, began=local(began), reached={Reached.ACCEPTED: local(when)}, **more)  # type: ignore[arg-type]
    return dict(judged(one, local(when))).get(Clock.ACCEPTED)


@pytest.mark.parametrize(
    ("began", "when", "kept", "hours"),
    [
        ("2026-11-27T16:30", "2026-11-27T17:30", True, 1.0),  # to the second at closing time
        ("2026-11-27T16:45", "2026-11-28T07:45", True, 1.0),  # over night, to Saturday
        ("2026-11-28T17:00", "2026-11-30T08:01", False, 61 / 60),  # over Sunday
        ("2026-11-29T03:00", "2026-11-30T08:30", True, 1.0),  # filed on Sunday night: the clock begins on Monday
        ("2026-02-14T17:00", "2026-02-21T07:45", True, 0.75),  # over Tet, which is data: 16 to 20 February
    ],
)
def test_an_ordinary_visit_is_on_the_staffed_calendar(began: str, when: str, kept: bool, hours: float) -> None:
    assert accepted(Priority.P3, began, when) == Judged(kept, round(hours * HOUR, 3))


def test_a_bridge_day_stands_still_and_its_make_up_day_runs() -> None:
    """Monday, 31 August 2026, is off before the National Day; Saturday, 22 August, makes up for it."""
    assert not OFFICE_HOURS.is_open(local("2026-08-31T10:00"))
    assert accepted(Priority.P3, "2026-08-21T17:00", "2026-08-22T07:45") == Judged(True, 0.75 * HOUR)
    assert accepted(Priority.P3, "2026-08-29T17:00", "2026-09-03T07:45") == Judged(True, 0.75 * HOUR)


def test_a_service_point_that_is_down_knows_no_holiday() -> None:
    assert accepted(Priority.P1, "2026-02-17T03:00", "2026-02-17T03:05") == Judged(True, 300.0)
    assert accepted(Priority.P1, "2026-02-17T03:00", "2026-02-17T03:06") == Judged(False, 360.0)


def test_a_pause_across_closing_time_takes_only_what_was_open() -> None:
    held = ((local("2026-11-27T17:00"), local("2026-11-28T08:00")),)  # half an hour on Friday, half an hour on Saturday
    assert accepted(Priority.P3, "2026-11-27T16:30", "2026-11-28T08:30", pauses=held) == Judged(True, HOUR)
    assert accepted(Priority.P3, "2026-11-27T16:30", "2026-11-28T08:31", pauses=held) == Judged(False, HOUR + 60)


def test_who_is_still_in_time_is_not_counted_and_who_is_late_without_it_is_longer_than_all() -> None:
    waiting = facts()
    assert of(waiting, Clock.ACCEPTED, 15) is None
    assert of(waiting, Clock.ACCEPTED, 15.9) is None  # news may be on its way
    assert of(waiting, Clock.ACCEPTED, 17) == Judged(kept=False, seconds=None)


def test_who_was_helped_without_a_visit_has_no_arrival_to_be_judged_by() -> None:
    assert of(solved(30), Clock.ON_SCENE) is None
    assert of(solved(30), Clock.DONE) == Judged(kept=True, seconds=1800.0)


def test_confirmed_and_unconfirmed_have_times_of_their_own() -> None:
    confirmed, silent = solved(30, confirmed_at=(at(60),)), solved(30)
    assert (of(confirmed, Clock.DONE_CONFIRMED), of(confirmed, Clock.DONE_UNCONFIRMED)) == (Judged(True, 1800.0), None)
    assert (of(silent, Clock.DONE_CONFIRMED), of(silent, Clock.DONE_UNCONFIRMED)) == (None, Judged(True, 1800.0))
    assert of(silent, Clock.DONE_UNCONFIRMED, 30 + 72 * 60 - 1) is None, "three days have not gone by"


@pytest.mark.parametrize(
    ("told", "longest", "kept"),
    [
        ((), 170, False),
        ((30, 60, 120), 60, True),
        ((30, 60, 122), 62, False),
        ((30, 60, 121), 61, True),  # a timer may be a little late
        ((30, 60, 120, 900), 60, True),  # afterwards it does not matter
    ],
)
def test_the_longest_silence_counts_until_somebody_is_there(told: tuple[int, ...], longest: int, kept: bool) -> None:
    one = facts(told_at=[at(minutes) for minutes in told], reached={Reached.ON_SCENE: at(170)})
    assert of(one, Clock.NEWS) == Judged(kept, longest * 60.0)


def test_nobody_expects_news_while_they_asked_for_later_themselves() -> None:
    stop = Stop(reason="resident_later", since=at(10), until=at(500))
    silent = facts(told_at=(), reached={Reached.ON_SCENE: at(520)}, stops=(stop,))
    assert of(silent, Clock.NEWS) == Judged(True, 30 * 60.0)
    stop = Stop(reason="waiting_office", since=at(10), until=at(500))
    office = facts(told_at=(), reached={Reached.ON_SCENE: at(520)}, stops=(stop,))
    assert of(office, Clock.NEWS) == Judged(False, 520 * 60.0)


def test_silence_that_goes_on_is_broken_as_soon_as_it_is_too_long() -> None:
    assert of(facts(told_at=(at(5),)), Clock.NEWS, 60) is None
    assert of(facts(told_at=(at(5),)), Clock.NEWS, 70) == Judged(False, 65 * 60.0)
    assert of(facts(), Clock.NEWS) is None, "lines that do not say whom they told"
    assert of(facts(Priority.P4, told_at=()), Clock.NEWS) is None, "advice hears of changes only"


def test_every_clock_has_the_limit_of_its_tier() -> None:
    assert limit_seconds(Clock.FIRST_OFFER, Priority.P1) == 30
    assert limit_seconds(Clock.DONE_UNCONFIRMED, Priority.P2) == 8 * HOUR
    assert limit_seconds(Clock.NEWS, Priority.P4) is None
