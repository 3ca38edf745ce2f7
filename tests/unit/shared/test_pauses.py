"""Which clocks stand still for which reason, and for how long at most."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.pauses import BY_PEOPLE, PAUSES, PROMISES, Pause, latest_end, stops
from shared.service_levels import SERVICE_LEVELS, Stage, deadline

MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # ten o'clock in Hanoi


def test_every_reason_has_its_row() -> None:
    assert set(PAUSES) == set(Pause)


@pytest.mark.parametrize(
    ("reason", "stage", "stands"),
    [
        (Pause.OFF_HOURS, Stage.ESCALATE, True),
        (Pause.OFF_HOURS, Stage.ACCEPT, False),  # of P3 and P4, by the calendar of the tier
        (Pause.RESIDENT_LATER, Stage.ACCEPT, True),
        (Pause.RESIDENT_LATER, Stage.NEWS, True),
        (Pause.WAITING_OFFICE, Stage.RESOLVE, True),
        (Pause.WAITING_OFFICE, Stage.NEWS, False),
        (Pause.INCIDENT, Stage.ESCALATE, True),
        (Pause.INCIDENT, Stage.ACCEPT, True),
        (Pause.INCIDENT, Stage.NEWS, False),  # whoever waits for a fault of the city hears that it lasts
        (None, Stage.ACCEPT, False),
        ("a word of another release", Stage.ACCEPT, False),
    ],
)
def test_which_clock_stands_still(reason: str | None, stage: Stage, stands: bool) -> None:
    assert stops(reason, stage) is stands


def test_promises_stand_or_run_together() -> None:
    """The rows keep one number for all of them."""
    assert all(rule.stops >= PROMISES or not PROMISES & rule.stops for rule in PAUSES.values())


def test_what_people_decide_has_a_cap() -> None:
    assert latest_end(Pause.RESIDENT_LATER, MONDAY) == MONDAY + timedelta(days=14)
    assert latest_end(Pause.INCIDENT, MONDAY) == MONDAY + timedelta(days=2)
    assert latest_end(Pause.SESSION, MONDAY) == MONDAY + timedelta(days=14)
    assert latest_end(Pause.WAITING_OFFICE, MONDAY) == MONDAY + timedelta(days=5)  # fifty staffed hours
    assert latest_end(Pause.SLOT, MONDAY) == MONDAY + timedelta(days=30)
    capped = {Pause.INCIDENT, Pause.SESSION, Pause.SLOT}
    assert {reason for reason in Pause if latest_end(reason, MONDAY) is not None} == BY_PEOPLE | capped


def test_a_deadline_is_later_by_what_stood_still() -> None:
    for priority in SERVICE_LEVELS:
        plain, later = (deadline(priority, Stage.ACCEPT, MONDAY, held_seconds=held) for held in (0.0, 1800.0))
        assert plain is not None
        assert later == plain + timedelta(minutes=30)
