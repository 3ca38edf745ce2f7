"""A shift that is about to begin: an ordinary visit waits some minutes for it rather than fetch somebody from far away."""

from typing import Any

import pytest

from dispatch.matching.assignment import Matching, match
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.matching.policy import Policy
from dispatch.matching.roster import Roster
from shared.events.contract import Priority
from tests.unit.dispatch.matching.test_roster import COMMUNES, person
from tests.unit.dispatch.towns import LONG, NOW, job_at, people_at

POLICY = Policy()
MINUTE = 60.0
FAR_AWAY, AROUND_THE_CORNER = (9_000.0, 0.0), (200.0, 0.0)


def run(job: WaitingJob, people: People, starting: People | None) -> Matching:
    return match([job], people, POLICY, now=NOW, starting=starting)


@pytest.mark.parametrize("priority", [Priority.P3, Priority.P4])
def test_an_ordinary_visit_waits_for_whoever_begins_around_the_corner(priority: Priority) -> None:
    matching = run(job_at(0, 0, priority=priority), people_at([FAR_AWAY]), people_at([AROUND_THE_CORNER]))
    assert (matching.proposals, matching.held, matching.unplaced) == ([], [0], [])


def test_it_waits_too_when_nobody_at_all_is_there_yet() -> None:
    matching = run(job_at(0, 0), people_at([]), people_at([AROUND_THE_CORNER]))
    assert (matching.held, matching.unplaced) == ([0], [])


@pytest.mark.parametrize("priority", [Priority.P1, Priority.P2])
def test_an_urgent_visit_waits_for_nobody(priority: Priority) -> None:
    matching = run(job_at(0, 0, priority=priority), people_at([FAR_AWAY]), people_at([AROUND_THE_CORNER]))
    assert [one.person for one in matching.proposals] == [0]
    assert matching.held == []


def test_who_has_waited_long_goes_on_at_once_and_the_vulnerable_sooner() -> None:
    for urgency, waits in ((POLICY.patience_minutes - 1, True), (POLICY.patience_minutes, False)):
        matching = run(job_at(0, 0, urgency=urgency), people_at([FAR_AWAY]), people_at([AROUND_THE_CORNER]))
        assert bool(matching.held) is waits
    assert POLICY.ahead_minutes(POLICY.vulnerable_most) >= POLICY.patience_minutes


@pytest.mark.parametrize(("here_m", "asked"), [(200, True), (450, True), (500, False)])
def test_whoever_is_there_is_asked_unless_they_are_a_minute_worse(here_m: float, asked: bool) -> None:
    """3.9 minutes a kilometre."""
    matching = run(job_at(0, 0), people_at([(here_m, 0.0)]), people_at([AROUND_THE_CORNER]))
    assert bool(matching.proposals) is asked


@pytest.mark.parametrize("reason", ["skill", "excluded", "shift"])
def test_nobody_waits_for_somebody_who_could_not_take_it(reason: str) -> None:
    starting = people_at(
        [FAR_AWAY, AROUND_THE_CORNER],
        skills=[1, 0 if reason == "skill" else 1],
        shift_ends_at=[LONG, NOW + MINUTE if reason == "shift" else LONG],
    )
    job = job_at(0, 0, skills=1, excluded=[101] if reason == "excluded" else [])
    [asked] = run(job, people_at([FAR_AWAY], skills=[1]), starting).proposals
    assert asked.person == 0


def starting_in(minutes: float, **changed: Any) -> Roster:
    roster, one = Roster(COMMUNES, POLICY), person(**changed)
    roster.put([person(), one])
    window = {"responder_id": one["id"], "starts_at": NOW + minutes * MINUTE, "ends_at": LONG}
    roster.put_windows([one["id"]], [window])
    return roster


@pytest.mark.parametrize(("minutes", "soon"), [(0, False), (1, True), (12, True), (13, False)])
def test_the_last_minutes_before_a_shift_count(minutes: float, soon: bool) -> None:
    picture = starting_in(minutes).picture(NOW)
    assert (picture.starting is not None) is soon
    if picture.starting is not None:
        assert (picture.starting.row.tolist(), picture.starting.shift_ends_at.tolist()) == ([1], [LONG])


@pytest.mark.parametrize("hindered", [{"off_duty_until": NOW + 3600}, {"confirmed": False}, {"load": 2}, {"active": False}])
def test_who_could_not_be_asked_then_is_not_waited_for(hindered: dict[str, Any]) -> None:
    starting = starting_in(5, **hindered).picture(NOW).starting
    assert starting is not None
    assert len(starting) == 0
