"""How far people travel when 1,000 jobs wait together and only 1,100 people are free: ours, the optimum, and nearest-first."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bench.rows import Row, compared
from dispatch.matching.assignment import match
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.matching.policy import Policy
from shared.events.contract import Priority
from shared.ids import uuid7

JOBS, PEOPLE = 1_000, 1_100
SIDE_M = 40_000.0
SEEDS = (1, 2, 3)
NOW = 1_784_100_000.0
POLICY = Policy()

Places = NDArray[np.float64]


async def rows() -> list[Row]:
    """Medians of the seeds, by the shape of the town. Totals are minutes of the same costs."""
    found = []
    for shape in ("uniform", "clustered"):
        totals = np.array([_totals(shape, seed) for seed in SEEDS])
        ours, optimum, nearest = np.median(totals / totals[:, 1:2], axis=0)
        found.append(compared(f"travel when people are scarce, {shape}, against the optimum (ratio)", ours, optimum, "<= 1.02"))
        found.append(
            compared(f"travel when people are scarce, {shape}, against nearest-first (ratio)", ours, nearest, "<= 0.999")
        )
    return found


def _totals(shape: str, seed: int) -> tuple[float, float, float]:
    """Ours, the dense optimum, nearest-first."""
    random = np.random.default_rng(seed)
    jobs, people = _places(JOBS, shape, random), _places(PEOPLE, "uniform", random)
    matching = match([_job(place) for place in jobs], _people(people), POLICY, now=NOW)
    if len(matching.proposals) != JOBS:
        raise AssertionError(f"only {len(matching.proposals)} of {JOBS} jobs were placed")
    ours = sum(proposal.cost for proposal in matching.proposals)
    minutes = _minutes(jobs, people)
    return ours, float(minutes[linear_sum_assignment(minutes)].sum()), _nearest_first(jobs, people)


def _places(count: int, shape: str, random: np.random.Generator) -> Places:
    """Uniform over the town, or around twelve service points."""
    if shape == "uniform":
        return random.uniform(0, SIDE_M, (count, 2))
    centres = random.uniform(0, SIDE_M, (12, 2))
    return centres[random.integers(0, len(centres), count)] + random.normal(0, 1_500, (count, 2))


def _minutes(jobs: Places, people: Places) -> Places:
    distances: Places = np.hypot(*(jobs[:, None] - people[None]).transpose(2, 0, 1))
    return distances * POLICY.minutes_per_metre + POLICY.base_minutes


def _nearest_first(jobs: Places, people: Places) -> float:
    """What a queue does: each job in turn takes the nearest who is still free."""
    order = np.argsort(_minutes(jobs, people), axis=1)
    minutes, taken, total = _minutes(jobs, people), np.zeros(len(people), dtype=bool), 0.0
    for job, by_distance in enumerate(order):
        person = next(person for person in by_distance if not taken[person])
        taken[person] = True
        total += float(minutes[job, person])
    return total


def _job(place: Sequence[float]) -> WaitingJob:
    return WaitingJob(
        id=uuid7(),
        version=1,
        priority=Priority.P3,
        skills=0,
        commune=0,
        x_m=place[0],
        y_m=place[1],
        lat=21.0,
        lon=105.8,
        visit=0,
        wave=0,
        wave_size=1,
        urgency=0.0,
    )


def _people(places: Places) -> People:
    count = len(places)
    return People(
        row=np.arange(count),
        lat=np.zeros(count),
        lon=np.zeros(count),
        x_m=places[:, 0],
        y_m=places[:, 1],
        commune=np.zeros(count, dtype=np.int64),
        skills=np.zeros(count, dtype=np.uint64),
        languages=np.ones(count, dtype=np.uint64),
        shift_ends_at=np.full(count, NOW + 12 * 3600),
        contact=np.arange(count),
        today_minutes=np.zeros(count),
        later_minutes=np.zeros(count),
        silence_minutes=np.zeros(count),
        complaint_minutes=np.zeros(count),
        free=np.ones(count, dtype=bool),
        shares_phones=False,
        spill_over=np.zeros((1, 1)),
    )
