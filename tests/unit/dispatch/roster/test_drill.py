"""When phones are tried, how many at once, and whose silence counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.roster.drill import (
    FAIR,
    STEP,
    Asked,
    AskStatus,
    Rules,
    Ward,
    a_day,
    answer_by,
    at_once,
    days_of,
    first_of_month,
    is_doubted,
    judged,
    next_step,
)
from dispatch.shifts.shift import LOCAL
from shared.events.messages import FailureReason


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


UNTIL = at(5, 17)
SILENT = Asked(UUID(int=1), UUID(int=1), UNTIL, at(2, 10), None, heard=False, heard_at=None)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (at(2, 10), at(2, 10)),  # a Monday
        (at(2, 6), at(2, 9)),
        (at(2, 17), at(3, 9)),
        (at(2, 23), at(3, 9)),
        (at(7, 18), at(9, 9)),  # Saturday evening: not on a Sunday
        (at(29, 18, month=4), at(2, 9, month=5)),  # 30 April and 1 May
    ],
)
def test_people_are_asked_by_day_on_working_days(now: datetime, then: datetime) -> None:
    assert next_step(now) == then
    assert next_step(then) == then


def test_the_phones_of_a_city_are_spread_over_the_days() -> None:
    days = days_of(at(2, 9), 30_000, Rules(days=5))
    assert [day for day, _ in days] == [date(2026, 3, day) for day in range(2, 7)]
    assert {many for _, many in days} == {6000}
    assert at_once(6000) == 125


def test_what_does_not_fit_into_the_rest_of_a_day_follows_on_the_next() -> None:
    days = days_of(at(2, 16), 480, Rules(days=1))
    assert days == [(date(2026, 3, 2), 60), (date(2026, 3, 3), 420)]
    assert days_of(at(2, 10), 0, Rules()) == []
    assert sum(many for _, many in days_of(at(2, 12, 34), 12_345, Rules())) == 12_345


def test_all_of_one_day_have_until_the_same_moment_by_day() -> None:
    assert answer_by(at(2, 9)) == answer_by(at(2, 16, 50)) == at(5, 17)
    assert first_of_month(datetime(2026, 2, 28, 18, tzinfo=UTC)) == date(2026, 3, 1), "the month on the wall"
    assert (a_day(11, Rules(days=5)), STEP) == (3, timedelta(minutes=10))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, AskStatus.SILENT),
        ({"heard": True}, AskStatus.ANSWERED),
        ({"reason": FailureReason.UNDELIVERABLE, "submitted_at": None}, AskStatus.SILENT),  # a phone that is dead
        ({"reason": FailureReason.UNDELIVERABLE, "heard": True}, AskStatus.ANSWERED),
        ({"submitted_at": None}, AskStatus.UNSENT),  # it never left
        ({"submitted_at": UNTIL - FAIR + timedelta(seconds=1)}, AskStatus.UNSENT),  # it left too late
        *(({"reason": reason}, AskStatus.UNSENT) for reason in ("limit", "quiet_hours", "too_late", "unknown")),
        ({"reason": FailureReason.ERASED}, AskStatus.SILENT),
    ],
)
def test_only_silence_of_their_own_counts(change: dict[str, Any], status: AskStatus) -> None:
    if "reason" in change:
        change = {**change, "reason": FailureReason(change["reason"])}
    asked = replace(SILENT, **change)
    assert judged([asked], Ward(phones=100, out=0), Rules(), doubted=False) == {asked.id: status}


def silent(number: int, **changes: Any) -> Asked:
    return replace(SILENT, id=UUID(int=number), contact_point_id=UUID(int=number), **changes)


def test_a_ward_loses_no_more_than_a_tenth_and_those_first_who_were_silent_longest() -> None:
    asks = [silent(1, heard_at=at(1, 9)), silent(2), silent(3, heard_at=at(1, 8, month=2)), silent(4, heard_at=at(1, 10))]
    found = judged(asks, Ward(phones=39, out=1), Rules(most_out=0.1), doubted=False)
    assert [found[UUID(int=number)] for number in (2, 3, 1, 4)] == ["silent", "silent", "spared", "spared"]
    assert set(judged(asks, Ward(phones=39, out=3), Rules(), doubted=False).values()) == {"spared"}
    assert set(judged(asks, Ward(phones=9, out=0), Rules(), doubted=False).values()) == {"spared"}


def test_who_is_out_already_takes_nobodys_place() -> None:
    found = judged([silent(1, out=True), silent(2)], Ward(phones=20, out=1), Rules(most_out=0.1), doubted=False)
    assert set(found.values()) == {"silent"}


def test_a_drill_that_hardly_anybody_answers_is_no_ones_fault() -> None:
    assert is_doubted(100, 19, Rules(least_answered=0.2))
    assert not is_doubted(100, 20, Rules(least_answered=0.2))
    assert judged([silent(1)], Ward(phones=100, out=0), Rules(), doubted=True) == {UUID(int=1): "spared"}
