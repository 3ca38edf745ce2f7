"""Long waiting lifts a job into the tier above, behind those who were there, and never among P1."""

from datetime import UTC, datetime

import pytest

from dispatch.matching.assignment import match
from dispatch.matching.policy import Policy
from dispatch.matching.waiting import WaitingJobs
from shared.events.contract import Priority
from tests.unit.dispatch.matching.test_roster import COMMUNES, person, roster_of
from tests.unit.dispatch.matching.test_waiting import always, due_ids, row, waiting

HOUR = 3600.0
NOON = datetime(2026, 3, 2, 7, 0, tzinfo=UTC).timestamp()  # Monday 14:00 in Hanoi: it has been staffed for hours
MORNING = datetime(2026, 3, 3, 0, 30, tzinfo=UTC).timestamp()  # Tuesday 7:30, just opened


@pytest.mark.parametrize(
    ("priority", "hours", "tier"),
    [
        ("P3", 1.99, "P3"),
        ("P3", 2.0, "P2"),
        ("P3", 5.9, "P2"),
        ("P4", 2.0, "P3"),
        ("P4", 4.0, "P2"),
        ("P2", 5.9, "P2"),
        ("P1", 5.9, "P1"),
    ],
)
def test_so_long_it_waits_so_far_it_climbs(priority: str, hours: float, tier: str) -> None:
    [job] = waiting(row(priority=priority, waiting_since=NOON - hours * HOUR)).due(NOON, always)
    assert (job.tier, job.priority) == (tier, priority)


def test_a_night_does_not_age_what_sleeps() -> None:
    [job] = waiting(row(waiting_since=MORNING - 12 * HOUR)).due(MORNING, always)
    assert job.tier is Priority.P3


def test_it_stands_behind_those_who_came_into_the_tier_before_it() -> None:
    aged = row(waiting_since=NOON - 2.1 * HOUR)  # six minutes in the tier above
    earlier, later = (row(priority="P2", waiting_since=NOON - minutes * 60) for minutes in (7, 5))
    assert due_ids(waiting(later, aged, earlier), NOON) == [earlier["id"], aged["id"], later["id"]]


@pytest.mark.parametrize(("urgent", "winner"), [("P1", "urgent"), ("P2", "aged")])
def test_it_is_not_starved_by_its_new_tier_and_takes_nobody_from_a_real_p1(urgent: str, winner: str) -> None:
    only = person()
    roster = roster_of(only)
    roster.put_windows([only["id"]], [{"responder_id": only["id"], "starts_at": NOON - HOUR, "ends_at": NOON + 9 * HOUR}])
    jobs = WaitingJobs(roster, COMMUNES, Policy())
    aged, young = row(waiting_since=NOON - 6 * HOUR), row(priority=urgent, waiting_since=NOON - 60)
    jobs.put([aged, young])
    prepared = jobs.prepared(jobs.due(NOON, always), NOON)
    [proposal] = match(prepared, roster.picture(NOON).people, Policy(), now=NOON).proposals
    assert prepared[proposal.job].id == (aged if winner == "aged" else young)["id"]


def test_what_it_is_in_itself_stays() -> None:
    """Wave, lease and quiet hours are those of its own priority."""
    jobs = waiting(row(priority="P4", waiting_since=NOON - 6 * HOUR))
    [job] = jobs.prepared(jobs.due(NOON, always), NOON)
    assert (job.priority, job.tier, job.wave_size) == (Priority.P4, Priority.P2, 1)
    assert jobs.due(NOON, lambda tier: tier is not Priority.P4) == []
