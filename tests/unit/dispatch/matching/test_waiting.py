"""What waits: who comes next, what is left alone for a while, and the record of a decision."""

import math
from datetime import UTC, datetime, time
from typing import Any

import orjson
import pytest

from dispatch.matching.assignment import match
from dispatch.matching.decision import Witness, decisions, distances_m
from dispatch.matching.policy import Policy, is_quiet, may_ask
from dispatch.matching.waiting import WaitingJobs
from shared.calendar import OFFICE_HOURS
from shared.events.contract import Priority
from shared.ids import uuid7
from tests.unit.dispatch.matching.test_roster import COMMUNES, person, roster_of
from tests.unit.dispatch.towns import NOW, at_local

POLICY = Policy()


def row(**changed: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "version": 1,
        "priority": "P3",
        "skills": [],
        "language": "vi",
        "resident_id": None,
        "commune_code": "00001",
        "lat": 21.03,
        "lon": 105.85,
        "vulnerable": 0,
        "visit": 0,
        "wave": 0,
        "widened": False,
        "excluded": [],
        "escalated": False,
        "not_before": 0.0,
        "waiting_since": NOW - 60,
    } | changed


def always(_: Priority) -> bool:
    return True


def urgent_only(tier: Priority) -> bool:
    return tier in {Priority.P1, Priority.P2}


def waiting(*rows: dict[str, Any], policy: Policy = POLICY) -> WaitingJobs:
    jobs = WaitingJobs(roster_of(person()), COMMUNES, policy)
    jobs.put(rows)
    return jobs


def due_ids(jobs: WaitingJobs, now: float = NOW) -> list[object]:
    return [job.row["id"] for job in jobs.due(now, always)]


def test_tiers_first_then_the_longest_waiting() -> None:
    young, old, urgent = row(), row(waiting_since=NOW - 600), row(priority="P1", waiting_since=NOW)
    assert due_ids(waiting(young, old, urgent)) == [urgent["id"], old["id"], young["id"]]


@pytest.mark.parametrize(("reasons", "first"), [(1, True), (0, False)])
def test_the_vulnerable_go_a_bounded_step_ahead(reasons: int, first: bool) -> None:
    nine_minutes_longer, frail = row(waiting_since=NOW - 600), row(vulnerable=reasons)
    assert (due_ids(waiting(nine_minutes_longer, frail))[0] == frail["id"]) is first


def test_no_number_of_reasons_beats_half_an_hour() -> None:
    long_waiting, frail = row(waiting_since=NOW - 60 - 31 * 60), row(vulnerable=9)
    assert due_ids(waiting(long_waiting, frail))[0] == long_waiting["id"]


def test_at_most_a_batch() -> None:
    assert len(due_ids(waiting(*(row() for _ in range(5)), policy=Policy(batch=3)))) == 3


def test_not_before_and_delays_are_kept_until_the_job_changes() -> None:
    later, failed = row(not_before=NOW + 10), row()
    jobs = waiting(later, failed)
    jobs.delay([failed["id"]], NOW + 5)
    assert due_ids(jobs) == []
    jobs.put([failed])  # read again, unchanged
    assert due_ids(jobs) == []
    jobs.put([failed | {"version": 2}])
    assert due_ids(jobs) == [failed["id"]]
    assert set(due_ids(jobs, NOW + 10)) == {later["id"], failed["id"]}


def test_who_is_ruled_out_or_let_in_again_is_known_at_once() -> None:
    job = row()
    jobs = waiting(job)
    jobs.delay([job["id"]], NOW + 5)
    jobs.put([job | {"excluded": [uuid7()]}])
    assert due_ids(jobs) == [job["id"]]


def test_what_is_dropped_may_come_back_at_the_same_version() -> None:
    job = row()
    jobs = waiting(job)
    jobs.drop([job["id"]])
    assert len(jobs) == 0
    jobs.put([job])
    assert due_ids(jobs) == [job["id"]]


def test_tiers_that_nobody_works_on_now_are_sent_home_and_not_offered() -> None:
    ordinary, urgent = row(), row(priority="P2")
    jobs = waiting(ordinary, urgent)
    assert [job.row["id"] for job in jobs.due(NOW, urgent_only)] == [urgent["id"]]
    assert [job.row["id"] for job in jobs.off_hours(NOW, urgent_only)] == [ordinary["id"]]
    jobs.delay([ordinary["id"]], NOW + 1)
    assert jobs.off_hours(NOW, urgent_only) == []


def test_nobody_is_doubted_once() -> None:
    job = row()
    jobs = waiting(job)
    assert jobs.doubt([job["id"]]) == {job["id"]}
    assert jobs.doubt([job["id"], uuid7()]) == set()


def test_prepared_for_matching() -> None:
    near = person()
    roster = roster_of(near)
    jobs = WaitingJobs(roster, COMMUNES, POLICY)
    jobs.put([row(priority="P1", skills=["network"], excluded=[near["id"], uuid7()])])
    [job] = jobs.prepared(jobs.due(NOW, always), NOW)
    assert (job.wave_size, job.urgency, job.excluded) == (5, 1.0, frozenset({0}))
    assert job.skills == roster.skills.mask(["network"])


@pytest.mark.parametrize(
    ("priority", "sizes"), [("P1", [5] * 6), ("P2", [3] * 6), ("P3", [1, 2, 2, 2, 2, 2]), ("P4", [1, 2, 2, 2, 2, 2])]
)
def test_ordinary_visits_ask_one_at_a_time_and_more_only_when_several_have_failed(priority: str, sizes: list[int]) -> None:
    jobs = waiting(*(row(priority=priority, wave=wave) for wave in range(6)))
    assert [job.wave_size for job in sorted(jobs.prepared(jobs.due(NOW, always), NOW), key=lambda job: job.wave)] == sizes


@pytest.mark.parametrize(("priority", "size"), [("P1", 7), ("P2", 5), ("P3", 1), ("P4", 1)])
def test_for_the_vulnerable_more_are_asked_when_it_is_urgent_however_many_reasons_there_are(priority: str, size: int) -> None:
    jobs = waiting(row(priority=priority, vulnerable=1), row(priority=priority, vulnerable=9))
    assert [job.wave_size for job in jobs.prepared(jobs.due(NOW, always), NOW)] == [size, size]


@pytest.mark.parametrize(
    ("priority", "vulnerable", "minutes"),
    [
        ("P1", 0, [1.5, 3, 6, math.inf]),
        ("P1", 1, [3, 6, math.inf, math.inf]),
        ("P2", 0, [1.5, 3, 6, math.inf]),
        ("P2", 2, [3, 6, math.inf, math.inf]),
        ("P3", 0, [0.3, 0.3, 0.5, 0.5]),
        ("P3", 1, [0.3, 0.5, 0.5, 0.5]),
        ("P4", 1, [0.5] * 4),
    ],
)
def test_only_the_about_as_good_are_asked_together_and_urgent_waves_reach_further_each_time(
    priority: str, vulnerable: int, minutes: list[float]
) -> None:
    jobs = waiting(*(row(priority=priority, vulnerable=vulnerable, wave=wave) for wave in range(4)))
    prepared = sorted(jobs.prepared(jobs.due(NOW, always), NOW), key=lambda job: job.wave)
    assert [job.dearer_by for job in prepared] == minutes


def test_after_a_visit_that_was_given_back_urgent_waves_begin_further_out() -> None:
    jobs = waiting(*(row(priority=priority, visit=1) for priority in ("P1", "P2")))
    assert [job.dearer_by for job in jobs.prepared(jobs.due(NOW, always), NOW)] == [6, 6]


@pytest.mark.parametrize(("moment", "minutes"), [("2026-03-02 20:59", [1.5, 3]), ("2026-03-02 21:00", [1.5, 6])])
def test_at_night_urgent_waves_for_the_vulnerable_reach_one_step_further(moment: str, minutes: list[float]) -> None:
    prepared = [waiting(row(priority="P2", vulnerable=reasons)) for reasons in (0, 1)]
    assert [job.dearer_by for jobs in prepared for job in jobs.prepared(jobs.due(NOW, always), at_local(moment))] == minutes


def test_shortly_before_the_offices_close_all_of_an_ordinary_wave_are_asked() -> None:
    """Whoever has nobody by then waits for the morning."""
    for moment, sizes in (("2026-03-02 17:10", [1, 1]), ("2026-03-02 17:15", [3, 2]), ("2026-03-02 17:31", [1, 1])):
        jobs = waiting(row(priority="P3"), row(priority="P4"))
        assert [job.wave_size for job in jobs.prepared(jobs.due(NOW, always), at_local(moment))] == sizes, moment


def test_a_promise_in_danger_and_a_drill_ask_wherever_people_live() -> None:
    jobs = waiting(row(priority="P1", widened=True)), waiting(row(priority="P1"), policy=Policy(wave_size=2))
    assert all(job.dearer_by == math.inf for one in jobs for job in one.prepared(one.due(NOW, always), NOW))


def test_in_a_drill_every_wave_is_as_large_as_it_says() -> None:
    jobs = waiting(row(priority="P1", vulnerable=1), row(wave=4), policy=Policy(wave_size=1))
    assert [job.wave_size for job in jobs.prepared(jobs.due(NOW, always), NOW)] == [1, 1]


@pytest.mark.parametrize(
    ("hour", "quiet"), [("20:59", False), ("21:00", True), ("00:00", True), ("06:59", True), ("07:00", False)]
)
def test_quiet_hours(hour: str, quiet: bool) -> None:
    assert is_quiet(time.fromisoformat(hour)) is quiet


@pytest.mark.parametrize(
    ("hour", "tiers"), [(3, {"P1", "P2"}), (7, {"P1", "P2"}), (8, {"P1", "P2", "P3", "P4"}), (18, {"P1", "P2"})]
)
def test_who_may_be_asked_on_a_monday_at_this_local_hour(hour: int, tiers: set[str]) -> None:
    moment = datetime(2026, 3, 2, hour, tzinfo=OFFICE_HOURS.timezone).astimezone(UTC)
    assert {tier for tier in Priority if may_ask(tier, moment)} == tiers


def test_a_decision_names_who_was_asked_the_runners_up_and_what_the_cost_is_made_of() -> None:
    near, next_best, out = person(), person(home_lat=21.04, commune_code="00002"), person(skills=[])
    roster = roster_of(near, next_best, out)
    jobs = WaitingJobs(roster, COMMUNES, Policy(wave_size=1))
    jobs.put([row(skills=["network"])])
    prepared = jobs.prepared(jobs.due(NOW, always), NOW)
    picture = roster.picture(NOW)
    witness = Witness(prepared, picture, lambda position: roster.id_of(int(picture.people.row[position])), POLICY)
    matching = match(prepared, picture.people, POLICY, now=NOW)
    made = decisions(matching, distances_m(matching, witness), witness)
    first, second = orjson.loads(made[0].candidates)
    assert (first["responder_id"], first["offered"]) == (str(near["id"]), True)
    assert (second["responder_id"], second["offered"]) == (str(next_best["id"]), False)
    assert second["cost_minutes"] == pytest.approx(0.1 + POLICY.neighbour_minutes + 1.107 * 3.9, abs=0.02)
    assert orjson.loads(made[0].exclusions)["not_able"] == 1
