"""What was promised, and the clock each tier runs on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import OFFICE_HOURS
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS, WORKING_DAY, Stage, deadline, elapsed_seconds, starts_at

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY_EVENING = datetime(2026, 7, 17, 17, 0, tzinfo=HANOI)  # half an hour before closing


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("priority", "offer", "limits"),  # offer: first, lease, wave; limits: accept, arrival, resolve
    [
        (Priority.P1, (30, 90, 5), (300, 1_800, 14_400)),
        (Priority.P2, (60, 180, 3), (900, 7_200, 28_800)),
        (Priority.P3, (300, 300, 3), (3_600, 28_800, 72_000)),
        (Priority.P4, (900, 900, 2), (28_800, 180_000, 180_000)),
    ],
)
def test_the_table(priority: Priority, offer: tuple[float, ...], limits: tuple[float, ...]) -> None:
    level = SERVICE_LEVELS[priority]
    assert (level.first_offer_seconds, level.lease_seconds, level.wave_size) == offer
    assert (level.accept_seconds, level.arrival_seconds, level.resolve_seconds) == limits


def test_a_working_day_is_as_long_as_the_calendar_is_open() -> None:
    monday = hanoi("2026-07-20T00:00:00")
    assert OFFICE_HOURS.staffed_between(monday, hanoi("2026-07-21T00:00:00")) == WORKING_DAY


@pytest.mark.parametrize(
    ("priority", "stage", "expected"),
    [
        (Priority.P1, Stage.ACCEPT, "2026-07-17T17:05:00"),
        (Priority.P2, Stage.RESOLVE, "2026-07-18T01:00:00"),  # nights count
        (Priority.P3, Stage.ACCEPT, "2026-07-18T08:00:00"),  # Saturday morning
        (Priority.P3, Stage.RESOLVE, "2026-07-20T17:00:00"),
        (Priority.P4, Stage.ESCALATE, "2026-07-17T17:30:00"),  # the end of the shift
        (Priority.P4, Stage.NEWS, None),
    ],
)
def test_deadline_runs_on_the_clock_of_the_tier(priority: Priority, stage: Stage, expected: str | None) -> None:
    assert deadline(priority, stage, FRIDAY_EVENING) == (hanoi(expected) if expected else None)


def test_every_stage_of_every_tier_has_an_answer_after_its_start() -> None:
    for priority in Priority:
        for stage in Stage:
            limit = deadline(priority, stage, FRIDAY_EVENING)
            assert limit is None or limit > FRIDAY_EVENING


def test_off_hours_only_p3_and_p4_wait() -> None:
    night = hanoi("2026-07-17T22:00:00")
    assert starts_at(Priority.P1, night) == starts_at(Priority.P2, night) == night
    assert starts_at(Priority.P3, night) == starts_at(Priority.P4, night) == hanoi("2026-07-18T07:30:00")


def test_elapsed_leaves_out_the_night_for_p3_only() -> None:
    end = hanoi("2026-07-18T08:30:00")
    assert elapsed_seconds(Priority.P2, FRIDAY_EVENING, end) == 15.5 * 3600
    assert elapsed_seconds(Priority.P3, FRIDAY_EVENING, end) == 1.5 * 3600
    assert elapsed_seconds(Priority.P1, end, FRIDAY_EVENING) == 0
