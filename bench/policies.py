"""Whom to ask: our default policy over a stress day of the city in a box, against nearest-first and first come, first served.

Three seeds on which nothing was tuned; of each figure the worst of the three. Nothing here is a matter of pace but the last row.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from statistics import fmean

from bench.rows import Row, compared, limited, told
from dispatch.simulation.asking import Method, asking_by
from dispatch.simulation.demand import Day
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.tally import Summary
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS

SEEDS = (110, 111, 112)
WEEK_SEED, WEEK_DAYS = 110, 7
WEEK_SECONDS = 300.0  # a week simulated in five minutes
SIDE_BY_SIDE = 2  # processes

Runs = dict[tuple[Method, int], Summary]
Figure = Callable[[Summary], float]


async def rows() -> list[Row]:
    runs = _runs()
    return [
        *_against_nearest(runs),
        *_within_the_targets(runs),
        _worst(runs, "texts, by those of first come, first served (ratio)", lambda one: one.sms, Method.CLAIM, "<= 0.5"),
        *_vulnerable(runs),
        limited("policy: a week of stress days simulated (s)", _week_seconds(), f"<= {WEEK_SECONDS:.0f}"),
    ]


def _runs() -> Runs:
    """All policies on all seeds, in processes of their own."""
    wanted = list(product(Method, SEEDS))
    with ProcessPoolExecutor(SIDE_BY_SIDE, mp_context=get_context("spawn")) as pool:
        return dict(zip(wanted, pool.map(_summary, *zip(*wanted, strict=True)), strict=True))


def _summary(method: Method, seed: int) -> Summary:
    return Scenario.of(seed, Day.STRESS).under(asking_by(method)).summary(method.value, seed)


def _against_nearest(runs: Runs) -> list[Row]:
    shares: Sequence[tuple[str, Figure, str]] = (
        ("Gini over teams, by that of nearest-first (ratio)", lambda one: one.gini, "<= 0.75"),
        ("travel, by that of nearest-first (ratio)", lambda one: one.travel_km, "<= 1.1"),
    )
    return [
        *(_worst(runs, name, figure, Method.NEAREST, bar) for name, figure, bar in shares),
        *(
            _worst(runs, f"{tier} accepted, P90, by that of nearest-first (ratio)", _accepted(tier), Method.NEAREST, "<= 1")
            for tier in Priority
        ),
    ]


def _within_the_targets(runs: Runs) -> list[Row]:
    return [
        limited(
            f"policy: {tier} accepted, P90, by what is promised (ratio)",
            max(_accepted(tier)(runs[Method.DEFAULT, seed]) / SERVICE_LEVELS[tier].accept_seconds for seed in SEEDS),
            "<= 1",
        )
        for tier in Priority
    ]


def _accepted(tier: Priority) -> Figure:
    return lambda one: one.accept_p90_seconds[tier.value] or float("inf")


def _vulnerable(runs: Runs) -> Sequence[Row]:
    """Over all seeds: on one day four late people of four thousand decide it. The worst day is told."""
    found = [(one.vulnerable_in_time or 0.0, one.others_in_time or 0.0) for seed in SEEDS if (one := runs[Method.DEFAULT, seed])]
    ours, theirs = (fmean(shares) for shares in zip(*found, strict=True))
    return (
        compared("policy: vulnerable people in time, by everybody else (ratio)", ours, theirs, ">= 1"),
        told("policy: the same on the worst day for them (ratio)", min(ours / theirs for ours, theirs in found)),
    )


def _worst(runs: Runs, name: str, figure: Figure, peer: Method, bar: str) -> Row:
    """The row of the seed on which ours is the largest share of the peer's."""
    found = [compared(f"policy: {name}", figure(runs[Method.DEFAULT, seed]), figure(runs[peer, seed]), bar) for seed in SEEDS]
    return max(found, key=lambda row: row.ratio or 0.0)


def _week_seconds() -> float:
    week = Scenario.of(WEEK_SEED, Day.STRESS, days=WEEK_DAYS)
    started = time.perf_counter()
    week.under(asking_by(Method.DEFAULT))
    return time.perf_counter() - started
