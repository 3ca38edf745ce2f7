"""Whom a job that a call may solve is offered to: the whole city, in turn, and a visit at once where nobody can call."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dispatch.matching.assignment import match
from dispatch.matching.by_phone import Need, candidates
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.matching.phone_first import where_somebody_is
from dispatch.matching.policy import REMOTE_MINUTES, Policy
from dispatch.matching.waiting import WaitingJobs
from shared.categories import BY_PHONE
from shared.events.contract import Priority
from tests.unit.dispatch.matching.test_roster import COMMUNES, person, roster_of
from tests.unit.dispatch.matching.test_waiting import row
from tests.unit.dispatch.towns import LONG, NOW, job_at, people_at

POLICY = Policy(remote_minutes=REMOTE_MINUTES)
NEAR, FAR = (0.0, 0.0), (30_000.0, 20_000.0)


def helpers_at(places: Sequence[tuple[float, float]], *, remote: Sequence[bool] | None = None, **others: Any) -> People:
    people = people_at(places, **others)
    flags = np.array(remote if remote is not None else [True] * len(places), dtype=bool)
    return replace(people, remote=flags, last_offered_at=np.zeros(len(places)))


def call_at(*, priority: Priority = Priority.P3, **others: Any) -> WaitingJob:
    return replace(job_at(0.0, 0.0, priority=priority, **others), by_phone=True)


def asked(jobs: Sequence[WaitingJob], people: People) -> list[tuple[int, int]]:
    """(job, person) of all that are asked; the first of each job come first."""
    chosen = where_somebody_is(jobs, people, POLICY, NOW)
    return [(one.job, one.person) for one in match(chosen, people, POLICY, now=NOW).proposals]


def test_distance_costs_nothing_and_the_day_s_work_does() -> None:
    people = helpers_at([NEAR, FAR])
    people.today_minutes[:] = [2.0, 0.0]
    assert asked([call_at(priority=Priority.P2)], people)[0] == (0, 1)
    assert asked([job_at(0.0, 0.0, priority=Priority.P2)], helpers_at([NEAR, FAR]))[0] == (0, 0)


def test_who_was_asked_longest_ago_is_asked_first() -> None:
    people = helpers_at([NEAR, NEAR, NEAR])
    people.last_offered_at[:] = [NOW - 10, NOW - 500, NOW - 90]
    found, complete = candidates(people, Need(1, 0, 0, NOW, 2), POLICY)
    assert found.tolist() == [[1, 2]]
    assert not complete


def test_only_who_agreed_to_help_by_phone_is_asked() -> None:
    people = helpers_at([NEAR, FAR], remote=[False, True])
    assert asked([call_at()], people) == [(0, 1)]


def test_all_of_the_tier_are_asked_at_once_for_minutes_are_few() -> None:
    assert len(asked([call_at()], helpers_at([NEAR] * 5))) == 3
    assert len(asked([job_at(0.0, 0.0)], helpers_at([NEAR] * 5))) == 1


def test_who_speaks_the_language_goes_first_wherever_they_are() -> None:
    people = helpers_at([NEAR, FAR], languages=[1, 3])
    assert asked([call_at(tongue=2)], people)[0] == (0, 1)


def test_nobody_there_to_call_is_a_visit_in_the_same_breath() -> None:
    people = helpers_at([NEAR, FAR], remote=[False, False])
    assert asked([call_at()], people) == [(0, 0)]
    assert [job.by_phone for job in where_somebody_is([call_at()], people, POLICY, NOW)] == [False]
    assert [job.by_phone for job in where_somebody_is([call_at()], people_at([NEAR]), POLICY, NOW)] == [False]


def test_whoever_said_no_to_the_call_does_not_keep_a_job_waiting_for_them() -> None:
    people = helpers_at([NEAR, FAR], remote=[True, False])
    job = call_at(excluded=[int(people.row[0])])
    assert asked([job], people) == [(0, 1)]


def test_who_cannot_do_it_or_leaves_soon_is_no_help() -> None:
    people = helpers_at([NEAR, FAR], skills=[0, 1], shift_ends_at=[LONG, NOW + 60])
    assert [job.by_phone for job in where_somebody_is([call_at(skills=1)], people, POLICY, NOW)] == [False]


def test_more_jobs_than_helpers_the_most_urgent_are_called_and_the_others_visited() -> None:
    jobs = [call_at(urgency=1.0), call_at(urgency=9.0), call_at(urgency=5.0)]
    people = helpers_at([NEAR, FAR, NEAR], remote=[True, True, False])
    assert [job.by_phone for job in where_somebody_is(jobs, people, POLICY, NOW)] == [False, True, True]
    assert sorted(job for job, _ in asked(jobs, people)) == [0, 1, 2]


def test_many_jobs_ask_many_people() -> None:
    jobs, people = [call_at() for _ in range(60)], helpers_at([NEAR] * 200)
    found = asked(jobs, people)
    assert len({who for _, who in found}) == len(found) == 180


def test_the_candidates_of_a_large_city_are_the_cheapest() -> None:
    people = helpers_at([NEAR] * 5000)
    people.today_minutes[:] = 3.0
    people.today_minutes[4000:4020] = 0.0
    found, _ = candidates(people, Need(2, 0, 0, NOW, 16), POLICY)
    assert set(found.ravel().tolist()) <= set(range(4000, 4020))


@pytest.mark.parametrize("priority", list(Priority))
def test_the_tiers_try_it_for_their_minutes_and_p1_never(priority: Priority) -> None:
    seconds = POLICY.phone_seconds(priority)
    assert (seconds == 0) is (priority is Priority.P1)
    assert Policy().phone_seconds(priority) == 0


@pytest.mark.parametrize(
    ("changed", "by_phone"),
    [
        ({}, True),
        ({"waiting_since": NOW - 7 * 60}, False),  # no second wave would be over in time
        ({"travels": True}, False),
        ({"category": "equipment"}, False),
        ({"priority": "P1"}, False),
    ],
)
def test_which_jobs_wait_for_a_call(changed: dict[str, Any], by_phone: bool) -> None:
    jobs = WaitingJobs(roster_of(person()), COMMUNES, POLICY)
    jobs.put([row(category="portal_login", travels=False) | changed])
    (job,) = jobs.prepared(jobs.due(NOW, lambda _: True), NOW)
    assert job.by_phone is by_phone


def test_a_word_that_no_call_will_do_is_read_again() -> None:
    jobs = WaitingJobs(roster_of(person()), COMMUNES, POLICY)
    one = row(category="portal_login", travels=False)
    assert jobs.put([one]) == 1
    assert jobs.put([one | {"travels": True}]) == 1


def test_fraud_is_no_matter_for_volunteers_on_any_channel() -> None:
    assert "fraud" not in BY_PHONE
    assert {"portal_login", "vneid_login", "payment"} <= BY_PHONE
