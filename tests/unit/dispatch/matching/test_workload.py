"""What is still to come of a day's work: by the pace of whoever is there, and as long as offices are open."""

import numpy as np
import pytest

from dispatch.matching.workload import hours_left, visits_an_hour
from tests.unit.dispatch.towns import at_local

EIGHT, TEN, SIX_PM, TEN_PM = (at_local(f"2026-03-02 {hour}:00") for hour in ("08", "10", "18", "22"))
HOUR = 3600.0


def test_the_pace_is_that_of_everybody_at_work() -> None:
    visits, since = np.array([3, 1, 0, 0]), np.full(4, EIGHT)
    assert visits_an_hour(visits, since, TEN) == pytest.approx(4 / (4 * 2 + 4))
    assert visits_an_hour(visits[:0], since[:0], TEN) == 0.0


def test_the_first_visits_of_a_morning_are_not_its_pace() -> None:
    assert visits_an_hour(np.array([1, 0]), np.full(2, EIGHT), EIGHT + 60) < 0.5


def test_a_shift_that_began_yesterday_has_worked_since_midnight() -> None:
    yesterday = EIGHT - 20 * HOUR
    assert visits_an_hour(np.array([9]), np.array([yesterday]), EIGHT) == pytest.approx(9 / (8 + 1))


@pytest.mark.parametrize(
    ("now", "ends", "left"),
    [
        (EIGHT, TEN, 2.0),
        (EIGHT, EIGHT - 1, 0.0),
        (EIGHT, TEN_PM, 9.5),  # offices close at 17:30
        (SIX_PM, TEN_PM, 4.0),
        (SIX_PM, EIGHT + 24 * HOUR, 6.0),  # tomorrow is another day's work
    ],
)
def test_what_is_left_ends_with_the_shift_the_office_or_the_day(now: float, ends: float, left: float) -> None:
    assert hours_left(np.array([ends]), now).tolist() == pytest.approx([left])
