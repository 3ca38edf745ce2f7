"""Residents and helpers who have met: who is preferred a little, who never comes again, and how that is remembered."""

from typing import Any
from uuid import UUID

import pytest

from dispatch.matching.acquaintance import Acquaintances, met_in
from dispatch.matching.assignment import match
from dispatch.matching.policy import Policy
from dispatch.matching.waiting import WaitingJobs
from shared.events.assignments import JobStatus, Outcome
from shared.ids import uuid7
from tests.support.dispatching import a_job
from tests.unit.dispatch.matching.test_roster import COMMUNES, person, roster_of
from tests.unit.dispatch.matching.test_waiting import always, row
from tests.unit.dispatch.towns import NOW, job_at, people_at

POLICY = Policy()
LAN, HOA = uuid7(), uuid7()


def met(resident: UUID, responder: UUID, good: int = 1, complaints: int = 0) -> dict[str, Any]:
    return {"resident_id": resident, "responder_id": responder, "good": good, "complaints": complaints}


def test_each_resident_has_their_own_and_the_newest_word_holds() -> None:
    an, binh, chi = uuid7(), uuid7(), uuid7()
    rows = {an: 0, binh: 1}
    known = Acquaintances()
    known.put([met(LAN, an), met(HOA, binh), met(LAN, chi)], rows)
    assert known.of(LAN) == ({0}, set())
    assert known.of(HOA) == ({1}, set())
    assert len(known) == 2, "whoever is not on the roster is not remembered"
    known.put([met(LAN, an, complaints=1), met(LAN, binh)], rows)
    assert known.of(LAN) == ({1}, {0})
    known.put([met(LAN, binh, good=0)], rows)
    assert known.of(LAN) == (set(), {0})
    assert known.of(None) == known.of(uuid7()) == (set(), set())


def test_many_are_found_each() -> None:
    people = {uuid7(): place for place in range(200)}
    residents = [uuid7() for _ in range(500)]
    known = Acquaintances()
    helpers = list(people)
    rows = [met(one, helpers[place % 200]) for place, one in enumerate(residents)]
    for start in range(0, 500, 50):
        known.put(rows[start : start + 50], people)
    assert [known.of(one)[0] for one in residents] == [{place % 200} for place in range(500)]


@pytest.mark.parametrize(("metres", "chosen"), [(900.0, 40), (1000.0, 0)])
def test_whoever_helped_before_is_worth_a_little_way_also_behind_many(metres: float, chosen: int) -> None:
    people = people_at([(200.0 + place, 0.0) for place in range(40)] + [(metres, 0.0)])
    [asked] = match([job_at(0, 0, known=[140])], people, POLICY, now=NOW).proposals  # rows begin at 100
    assert asked.person == chosen


def test_knowing_somebody_is_never_worth_less_than_nothing() -> None:
    people = people_at([(0, 0), (10, 0)])
    [asked] = match([job_at(0, 0, known=[100])], people, POLICY, now=NOW).proposals
    assert (asked.person, asked.cost) == (0, POLICY.base_minutes)


@pytest.mark.parametrize("hindrance", ["busy", "unable", "excluded", "going_home", "gone"])
def test_who_cannot_come_does_not_come_for_old_times_sake(hindrance: str) -> None:
    people = people_at(
        [(0, 0), (100, 0)],
        skills=[1, 0 if hindrance == "unable" else 1],
        shift_ends_at=[NOW + 9000, NOW + (60 if hindrance == "going_home" else 9000)],
    )
    people.free[1] = hindrance != "busy"
    job = job_at(0, 0, skills=1, known=[999 if hindrance == "gone" else 101], excluded=[101] if hindrance == "excluded" else [])
    assert [one.person for one in match([job], people, POLICY, now=NOW).proposals] == [0]


def test_a_waiting_job_knows_both() -> None:
    good, bad = person(), person()
    roster = roster_of(good, bad)
    jobs = WaitingJobs(roster, COMMUNES, POLICY)
    jobs.acquaintances.put([met(LAN, good["id"]), met(LAN, bad["id"], complaints=1)], roster.row_of)
    jobs.put([row(resident_id=LAN)])
    [job] = jobs.prepared(jobs.due(NOW, always), NOW)
    assert (job.known, job.excluded) == ({0}, {1})


DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("complaints", "days", "minutes"), [(0, 0, 0.0), (1, 0, 5.0), (1, 90, 2.5), (2, 0, 10.0), (9, 0, 15.0), (9, 181, 0.0)]
)
def test_complaints_set_a_helper_back_a_bounded_step_that_fades(complaints: int, days: float, minutes: float) -> None:
    roster = roster_of(person(complaints=complaints, complained_at=NOW - days * DAY))
    assert roster.picture(NOW).people.complaint_minutes.tolist() == [pytest.approx(minutes)]


def test_solved_counts_once_and_reopened_takes_it_back() -> None:
    an = uuid7()
    there = a_job(status=JobStatus.ON_SCENE, responder_id=an)
    lan = there.resident.contact_point_id
    same = {"id": there.id, "resident": there.resident, "request_id": there.request_id, "responder_id": an}
    solved = a_job(**same, status=JobStatus.DONE, outcome=Outcome.SOLVED)
    assert met_in({there.id: there}, [solved]) == [(lan, an, 1)]
    assert met_in({solved.id: solved}, [solved]) == []
    again = a_job(resident=there.resident, request_id=there.request_id, round=1)
    assert met_in({solved.id: solved}, [solved, again]) == [(lan, an, -1)]


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.SOLVED])
def test_only_what_was_solved_makes_friends(outcome: Outcome) -> None:
    there = a_job(status=JobStatus.ON_SCENE, responder_id=uuid7())
    over = a_job(id=there.id, resident=there.resident, status=JobStatus.DONE, outcome=outcome, responder_id=there.responder_id)
    assert met_in({there.id: there}, [over]) == []
