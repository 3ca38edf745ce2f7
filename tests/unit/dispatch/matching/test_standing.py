"""Who may be asked by the policy, counted by what a job needs; and a job that nobody can take says which rule stops whom."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from dispatch.matching.assignment import match
from dispatch.matching.decision import Decision, Witness, decisions, distances_m
from dispatch.matching.policy import Policy
from dispatch.matching.roster import Roster
from dispatch.matching.waiting import WaitingJobs
from dispatch.matching.workload import local_day
from shared.ids import uuid7
from tests.unit.dispatch.matching.test_roster import COMMUNES, free, person, roster_of, window
from tests.unit.dispatch.matching.test_waiting import always, row
from tests.unit.dispatch.towns import NOW

POLICY = Policy()
TODAY = local_day(NOW)
COOL = POLICY.cool_down_minutes * 60


def explained(roster: Roster, *rows: dict[str, Any]) -> tuple[dict[int, Decision], list[dict[str, int]]]:
    jobs = WaitingJobs(roster, COMMUNES, Policy(wave_size=1))
    jobs.put(rows)
    prepared = jobs.prepared(jobs.due(NOW, always), NOW)
    picture = roster.picture(NOW)
    witness = Witness(prepared, picture, lambda position: roster.id_of(int(picture.people.row[position])), POLICY)
    matching = match(prepared, picture.people, POLICY, now=NOW)
    made = decisions(matching, distances_m(matching, witness), witness)
    return made, [orjson.loads(made[job].exclusions) for job in sorted(made)]


@pytest.mark.parametrize(("ago", "asked"), [(COOL - 1, False), (COOL, True)])
def test_whoever_has_just_said_no_is_left_in_peace(ago: float, asked: bool) -> None:
    an = person(declined_at=NOW - ago)
    assert (free(roster_of(an)) == [an["id"]]) is asked


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"offers_today": 39, "capacity": 1}, True),
        ({"offers_today": 40, "capacity": 1}, False),
        ({"offers_today": 40, "capacity": 2}, True),  # a team has two places
        ({"accepted_today": 10, "capacity": 1}, False),
        ({"offers_today": 40, "capacity": 1, "counted_on": TODAY - 1}, True),  # yesterday
    ],
)
def test_a_day_has_a_cap_for_each_place(changed: dict[str, Any], asked: bool) -> None:
    an = person(**{"counted_on": TODAY, **changed})
    assert bool(free(roster_of(an))) is asked


def test_what_is_planned_counts_into_the_day_and_what_is_let_go_does_not() -> None:
    an = person(counted_on=TODAY - 1, offers_today=40, accepted_today=10, capacity=1)
    roster = Roster(COMMUNES, Policy(offers_a_day=1))
    roster.put([an])
    roster.put_windows([an["id"]], [window(an["id"])])
    roster.offered([0], NOW)
    roster.put_pending([(an["contact_point_id"], False)])
    assert (free(roster), roster.picture(NOW).exclusions) == ([], {"day_cap": 1})
    roster.let_go([an["id"]])
    assert free(roster) == [an["id"]]


def test_the_local_day_begins_at_midnight_in_hanoi() -> None:
    midnight = datetime(2026, 3, 2, 17, 0, tzinfo=UTC).timestamp()
    assert (local_day(midnight - 1), local_day(midnight)) == (
        datetime(2026, 3, 2, tzinfo=UTC).toordinal(),
        datetime(2026, 3, 3, tzinfo=UTC).toordinal(),
    )


def test_every_rule_is_counted_among_those_who_can_do_it() -> None:
    phone, barred = uuid7(), person()
    people = [
        person(confirmed=False),
        person(load=2),
        person(contact_point_id=phone),
        person(declined_at=NOW),
        person(offers_today=99, counted_on=TODAY),
        person(skills=[]),
        person(skills=[], load=2),  # not able, and whatever else does not matter
        person(active=False),
        barred,
    ]
    short, off = person(), person()
    roster = roster_of(*people, short, off)
    roster.put_windows([short["id"]], [window(short["id"], end=NOW + 20 * 60)])
    roster.put_windows([off["id"]], [])
    roster.put_pending([(phone, True)])
    _, [why] = explained(roster, row(skills=["network"], excluded=[barred["id"]]))
    assert why == {
        "off_shift": 1,
        "phone_not_confirmed": 1,
        "full": 1,
        "cooling_down": 1,
        "day_cap": 1,
        "pending_offer": 1,
        "shift_too_short": 1,
        "excluded": 1,
        "not_able": 2,
    }
    assert sum(why.values()) == 10


def test_who_is_stopped_by_several_rules_is_counted_by_the_first() -> None:
    phone = uuid7()
    roster = roster_of(person(load=2, declined_at=NOW, contact_point_id=phone), person(confirmed=False, load=2))
    roster.put_pending([(phone, True)])
    assert roster.picture(NOW).exclusions == {"full": 1, "phone_not_confirmed": 1}


def test_whoever_was_given_to_another_job_is_counted_and_named() -> None:
    an = person()
    made, [first, second] = explained(roster_of(an), row(waiting_since=NOW - 900), row(waiting_since=NOW - 60))
    assert (first, second) == ({"not_able": 0}, {"pending_offer": 1, "not_able": 0})
    [candidate] = orjson.loads(made[1].candidates)
    assert (candidate["responder_id"], candidate["offered"]) == (str(an["id"]), False)


def test_what_was_explained_is_not_explained_at_each_retry() -> None:
    roster = roster_of(person(skills=[]))
    jobs = WaitingJobs(roster, COMMUNES, POLICY)
    lonely = row(skills=["network"])
    jobs.put([lonely])
    ids: UUID = lonely["id"]

    def wanted(now: float) -> bool:
        [job] = jobs.prepared(jobs.due(now, always), now)
        return job.unexplained

    assert wanted(NOW)
    assert jobs.news({ids: (0, 0, frozenset({"full"}))}, NOW) == [ids]
    assert not wanted(NOW + 599)
    assert wanted(NOW + 600)
    assert jobs.news({ids: (0, 0, frozenset({"full"}))}, NOW + 600) == []  # still the same
    assert jobs.news({ids: (0, 0, frozenset({"off_shift"}))}, NOW + 1200) == [ids]
    jobs.put([lonely | {"version": 2, "wave": 1}])
    assert wanted(NOW + 1201)
