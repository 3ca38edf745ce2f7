"""In a storm thousands wait and hardly anybody is free: only so many jobs are weighed as could find somebody."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dispatch.matching import Proposal
from dispatch.pairs import WaitingJob
from dispatch.picture import Picture
from dispatch.policy import Policy
from dispatch.simulation.asking import Together
from dispatch.simulation.demand import Day
from dispatch.simulation.turns import AT_LEAST, PER_FREE
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


def test_no_more_are_weighed_than_could_find_somebody() -> None:
    watched = Watched()
    small_scenario(day=Day.STORM, requests=1_000).under(watched)
    assert any(free < 20 for _, free in watched.weighed)
    assert all(jobs <= max(PER_FREE * free, AT_LEAST) for jobs, free in watched.weighed)


def test_everybody_has_a_turn_although_the_most_urgent_are_weighed_first() -> None:
    summary = small_scenario(day=Day.STORM, requests=400).under(Together()).summary("", 1)
    assert summary.assigned > 300
