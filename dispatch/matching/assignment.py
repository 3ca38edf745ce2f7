"""Who is asked for which job: one assignment problem a tier, over the people that are eligible now. Pure: arrays in, offers out.

A pair of job and person costs minutes (`pairs.py`). Tiers are solved from P1 down, and nobody is offered twice, so a lower tier
never takes a person from a higher one; what has waited long is matched in the tier above, but never among P1. Within a tier every
job gets its first offer before any job gets a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from dispatch.matching.pairs import Occasion, Pairs, WaitingJob, nearest_pairs, no_pairs
from dispatch.matching.people import Floats, Ints, People
from dispatch.matching.policy import Policy
from dispatch.matching.soon import patience
from shared.events.contract import Priority

SPARSE_PAIRS: Final = 32_000  # above that the dense solver, if …
DENSE_CELLS: Final = 12_000_000  # … its matrix stays below 100 MB
NOBODY: Final = 1e6  # minutes; a job left without anybody. Far above any real cost, so that as many as possible are placed


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ask this person for this job. `job` and `person` are positions in what was handed in."""

    job: int
    person: int
    cost: float
    distance_m: float


@dataclass(slots=True)
class Matching:
    """What came out. `pairs` holds, per tier, all pairs that were weighed: the raw material of the decision records."""

    proposals: list[Proposal] = field(default_factory=list)
    unplaced: list[int] = field(default_factory=list)  # jobs that nobody could be found for
    held: list[int] = field(default_factory=list)  # jobs that wait for somebody whose shift begins soon
    pairs: list[Pairs] = field(default_factory=list)


def match(jobs: Sequence[WaitingJob], people: People, policy: Policy, *, now: float, starting: People | None = None) -> Matching:
    """`now` in epoch seconds; `starting`: whose shift begins soon. At most `policy.batch` jobs of one tier are solved at once,
    the most urgent first.

    What is offered is marked as taken in `people.free`.
    """
    result = Matching()
    for priority in Priority:
        tier = [index for index, job in enumerate(jobs) if (job.tier or job.priority) is priority]
        tier.sort(key=lambda index: -jobs[index].urgency)
        for start in range(0, len(tier), policy.batch):
            part = np.array(tier[start : start + policy.batch])
            _match_tier(part, [jobs[index] for index in part], people, Occasion(policy, now, starting), result)
    return result


def _match_tier(tier: Ints, jobs: Sequence[WaitingJob], people: People, occasion: Occasion, result: Matching) -> None:
    """All rounds of one tier. `tier` holds the positions of `jobs` in the whole."""
    at_most = patience(jobs, occasion)
    waves = wave_sizes([job.wave_size for job in jobs], int(people.free.sum()))
    placed = np.zeros(len(jobs), dtype=np.int64)
    dearest = np.zeros(len(jobs))  # that may be asked beside the first
    for turn in range(int(waves.max(initial=0))):
        wanting = np.flatnonzero((waves > turn) & (placed == turn))
        limits = dearest[wanting] if turn else at_most
        chosen, pairs = _solve_round([jobs[int(index)] for index in wanting], people, occasion, limits)
        if not turn:
            first = wanting[pairs.jobs[chosen]]
            dearest[first] = pairs.costs[chosen] + [jobs[index].dearer_by for index in first]
        placed[wanting[pairs.jobs[chosen]]] += 1
        pairs.jobs = tier[wanting[pairs.jobs]]
        result.pairs.append(pairs)
        for edge in chosen:
            job, person = int(pairs.jobs[edge]), int(pairs.people[edge])
            result.proposals.append(Proposal(job, person, float(pairs.costs[edge]), float(pairs.distances_m[edge])))
            people.take(person)
    left = placed == 0
    held = left & np.isfinite(at_most) if at_most is not None else np.zeros(len(jobs), dtype=bool)
    result.held.extend(int(index) for index in tier[held])
    result.unplaced.extend(int(index) for index in tier[left & ~held])


def wave_sizes(wanted: Sequence[int], free: int) -> Ints:
    """The wave of the policy, fewer when people are scarce: each job's fair share of who is free, but at least one."""
    share = max(free // len(wanted), 1) if wanted else 1
    return np.minimum(np.array(wanted, dtype=np.int64), share)


def _solve_round(jobs: Sequence[WaitingJob], people: People, occasion: Occasion, dearest: Floats | None) -> tuple[Ints, Pairs]:
    """One offer for as many of these jobs as can have one, at the least cost in all. Looks further until nobody is left to find.

    When the next look would be too large for one solve, those that have somebody keep them, and the others choose from the rest.
    """
    look_at = first_look(len(jobs), int(people.free.sum()), occasion.policy)
    left = np.arange(len(jobs))
    settled: list[Ints] = []
    weighed = no_pairs()
    while True:
        part = [jobs[int(index)] for index in left]
        limits = None if dearest is None else dearest[left]
        pairs = nearest_pairs(part, people, occasion, look_at=look_at, dearest=limits)
        chosen = cheapest(pairs, [job.urgency for job in part], people)
        pairs.jobs = left[pairs.jobs]
        over = len(chosen) == len(part) or pairs.complete
        if over or look_at * len(part) >= occasion.policy.edges:
            settled.append(chosen + len(weighed.jobs))
            weighed = weighed.joined(pairs)
            if over:
                return np.concatenate(settled), weighed
            left = np.setdiff1d(left, pairs.jobs[chosen])
            people = people.without(pairs.people[chosen])
        look_at *= 4


def first_look(jobs: int, free: int, policy: Policy) -> int:
    """How many of the nearest to weigh at first: the scarcer people are, the more depends on those further away."""
    plenty = free / max(jobs, 1)
    if plenty >= 8:  # noqa: PLR2004 - measured: total travel is within 0.1 % of the optimum
        return policy.candidates
    return policy.candidates * (4 if plenty >= 2 else 16)  # noqa: PLR2004 - same


def cheapest(pairs: Pairs, urgency: Sequence[float], people: People) -> Ints:
    """Positions in `pairs` of the chosen ones: the assignment of least total cost, a person's phone at most once.

    Each job has a dummy column of its own: without it one job that nobody can take would fail the whole batch. Giving up an
    urgent job is dearer, so that when people are scarce it is the least urgent that wait.
    """
    if not len(pairs.jobs):
        return np.empty(0, dtype=np.int64)
    give_up = NOBODY + np.asarray(urgency, dtype=np.float64).clip(0, NOBODY)
    if len(give_up) == 1:  # the usual case of a quiet day: nobody competes, so the cheapest it is, without a solver
        best = int(pairs.costs.argmin())
        return np.array([best] if pairs.costs[best] < give_up[0] else [], dtype=np.int64)
    edges = _one_per_phone(pairs, people)
    phones, columns = np.unique(people.contact[pairs.people[edges]], return_inverse=True)
    rows, cols = _assignment(pairs.jobs[edges], columns, pairs.costs[edges], len(phones), give_up)
    real = cols < len(phones)
    wanted = rows[real] * len(phones) + cols[real]
    return edges[np.isin(pairs.jobs[edges] * len(phones) + columns, wanted)]


def _assignment(jobs: Ints, columns: Ints, costs: Floats, width: int, give_up: Floats) -> tuple[Ints, Ints]:
    """(row, column) of every job; a column from `width` on is its dummy.

    The sparse solver holds the interpreter's lock for as long as it runs: 8 ms for 16 candidates each, 240 ms and more when
    people are scarce and every job has hundreds. The dense one is slower, but lets the event loop live.
    """
    count = len(give_up)
    every_job = np.arange(count)
    if len(jobs) > SPARSE_PAIRS and count * (width + count) <= DENSE_CELLS:
        matrix = np.full((count, width + count), np.inf)
        matrix[jobs, columns] = costs
        matrix[every_job, width + every_job] = give_up
        return _as_ints(linear_sum_assignment(matrix))
    at = np.concatenate([jobs, every_job]), np.concatenate([columns, width + every_job])
    graph = csr_array((np.concatenate([costs, give_up]), at), shape=(count, width + count))
    return _as_ints(min_weight_full_bipartite_matching(graph))


def _as_ints(solution: tuple[NDArray[np.signedinteger], NDArray[np.signedinteger]]) -> tuple[Ints, Ints]:
    rows, cols = solution
    return rows.astype(np.int64), cols.astype(np.int64)


def _one_per_phone(pairs: Pairs, people: People) -> Ints:
    """Positions of the pairs, the cheapest only where people of one job share a phone: a matrix would add them up."""
    if not people.shares_phones:
        return np.arange(len(pairs.jobs))
    order = np.lexsort((pairs.costs, people.contact[pairs.people], pairs.jobs))
    jobs, phones = pairs.jobs[order], people.contact[pairs.people[order]]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (jobs[1:] != jobs[:-1]) | (phones[1:] != phones[:-1])
    return np.sort(order[first])
