"""In a storm thousands wait and hardly anybody is free: only so many jobs are weighed as could find somebody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from dispatch.matching.assignment import Proposal
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.picture import Picture
from dispatch.matching.policy import Policy
from dispatch.simulation.asking import Together
from dispatch.simulation.demand import Day
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.tally import Tally, gini
from dispatch.simulation.turns import AT_LEAST, PER_FREE
from shared.events.assignments import ResponderKind
from shared.service_levels import Stage
from tests.unit.dispatch.simulation.small import small_scenario


@dataclass(frozen=True)
class Watched:
    """Ours, and how many jobs were weighed for how many who were free."""

    policy: Policy = field(default_factory=Policy)
    shouts: bool = False
    weighed: list[tuple[int, int]] = field(default_factory=list)

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        self.weighed.append((len(jobs), int(picture.people.free.sum())))
        return Together(self.policy).plan(jobs, picture, now)


@pytest.fixture(scope="module")
def storm() -> Scenario:
    return small_scenario(day=Day.STORM, requests=400)


@pytest.fixture(scope="module")
def helped(storm: Scenario) -> Tally:
    """Ours, with room for all of them at once."""
    return storm.under(Together(Policy(batch=1_000)))


def test_no_more_are_weighed_than_could_find_somebody() -> None:
    watched = Watched()
    small_scenario(day=Day.STORM, requests=500).under(watched)
    assert any(free < 20 for _, free in watched.weighed)
    assert all(jobs <= max(PER_FREE * free, AT_LEAST) for jobs, free in watched.weighed)


def test_everybody_has_a_turn_although_the_most_urgent_are_weighed_first(helped: Tally) -> None:
    assert helped.summary("", 1).assigned > 300


def test_a_crowd_queues_outside_and_comes_in_as_it_would_have_been_weighed(storm: Scenario, helped: Tally) -> None:
    """With room for few at a time as many are helped, the urgent come straight in, and at the end of the day all go home."""
    crowded = storm.under(Together(Policy(batch=10)))
    assert crowded.assigned.sum() > 0.95 * helped.assigned.sum()
    urgent = [np.isin(tally.tiers, ["P1", "P2"]) & tally.assigned for tally in (crowded, helped)]
    assert urgent[0].sum() >= 0.9 * urgent[1].sum()
    waited = crowded.waited(Stage.ACCEPT)
    assert np.median(waited[crowded.tiers == "P3"]) < np.median(waited[crowded.tiers == "P4"])


def test_waiting_for_a_shift_that_begins_shares_the_work() -> None:
    """Evening teams begin at 17:00, half an hour after everybody else took their last visit."""
    scenario = small_scenario(requests=400)
    waits, hurries = (scenario.under(Together(Policy(soon_minutes=minutes))) for minutes in (12.0, 0.0))
    assert gini(waits.visits(ResponderKind.TEAM)) < gini(hurries.visits(ResponderKind.TEAM))
