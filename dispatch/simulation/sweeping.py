"""One weight of the policy turned up and down over the same days: what more fairness costs. Figures only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from dispatch.matching.policy import Policy
from dispatch.simulation.asking import Method, Nearest, Together
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.tally import Summary

Told = Callable[[str], Callable[[float], None]]


class Sweep(StrEnum):
    FAIRNESS = "fairness"  # minutes that a visit of the day counts


# Times the default; 0 is a policy that does not ask who has worked today. Each is a run: a stress day takes half a minute.
WEIGHTS: Final = (0.0, 0.5, 1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Ratios are to nearest-first on the same days."""

    minutes: float
    is_default: bool
    travel: float
    gini: float
    accept_p90: dict[str, float | None]  # by tier
    texts: float  # a request


def sweep(scenario: Scenario, told: Told) -> Iterator[Point]:
    """`told` is asked for a bar by the name of each run."""
    nearest = scenario.under(Nearest(), told(Method.NEAREST.value)).summary(Method.NEAREST, scenario.seed)
    default = Policy()
    for weight in WEIGHTS:
        policy = replace(default, today_minutes=weight * default.today_minutes)
        ours = scenario.under(Together(policy), told(f"{policy.today_minutes:.2f} minutes")).summary("", scenario.seed)
        yield _point(policy.today_minutes, ours, nearest, is_default=policy == default)


def _point(minutes: float, ours: Summary, nearest: Summary, *, is_default: bool) -> Point:
    return Point(
        minutes=round(minutes, 3),
        is_default=is_default,
        travel=round(ours.travel_km / nearest.travel_km, 3),
        gini=round(ours.gini / nearest.gini, 3),
        accept_p90={
            tier: round(ours_p90 / theirs, 3) if ours_p90 is not None and (theirs := nearest.accept_p90_seconds[tier]) else None
            for tier, ours_p90 in ours.accept_p90_seconds.items()
        },
        texts=round(ours.sms / ours.requests, 2),
    )
