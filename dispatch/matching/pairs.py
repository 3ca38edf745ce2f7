"""Which people come into question for which waiting job, and what each pair costs in minutes. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import numpy as np

from dispatch.matching.by_phone import Need, candidates
from dispatch.matching.people import Able, Bools, Floats, Ints, People
from dispatch.matching.policy import URGENT, Policy
from shared.events.contract import Priority
from shared.languages import EVERYBODYS

CHUNK = 500_000  # pairs a tree is asked for at once: some tens of megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingJob:
    """What matching needs of a job. Who it is for, it need not know."""

    id: UUID
    version: int
    priority: Priority
    skills: int  # bits
    needs: tuple[str, ...] = ()  # the same in words
    tongue: int = 0  # bits: what whoever goes should speak; 0: what everybody does
    language: str = EVERYBODYS  # the same in words
    commune: int
    x_m: float  # on the local plane
    y_m: float
    lat: float
    lon: float
    visit: int
    wave: int  # that went out already
    wave_size: int
    dearer_by: float = math.inf  # minutes: nobody who is worse than the first of a wave by more is asked beside them
    urgency: float  # minutes; higher goes first within a tier
    tier: Priority | None = None  # in which it is matched when that is not its own: it has waited long
    vulnerable: int = 0  # reasons to go first
    by_phone: bool = False  # a call may solve it: helpers of the whole city, and no way to go
    two: bool = False  # two people have to go; of a visit it is asked for like a skill
    alone: int | None = None  # bits of what one person must be able to do, where that is less
    unexplained: bool = True  # when nobody can take it, a record says why
    known: frozenset[int] = frozenset()  # rows of the roster: have helped this resident well
    excluded: frozenset[int] = frozenset()  # rows of the roster: said no, gave it back, were not reached


@dataclass(frozen=True, slots=True)
class Occasion:
    """By which rules, and when (epoch seconds). `starting`: whose shift begins soon."""

    policy: Policy
    now: float
    starting: People | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """At how many of the nearest of these people, and no further than so (infinite: wherever they live)."""

    people: People
    occasion: Occasion
    at: int
    reach_m: float


@dataclass(slots=True)
class Pairs:
    """Parallel arrays, one element a pair. `complete`: nobody who comes into question is missing."""

    jobs: Ints  # positions in the sequence of jobs
    people: Ints
    costs: Floats  # minutes, all > 0
    distances_m: Floats  # straight line
    complete: bool

    def joined(self, other: "Pairs") -> "Pairs":
        return Pairs(
            np.concatenate([self.jobs, other.jobs]),
            np.concatenate([self.people, other.people]),
            np.concatenate([self.costs, other.costs]),
            np.concatenate([self.distances_m, other.distances_m]),
            self.complete and other.complete,
        )

    def only(self, keep: Bools) -> "Pairs":
        costs = self.costs[keep] if len(self.costs) else self.costs  # they may not be known yet
        return Pairs(self.jobs[keep], self.people[keep], costs, self.distances_m[keep], self.complete)


def no_pairs() -> Pairs:
    return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0), complete=True)


def nearest_pairs(
    jobs: Sequence[WaitingJob], people: People, occasion: Occasion, *, look_at: int, dearest: Floats | None = None
) -> Pairs:
    """For each job the free ones of its `look_at` nearest able people whose shift is long enough for the way and the visit.

    A job in another language looks at as many of those who speak it besides: they are few, and rarely among the nearest.
    """
    groups: dict[tuple[int, Priority, int, bool], list[int]] = {}
    for index, job in enumerate(jobs):
        groups.setdefault((job.skills, job.priority, job.tongue, job.by_phone), []).append(index)
    reach_m = np.inf if dearest is None else float(dearest.max(initial=0.0)) / occasion.policy.minutes_per_metre
    result, look = no_pairs(), Look(people, occasion, look_at, reach_m)
    for (skills, _, tongue, by_phone), members in groups.items():
        if by_phone:
            result = result.joined(_by_phone(jobs, members, look))
            continue
        found = _in_steps(jobs, members, people.able_to(skills), look)
        result = result.joined(found if not tongue else found.only(~people.speaks(found.people, tongue)))
        if tongue:
            speaking = people.speaking_to(skills, tongue)
            result = result.joined(_in_steps(jobs, members, speaking, look))
    result = result.joined(_acquainted(jobs, people, occasion, result))
    result = _with_costs(jobs, people, occasion.policy, result)
    return result if dearest is None else result.only(result.costs <= dearest[result.jobs])


def _by_phone(jobs: Sequence[WaitingJob], members: Sequence[int], look: Look) -> Pairs:
    """`members` are positions in `jobs`, all of one tier and one need: who may call, wherever they are."""
    people, policy, first = look.people, look.occasion.policy, jobs[members[0]]
    over_at = look.occasion.now + policy.visit_seconds[first.priority]
    found, complete = candidates(people, Need(len(members), first.skills, first.tongue, over_at, look.at), policy)
    persons = found.ravel()
    rows = np.repeat(np.array(members, dtype=np.int64), found.shape[1])
    places = np.array([(job.x_m, job.y_m) for job in jobs])[rows]
    away = np.hypot(people.x_m[persons] - places[:, 0], people.y_m[persons] - places[:, 1])
    keep = ~_excluded(jobs, rows, people.row[persons])
    return Pairs(rows[keep], persons[keep], np.empty(0), away[keep], complete)


def _in_steps(jobs: Sequence[WaitingJob], members: Sequence[int], able: Able, look: Look) -> Pairs:
    """`members` are positions in `jobs`, all of one tier and one need."""
    result = no_pairs()
    step = max(CHUNK // min(look.at, max(len(able.positions), 1)), 1)
    for start in range(0, len(members), step):
        part = np.array(members[start : start + step])
        found = _around([jobs[int(index)] for index in part], able, look)
        found.jobs = part[found.jobs]
        result = result.joined(found)
    return result


def _around(jobs: Sequence[WaitingJob], able: Able, look: Look) -> Pairs:
    """Pairs without their costs, for jobs of one tier that need the same."""
    people, policy = look.people, look.occasion.policy
    over_at = look.occasion.now + policy.visit_seconds[jobs[0].priority]  # if there were no way to go
    reach_m = (able.latest - over_at) / 60.0 / policy.minutes_per_metre
    reach_m = min(reach_m, look.reach_m)
    if able.tree is None or reach_m <= 0:
        return no_pairs()
    ranks = np.arange(1, min(look.at, len(able.positions)) + 1)  # a list of ranks keeps the second axis even for one
    places = np.array([(job.x_m, job.y_m) for job in jobs])
    distances, found = cast("tuple[Floats, Ints]", able.tree.query(places, k=ranks, distance_upper_bound=reach_m))
    near = np.isfinite(distances)
    complete = len(ranks) == len(able.positions) or not near[:, -1].any()
    rows, slots = np.nonzero(near)
    persons = able.positions[found[rows, slots]]
    away = distances[rows, slots]
    stays = over_at + away * policy.minutes_per_metre * 60.0 <= people.shift_ends_at[persons]
    keep = people.free[persons] & stays & ~_excluded(jobs, rows, people.row[persons])
    return Pairs(rows[keep], persons[keep], np.empty(0), away[keep], complete)


def _acquainted(jobs: Sequence[WaitingJob], people: People, occasion: Occasion, found: Pairs) -> Pairs:
    """Whoever has helped this resident before, if they are not among the nearest. Few jobs have somebody."""
    policy, more = occasion.policy, no_pairs()
    for index, job in enumerate(jobs):
        if not job.known or job.by_phone:
            continue
        persons = np.setdiff1d(people.at(job.known), found.people[found.jobs == index])
        away = np.hypot(people.x_m[persons] - job.x_m, people.y_m[persons] - job.y_m)
        over_at = occasion.now + policy.visit_seconds[job.priority] + away * policy.minutes_per_metre * 60.0
        able = (people.skills[persons] & np.uint64(job.skills)) == np.uint64(job.skills)
        keep = people.free[persons] & able & (over_at <= people.shift_ends_at[persons])
        keep &= ~np.isin(people.row[persons], list(job.excluded))
        count = int(keep.sum())
        pairs = Pairs(np.full(count, index), persons[keep], np.empty(0), away[keep], complete=True)
        more = more.joined(pairs)
    return more


def _excluded(jobs: Sequence[WaitingJob], rows: Ints, roster_rows: Ints) -> Bools:
    """Few jobs exclude anybody, so those few are looked at one by one."""
    out = np.zeros(len(rows), dtype=bool)
    for index, job in enumerate(jobs):
        if job.excluded:
            out |= (rows == index) & np.isin(roster_rows, list(job.excluded))
    return out


def _with_costs(jobs: Sequence[WaitingJob], people: People, policy: Policy, pairs: Pairs) -> Pairs:
    communes = np.array([job.commune for job in jobs], dtype=np.int64)
    person, fair = pairs.people, shared_fairly(jobs)
    pairs.costs = (
        policy.base_minutes
        + ways(jobs)[pairs.jobs]
        * (pairs.distances_m * policy.minutes_per_metre + people.spill_over[communes[pairs.jobs], people.commune[person]])
        + fair[pairs.jobs] * (people.today_minutes[person] + people.later_minutes[person])
        + people.silence_minutes[person]
        + people.complaint_minutes[person]
        + strange_minutes(jobs, pairs.jobs, people, person, policy)
    )
    pairs.costs = np.maximum(pairs.costs + known_minutes(jobs, pairs.jobs, people, person, policy), policy.base_minutes)
    return pairs


def shared_fairly(jobs: Sequence[WaitingJob]) -> Floats:
    """1 for ordinary visits and for calls, 0 for urgent visits: those take the nearest, whoever has worked how much."""
    return np.array([job.by_phone or job.priority not in URGENT for job in jobs], dtype=np.float64)


def ways(jobs: Sequence[WaitingJob]) -> Floats:
    """1 for visits; 0 for calls, for which nobody goes anywhere."""
    return np.array([not job.by_phone for job in jobs], dtype=np.float64)


def known_minutes(jobs: Sequence[WaitingJob], at: Ints, people: People, persons: Ints, policy: Policy) -> Floats:
    """Of each pair: what it is worth that they know each other, as a negative cost. Few jobs know anybody."""
    worth = np.zeros(len(at))
    for index, job in enumerate(jobs):
        if job.known:
            worth[(at == index) & np.isin(people.row[persons], list(job.known))] = -policy.known_minutes
    return worth


def strange_minutes(jobs: Sequence[WaitingJob], at: Ints, people: People, persons: Ints, policy: Policy) -> Floats:
    """Of each pair (`at` is the position of its job): what it costs that they do not speak the same language. Nearly always 0."""
    tongues = np.array([job.tongue for job in jobs], dtype=np.uint64)
    if not tongues.any():
        return np.zeros(len(at))
    wanted = tongues[at]
    strange: Floats = np.where((wanted != 0) & ~people.speaks(persons, wanted), policy.language_minutes, 0.0)
    return strange
