"""Who is asked for which job: tiers, waves, scarcity, and the least total cost."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dispatch.matching.assignment import NOBODY, Matching, cheapest, match, wave_sizes
from dispatch.matching.pairs import Occasion, Pairs, WaitingJob, nearest_pairs
from dispatch.matching.people import People
from dispatch.matching.policy import Policy
from shared.events.contract import Priority
from tests.unit.dispatch.towns import LONG, NOW, job_at, people_at

POLICY = Policy()
PLACE = st.tuples(st.integers(0, 20_000), st.integers(0, 20_000))


def asked(matching: Matching) -> list[tuple[int, int]]:
    return sorted((proposal.job, proposal.person) for proposal in matching.proposals)


def run(jobs: list[WaitingJob], people: People, policy: Policy = POLICY) -> Matching:
    return match(jobs, people, policy, now=NOW)


def test_the_nearest_is_asked() -> None:
    assert asked(run([job_at(0, 0)], people_at([(5_000, 0), (900, 0)]))) == [(0, 1)]


def test_a_cost_is_minutes_of_travel_and_what_counts_like_it() -> None:
    people = people_at([(2_000, 0)], communes=[1])
    people.today_minutes[0], people.silence_minutes[0] = 2.5, 1.5
    [proposal] = run([job_at(0, 0)], people).proposals
    assert proposal.cost == pytest.approx(0.1 + 2 * 1.3 * 60 / 20 + 3.0 + 2.5 + 1.5)
    assert proposal.distance_m == pytest.approx(2_000)


@pytest.mark.parametrize(
    ("priority", "nearest"), [(Priority.P1, True), (Priority.P2, True), (Priority.P3, False), (Priority.P4, False)]
)
def test_who_is_urgent_gets_the_nearest_and_ordinary_visits_are_shared_fairly(priority: Priority, nearest: bool) -> None:
    people = people_at([(900, 0), (1_500, 0)])
    people.today_minutes[0] = 6.0
    assert asked(run([job_at(0, 0, priority=priority)], people)) == [(0, 0 if nearest else 1)]


def test_the_sum_counts_not_the_first_come() -> None:
    """Nearest-first sends the person at 500 m to the first job, and the other one 1,600 m to the second."""
    jobs = [job_at(1_000, 0), job_at(0, 0)]
    assert asked(run(jobs, people_at([(500, 0), (1_600, 0)]))) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("reason", ["skill", "shift", "excluded", "taken"])
def test_who_cannot_is_not_asked(reason: str) -> None:
    people = people_at([(100, 0), (9_000, 0)], skills=[0 if reason == "skill" else 4, 7])
    if reason == "shift":  # half an hour is the visit alone: no time for the way
        people.shift_ends_at[0] = NOW + 30 * 60
    if reason == "taken":
        people.take(0)
    job = job_at(0, 0, skills=4, excluded=[100] if reason == "excluded" else [])
    assert asked(run([job], people)) == [(0, 1)]


def test_the_way_counts_into_the_shift() -> None:
    visit_and_ten_minutes = NOW + 40 * 60
    near_enough, too_far = (2_500, 0), (2_700, 0)  # 9.75 and 10.5 minutes of travel
    assert asked(run([job_at(0, 0)], people_at([too_far], shift_ends_at=[visit_and_ten_minutes]))) == []
    assert asked(run([job_at(0, 0)], people_at([near_enough], shift_ends_at=[visit_and_ten_minutes]))) == [(0, 0)]


def test_one_phone_is_asked_once_however_many_share_it() -> None:
    people = people_at([(0, 0), (10, 0), (8_000, 0)], contacts=[7, 7, 8])
    matching = run([job_at(0, 0), job_at(10, 0)], people)
    assert len(matching.proposals) == 2
    assert {people.contact[proposal.person] for proposal in matching.proposals} == {7, 8}


def test_an_unplaceable_job_does_not_fail_the_batch() -> None:
    people = people_at([(0, 0), (100, 0)])
    matching = run([job_at(0, 0, skills=8), job_at(50, 0)], people)
    assert [proposal.job for proposal in matching.proposals] == [1]
    assert matching.unplaced == [0]


def test_nobody_at_all() -> None:
    assert run([job_at(0, 0), job_at(1, 1)], people_at([])).unplaced == [0, 1]
    assert run([], people_at([(0, 0)])).proposals == []


def test_when_people_are_scarce_the_least_urgent_wait() -> None:
    jobs = [job_at(0, 0, urgency=1), job_at(0, 0, urgency=30), job_at(5_000, 0, urgency=31)]
    assert run(jobs, people_at([(0, 0), (0, 10)])).unplaced == [0]


def test_the_search_goes_on_past_people_who_were_taken() -> None:
    """The 16 nearest, and the 64 nearest, are gone: the one who is left is found all the same."""
    people = people_at([(float(step), 0.0) for step in range(200)])
    for person in range(199):
        people.take(person)
    assert asked(run([job_at(0, 0)], people)) == [(0, 199)]


def test_a_wave_asks_several_different_people() -> None:
    people = people_at([(float(step), 0.0) for step in range(40)])
    matching = run([job_at(0, 0, priority=Priority.P1, wave_size=5), job_at(39, 0, wave_size=3)], people)
    assert sorted(proposal.person for proposal in matching.proposals if proposal.job == 0) == [0, 1, 2, 3, 4]
    assert sorted(proposal.person for proposal in matching.proposals if proposal.job == 1) == [37, 38, 39]


@pytest.mark.parametrize(("dearer_by", "beside"), [(0.5, []), (1.0, [1]), (1.2, [1, 3]), (math.inf, [1, 2, 3, 4])])
def test_beside_the_first_of_a_wave_only_the_about_as_good_are_asked(dearer_by: float, beside: list[int]) -> None:
    """3.9 minutes a kilometre."""
    people = people_at([(1_000, 0), (1_200, 0), (1_250, 0), (1_300, 0), (0, 9_000)])
    people.silence_minutes[2] = 2.0
    job = job_at(0, 0, priority=Priority.P1, wave_size=5, dearer_by=dearer_by)
    assert asked(run([job], people)) == [(0, person) for person in [0, *beside]]


def test_the_first_of_a_wave_is_asked_however_far_away() -> None:
    job = job_at(0, 0, priority=Priority.P1, wave_size=5, dearer_by=1.0)
    assert asked(run([job], people_at([(0, 30_000), (0, 40_000)]))) == [(0, 0)]


def test_the_about_as_good_are_found_past_people_who_were_taken() -> None:
    people = people_at([(float(step), 0.0) for step in range(200)])
    for person in range(1, 150):
        people.take(person)
    job = job_at(0, 0, priority=Priority.P1, wave_size=3, dearer_by=1.0)
    assert asked(run([job], people)) == [(0, 0), (0, 150), (0, 151)]


def test_whoever_stays_longer_has_more_to_come_and_is_spared_for_it() -> None:
    people = people_at([(900, 0), (1_000, 0)])
    people.later_minutes[0] = 1.0
    assert asked(run([job_at(0, 0)], people)) == [(0, 1)]
    assert asked(run([job_at(0, 0, priority=Priority.P2)], people)) == [(0, 0)]


@pytest.mark.parametrize(("free", "expected"), [(100, [5, 3]), (7, [3, 3]), (4, [2, 2]), (1, [1, 1]), (0, [1, 1])])
def test_waves_shrink_when_people_are_scarce(free: int, expected: list[int]) -> None:
    assert wave_sizes([5, 3], free).tolist() == expected


def test_everybody_gets_a_first_offer_before_anybody_a_second() -> None:
    people = people_at([(0, 0), (1, 0), (2, 0), (9_000, 0), (9_001, 0)], skills=[1, 1, 1, 0, 0])
    jobs = [job_at(0, 0, wave_size=2), job_at(0, 0, wave_size=2, skills=1)]
    matching = run(jobs, people)
    assert {proposal.job for proposal in matching.proposals} == {0, 1}


def test_a_solve_that_would_be_too_large_is_settled_in_parts() -> None:
    """All jobs at one spot, everybody in one line: 16 nearest are the same for all."""
    people = people_at([(float(step) * 10, 0.0) for step in range(300)])
    matching = run([job_at(0, 0) for _ in range(200)], people, Policy(edges=2_000))
    assert len({proposal.person for proposal in matching.proposals}) == 200


def test_more_jobs_than_one_solve_takes() -> None:
    people = people_at([(float(step), 0.0) for step in range(30)])
    matching = run([job_at(step, 0, urgency=step) for step in range(25)], people, Policy(batch=10))
    assert len(matching.proposals) == 25


@settings(deadline=None, max_examples=60)
@given(st.lists(PLACE, min_size=1, max_size=7), st.lists(PLACE, min_size=1, max_size=9))
def test_the_total_is_the_optimum_and_as_many_as_possible_are_placed(
    jobs: list[tuple[int, int]], places: list[tuple[int, int]]
) -> None:
    waiting = [job_at(*place) for place in jobs]
    people = people_at(places)
    pairs = nearest_pairs(waiting, people, Occasion(POLICY, NOW), look_at=len(places))
    dense = np.zeros((len(jobs), len(places)))
    dense[pairs.jobs, pairs.people] = pairs.costs
    best = dense[linear_sum_assignment(dense)].sum()
    matching = run(waiting, people)
    assert len(matching.proposals) == min(len(jobs), len(places))
    assert sum(proposal.cost for proposal in matching.proposals) == pytest.approx(best)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.floats(0.1, 600), st.floats(NOBODY - 5, NOBODY + 50)), max_size=9), st.floats(-10, 40))
def test_a_lone_job_gets_who_a_solver_would_choose(wanted: list[float], urgency: float) -> None:
    """Beside a second job, which nobody can take, the solver is asked: two can have one phone, and giving up can be cheaper."""
    costs, count = np.array(wanted), len(wanted)
    people = people_at([(0, 0)] * count, contacts=[person // 2 for person in range(count)])
    positions = np.arange(count)
    pairs = Pairs(np.zeros(count, np.int64), positions, costs, np.zeros(count), complete=True)
    give_up = NOBODY + max(urgency, 0.0)
    alone, solved = cheapest(pairs, [urgency], people), cheapest(pairs, [urgency, 0.0], people)
    assert len(alone) <= 1
    assert all(cost <= give_up for cost in costs[alone])
    assert min([give_up, *costs[alone]]) == min([give_up, *costs[solved]]) == min([give_up, *costs])


TIERED = st.lists(st.tuples(PLACE, st.sampled_from(Priority), st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=12)
TOWN = st.lists(st.tuples(PLACE, st.integers(0, 3), st.integers(0, 8)), min_size=0, max_size=15)


@settings(deadline=None, max_examples=150)
@given(TIERED, TOWN)
def test_whatever_waits(
    wanted: list[tuple[tuple[int, int], Priority, int, int]], town: list[tuple[tuple[int, int], int, int]]
) -> None:
    """No phone twice, no skill missing, no wave too large, no cost of 0, and nobody is both placed and not."""
    jobs = [job_at(*place, priority=tier, wave_size=wave, skills=skills) for place, tier, wave, skills in wanted]
    people = _town(town)
    matching = run(jobs, people)
    phones = [int(people.contact[proposal.person]) for proposal in matching.proposals]
    assert len(phones) == len(set(phones))
    for proposal in matching.proposals:
        needed = jobs[proposal.job].skills
        assert int(people.skills[proposal.person]) & needed == needed
        assert proposal.cost > 0
    for index, job in enumerate(jobs):
        offers = sum(proposal.job == index for proposal in matching.proposals)
        assert offers <= job.wave_size
        assert (offers == 0) == (index in matching.unplaced)


@settings(deadline=None, max_examples=100)
@given(TIERED, TOWN)
def test_a_lower_tier_never_takes_from_a_higher_one(
    wanted: list[tuple[tuple[int, int], Priority, int, int]], town: list[tuple[tuple[int, int], int, int]]
) -> None:
    """What P1 and P2 get does not depend on whether anything of P3 and P4 waits."""
    jobs = [job_at(*place, priority=tier, wave_size=wave, skills=skills) for place, tier, wave, skills in wanted]
    urgent = [job for job in jobs if job.priority in {Priority.P1, Priority.P2}]
    alone = run(urgent, _town(town))
    together = run(jobs, _town(town))
    names = {job.id for job in urgent}
    assert [(urgent[p.job].id, p.person) for p in alone.proposals] == [
        (jobs[p.job].id, p.person) for p in together.proposals if jobs[p.job].id in names
    ]


def _town(town: list[tuple[tuple[int, int], int, int]]) -> People:
    return people_at(
        [place for place, _, _ in town],
        skills=[skills for _, skills, _ in town],
        contacts=[phone for _, _, phone in town],
        shift_ends_at=[LONG] * len(town),
    )
