"""Figures that are counted right on what can be counted by hand."""

from itertools import pairwise

import numpy as np
import pytest

from dispatch.simulation.asking import Nearest, Together
from dispatch.simulation.clocks import opening
from dispatch.simulation.comparing import lines
from dispatch.simulation.luck import Luck
from dispatch.simulation.run import Run
from dispatch.simulation.tally import Tally, gini
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS, Stage
from tests.unit.dispatch.simulation.small import small_scenario


@pytest.mark.parametrize(
    ("work", "expected"),
    [([], 0.0), ([0, 0], 0.0), ([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25), ([4, 1, 1, 2], 0.3125)],
)
def test_gini_is_the_mean_difference_by_twice_the_mean(work: list[int], expected: float) -> None:
    assert gini(np.array(work, dtype=np.int64)) == pytest.approx(expected)


def test_who_was_never_helped_waits_until_the_end_and_is_not_in_time() -> None:
    tally = small_scenario(requests=400).under(Together())
    lost = ~tally.assigned
    assert lost.any()
    assert not tally.in_time[lost].any()
    longest = {tier: tally.waited(Stage.ACCEPT)[lost & (tally.tiers == tier)] for tier in Priority}
    promised = {tier: SERVICE_LEVELS[tier].accept_seconds for tier in Priority}
    assert all((waited > promised[tier] / 8).all() for tier, waited in longest.items())


def test_who_calls_off_before_the_offices_open_is_in_neither_share() -> None:
    """At night no policy may ask anybody for P3 and P4: what a resident does then says nothing about it. By day it does."""
    scenario = small_scenario(requests=900)
    run = Run(scenario.city, scenario.demand, Luck(scenario.seed), Together())
    run.play()
    tally = Tally(run, scenario.city)
    asleep = [one.called_off_at is not None and one.called_off_at <= opening(one.priority, one.filed_at) for one in run.errands]
    assert 0 < sum(asleep) < sum(one.called_off_at is not None for one in run.errands)
    assert (~tally.met).tolist() == asleep
    shares = [tally.in_time[tally.met & (tally.vulnerable == vulnerable)].mean() for vulnerable in (True, False)]
    summary = tally.summary("", 1)
    assert [summary.vulnerable_in_time, summary.others_in_time] == pytest.approx(shares, abs=1e-4)


def test_clocks_run_in_order() -> None:
    tally = small_scenario().under(Together())
    stages = [tally.waited(stage) for stage in (Stage.FIRST_OFFER, Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE)]
    assert all((later >= earlier).all() for earlier, later in pairwise(stages))


def test_policies_are_compared_line_by_line() -> None:
    scenario = small_scenario(requests=80)
    ours, theirs = (lines(scenario.under(asking)) for asking in (Together(), Nearest()))
    assert [line.name for line in ours] == [line.name for line in theirs]
    assert len({line.name for line in ours}) == len(ours)
