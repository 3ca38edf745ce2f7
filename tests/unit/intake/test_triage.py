"""The category decides urgency and skills; the promise follows the clock of the tier."""

from datetime import UTC, datetime, timedelta

import pytest

from intake.triage import Promises, triage
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.events.contract import Priority

MONDAY_MORNING = datetime(2026, 3, 2, 3, 0, 20, tzinfo=UTC)  # 10:00:20 in Hanoi
SATURDAY_NIGHT = datetime(2026, 3, 7, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("key", sorted(CATEGORIES))
def test_every_category_has_a_priority_and_skills(key: str) -> None:
    found = triage(key, CATEGORIES)
    assert found.priority in Priority
    assert isinstance(found.skills, tuple)


def test_a_service_point_that_is_down_comes_first() -> None:
    assert triage("network_outage", CATEGORIES).priority is Priority.P1


def test_an_unknown_category_is_refused_with_advice() -> None:
    with pytest.raises(Invalid) as refusal:
        triage("weather", CATEGORIES)
    assert refusal.value.field == "category"


def test_the_urgent_are_promised_help_around_the_clock() -> None:
    promised = Promises().expected_at(Priority.P1, SATURDAY_NIGHT)
    assert promised == SATURDAY_NIGHT + timedelta(minutes=30)


def test_an_ordinary_visit_filed_at_night_is_promised_from_the_next_opening() -> None:
    promised = Promises().expected_at(Priority.P3, SATURDAY_NIGHT)
    assert promised is not None
    assert promised > SATURDAY_NIGHT + timedelta(hours=24)


def test_nobody_is_told_seconds() -> None:
    promised = Promises().expected_at(Priority.P2, MONDAY_MORNING)
    assert promised is not None
    assert (promised.second, promised.microsecond) == (0, 0)


def test_a_new_minute_makes_a_new_promise() -> None:
    promises = Promises()
    first = promises.expected_at(Priority.P1, MONDAY_MORNING)
    later = promises.expected_at(Priority.P1, MONDAY_MORNING + timedelta(minutes=1))
    assert first is not None
    assert later == first + timedelta(minutes=1)
