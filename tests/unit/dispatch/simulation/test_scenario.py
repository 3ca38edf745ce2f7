"""Whole runs: the same seed tells the same story, and every policy gets the same requests, people and luck."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from dispatch.matching.assignment import Proposal
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.picture import Picture
from dispatch.matching.policy import Policy
from dispatch.simulation.asking import Asking, Claim, Method, Nearest, Together, asking_by
from dispatch.simulation.demand import Day
from dispatch.simulation.luck import Luck
from dispatch.simulation.run import Run
from dispatch.simulation.tally import Tally
from shared.events.assignments import JobStatus, ResponderKind
from tests.unit.dispatch.simulation.small import small_scenario


@dataclass(frozen=True)
class Farthest:
    """Absurd on purpose: the farthest free able person, one at a time."""

    policy: Policy = field(default_factory=lambda: Policy(wave_size=1))
    shouts: bool = False

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        people, proposals = picture.people, []
        for place, job in enumerate(jobs):
            able = people.free & ((people.skills & np.uint64(job.skills)) == np.uint64(job.skills))
            able &= ~np.isin(people.row, list(job.excluded))
            if able.any():
                away = np.where(able, np.hypot(people.x_m - job.x_m, people.y_m - job.y_m), -1.0)
                person = int(away.argmax())
                people.take(person)
                proposals.append(Proposal(place, person, 0.0, float(away[person])))
        return proposals


@pytest.mark.parametrize("method", list(Method))
def test_the_same_seed_tells_the_same_story(method: Method) -> None:
    first, second = (small_scenario(7).under(asking_by(method)).summary(method, 7) for _ in range(2))
    assert first == second
    assert first != small_scenario(8).under(asking_by(method)).summary(method, 7)


def test_two_policies_see_the_same_requests_and_people() -> None:
    scenario = small_scenario()
    runs = [Run(scenario.city, scenario.demand, Luck(scenario.seed), asking) for asking in (Together(), Nearest())]
    for run in runs:
        run.play()
    told = [[(one.id, one.filed_at, one.lat, one.lon, one.priority, one.vulnerable) for one in run.errands] for run in runs]
    assert told[0] == told[1]
    assert runs[0].crowd.windows == runs[1].crowd.windows


def test_the_same_person_takes_the_same_time_for_the_same_request_whoever_sent_them() -> None:
    scenario = small_scenario(requests=60)
    runs = [Run(scenario.city, scenario.demand, Luck(scenario.seed), asking) for asking in (Together(), Nearest())]
    for run in runs:
        run.play()
    same = [
        (a, b) for a, b in zip(runs[0].errands, runs[1].errands, strict=True) if a.person == b.person and a.done_at and b.done_at
    ]
    assert len(same) > 5
    for one, other in same:
        assert one.done_at is not None
        assert one.arrived_at is not None
        assert other.done_at is not None
        assert other.arrived_at is not None
        assert one.done_at - one.arrived_at == pytest.approx(other.done_at - other.arrived_at, abs=1e-3)


def test_an_absurd_policy_is_seen_to_be_worse() -> None:
    scenario = small_scenario()
    ours, theirs = (scenario.under(asking).summary("", 1) for asking in (Together(), Farthest()))
    assert theirs.travel_km > 3 * ours.travel_km
    assert theirs.gini > ours.gini


def test_telling_everybody_costs_texts_and_finds_somebody_at_once() -> None:
    scenario = small_scenario()
    ours, theirs = (scenario.under(asking).summary("", 1) for asking in (Together(), Claim()))
    assert theirs.sms > 2 * ours.sms
    assert theirs.accept_p90_seconds["P3"] is not None
    assert ours.accept_p90_seconds["P3"] is not None
    assert theirs.accept_p90_seconds["P3"] < ours.accept_p90_seconds["P3"]


@pytest.mark.parametrize("asking", [Together(), Nearest(), Claim()])
@pytest.mark.parametrize("day", [Day.STRESS, Day.STORM])
def test_nobody_is_over_capacity_and_every_request_ends_somewhere(asking: Asking, day: Day) -> None:
    scenario = small_scenario(day=day, requests=250)
    run = Run(scenario.city, scenario.demand, Luck(scenario.seed), asking)
    most = np.zeros(len(scenario.city), dtype=np.int64)

    def look(_: float) -> None:
        np.maximum(most, run.crowd.load, out=most)

    run.play(look)
    assert (most <= scenario.city.capacity).all()
    held = np.bincount(
        [one.person for one in run.errands if one.person is not None and one.status is JobStatus.ACCEPTED],
        minlength=len(scenario.city),
    )
    assert (held == run.crowd.load).all()
    assert all(one.accepted_at is not None for one in run.errands if one.status in {JobStatus.ACCEPTED, JobStatus.DONE})
    summary = Tally(run, scenario.city).summary("", 1)
    assert summary.assigned + summary.unassigned == summary.requests == 250


def test_every_kind_of_person_works() -> None:
    tally = small_scenario(requests=300).under(Together())
    assert all(tally.visits(kind).sum() > 0 for kind in (ResponderKind.TEAM, ResponderKind.VOLUNTEER, ResponderKind.ENGINEER))
    assert tally.idle_hours() > 0
