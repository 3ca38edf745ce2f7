"""The roster in memory: who may be asked at a moment, and why the others may not."""

from typing import Any
from uuid import UUID

import numpy as np
import pytest

from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.policy import Policy
from dispatch.matching.roster import Roster
from dispatch.matching.workload import local_day
from shared.ids import uuid7
from tests.unit.dispatch.towns import NOW, at_local, job_at

POLICY = Policy()
COMMUNES = Neighbourhood.of_centres(
    ["00001", "00002", "00003", "00004", "00005"],
    np.array([[0.0, 0.0], [2_000.0, 0.0], [0.0, 2_000.0], [2_100.0, 2_100.0], [60_000.0, 50_000.0]]),
    POLICY,
)


def person(**changed: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "contact_point_id": uuid7(),
        "commune_code": "00001",
        "home_lat": 21.03,
        "home_lon": 105.85,
        "position_lat": 0.0,
        "position_lon": 0.0,
        "position_at": 0.0,
        "last_offered_at": 0.0,
        "declined_at": 0.0,
        "complaints": 0,
        "complained_at": 0.0,
        "off_duty_until": 0.0,
        "counted_on": 0,
        "offers_today": 0,
        "accepted_today": 0,
        "offers_made": 0,
        "offers_answered": 0,
        "skills": ["network"],
        "languages": ["vi"],
        "capacity": 2,
        "load": 0,
        "active": True,
        "confirmed": True,
        "reachable": True,
        "remote": False,
    } | changed


def roster_of(*people: dict[str, Any], on_shift: bool = True) -> Roster:
    roster = Roster(COMMUNES, POLICY)
    roster.put(people)
    if on_shift:
        roster.put_windows([one["id"] for one in people], [window(one["id"]) for one in people])
    return roster


def window(responder_id: UUID, start: float = NOW - 3600, end: float = NOW + 3600) -> dict[str, Any]:
    return {"responder_id": responder_id, "starts_at": start, "ends_at": end}


def free(roster: Roster, now: float = NOW) -> list[UUID]:
    return [roster.id_of(int(row)) for row in roster.picture(now).people.row]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"load": 2}, "full"),
        ({"confirmed": False}, "phone_not_confirmed"),
        ({"reachable": False}, "unreachable"),
        ({"capacity": 0}, "full"),
    ],
)
def test_who_may_not_be_asked_is_counted_by_the_rule(changed: dict[str, Any], reason: str) -> None:
    good, bad = person(), person(**changed)
    roster = roster_of(good, bad)
    assert free(roster) == [good["id"]]
    assert roster.picture(NOW).exclusions[reason] == 1


def test_who_left_the_roster_is_not_even_counted() -> None:
    picture = roster_of(person(active=False)).picture(NOW)
    assert len(picture.people) == 0
    assert sum(picture.exclusions.values()) == 0


def test_everybody_is_counted_once_by_the_first_rule() -> None:
    roster = roster_of(person(load=2, confirmed=False), person())
    assert sum(roster.picture(NOW).exclusions.values()) == 1


@pytest.mark.parametrize(("now", "expected"), [(NOW - 3601, 0), (NOW - 3600, 1), (NOW + 3599, 1), (NOW + 3600, 0)])
def test_a_shift_is_half_open(now: float, expected: int) -> None:
    assert len(free(roster_of(person()), now)) == expected


def test_new_windows_replace_the_old_ones_of_these_people_only() -> None:
    one, other = person(), person()
    roster = roster_of(one, other)
    roster.put_windows([one["id"]], [])
    assert free(roster) == [other["id"]]


def test_an_open_offer_blocks_everybody_on_that_phone_and_its_end_frees_them() -> None:
    phone = uuid7()
    roster = roster_of(person(contact_point_id=phone), person(contact_point_id=phone), person())
    roster.put_pending([(phone, True)])
    picture = roster.picture(NOW)
    assert (len(picture.people), picture.exclusions["pending_offer"]) == (1, 2)
    roster.put_pending([(phone, False)])
    assert len(free(roster)) == 3


def test_what_was_offered_here_counts_before_it_is_read_back() -> None:
    roster = roster_of(person(), person())
    roster.offered([0], NOW)
    assert len(free(roster)) == 1
    roster.put_pending([], all_of_them=True)
    assert len(free(roster)) == 2


def test_enough_messages_for_now() -> None:
    one = person()
    roster = roster_of(one)
    roster.put_blocked([(one["contact_point_id"], NOW + 10)])
    assert roster.picture(NOW).exclusions["had_enough_messages"] == 1
    assert free(roster, NOW + 10) == [one["id"]]


@pytest.mark.parametrize(("minutes_ago", "fresh"), [(29, True), (31, False)])
def test_an_old_position_is_no_position(minutes_ago: float, fresh: bool) -> None:
    roster = roster_of(person(position_lat=20.9, position_lon=105.7, position_at=NOW - minutes_ago * 60))
    people = roster.picture(NOW).people
    assert (people.lat[0], people.lon[0]) == ((20.9, 105.7) if fresh else (21.03, 105.85))


def test_each_visit_of_the_day_makes_dearer_and_until_they_are_asked_some_of_yesterdays() -> None:
    today = local_day(NOW)
    counts = ((today, 0), (today, 1), (today, 4), (today - 1, 5), (today - 2, 9))
    people = roster_of(*(person(counted_on=day, accepted_today=count) for day, count in counts)).picture(NOW).people
    assert people.today_minutes.tolist() == pytest.approx([visits * POLICY.today_minutes for visits in (0, 1, 4, 1.5, 0)])


def test_whoever_stays_longer_has_visits_to_come_by_the_pace_of_everybody() -> None:
    """Two at work since eight, at ten: three visits in four hours, and an hour each on credit."""
    eight, ten = at_local("2026-03-02 08:00"), at_local("2026-03-02 10:00")
    stays, goes = (person(counted_on=local_day(ten), accepted_today=count) for count in (2, 1))
    roster = roster_of(stays, goes)
    roster.put_windows(
        [stays["id"], goes["id"]],
        [
            {"responder_id": one["id"], "starts_at": eight, "ends_at": ten + hours * 3600}
            for one, hours in ((stays, 4), (goes, 1))
        ],
    )
    people = roster.picture(ten).people
    hour = POLICY.today_minutes * POLICY.later_share * 3 / (4 + 2)
    assert people.later_minutes.tolist() == pytest.approx([4 * hour, 1 * hour])


@pytest.mark.parametrize(
    ("made", "answered", "silence"), [(0, 0, 0), (1, 1, 0), (10, 8, 0.2), (10, 4, 1), (3, 0, 1.5), (500, 0, 4), (1000, 500, 1)]
)
def test_questions_without_an_answer_make_dearer_and_who_is_new_has_two_answers_on_credit(
    made: int, answered: int, silence: float
) -> None:
    people = roster_of(person(offers_made=made, offers_answered=answered)).picture(NOW).people
    assert people.silence_minutes.tolist() == pytest.approx([silence * POLICY.silence_minutes], rel=0.01)


def test_who_was_not_seen_in_a_reading_of_everything_is_gone() -> None:
    stays, goes = person(), person()
    roster = roster_of(stays, goes)
    roster.sweep += 1
    roster.put([stays])
    roster.forget_unseen()
    assert free(roster) == [stays["id"]]


def test_it_grows_and_overwrites() -> None:
    people = [person() for _ in range(3_000)]
    roster = roster_of(*people)
    roster.put([people[0] | {"load": 2}])
    assert len(roster) == 3_000
    assert len(free(roster)) == 2_999


def test_a_picture_is_a_copy() -> None:
    roster = roster_of(person())
    picture = roster.picture(NOW)
    roster.offered([0], NOW)
    assert picture.people.free.all()
    assert picture.people.today_minutes[0] == 0


def test_somebody_soon_is_a_reason_to_wait() -> None:
    one, skilled = person(skills=[]), person()
    roster = roster_of(one, skilled)
    needs = job_at(0, 0, skills=roster.skills.mask(["network"]))
    assert not roster_of(one).picture(NOW).somebody_soon(needs, NOW, 60)
    roster.put_pending([(skilled["contact_point_id"], True)])
    assert roster.picture(NOW).somebody_soon(needs, NOW, 60)
    excluding = job_at(0, 0, skills=needs.skills, excluded=[1])
    assert not roster.picture(NOW).somebody_soon(excluding, NOW, 60)


def test_somebody_just_taken_is_a_reason_to_wait_but_not_when_the_shift_is_too_short() -> None:
    roster = roster_of(person())
    picture = roster.picture(NOW)
    picture.people.take(0)
    assert picture.somebody_soon(job_at(0, 0), NOW, 60)
    assert not picture.somebody_soon(job_at(0, 0), NOW, 7200)


def test_somebody_on_shift_looks_at_skills_only() -> None:
    roster = roster_of(person(load=2))
    assert roster.picture(NOW).somebody_on_shift(job_at(0, 0, skills=roster.skills.mask(["network"])))
    assert not roster.picture(NOW).somebody_on_shift(job_at(0, 0, skills=roster.skills.mask(["signature"])))


def test_spill_over_costs_nothing_at_home_little_next_door_more_elsewhere() -> None:
    home, next_door, far = (COMMUNES.of(code) for code in ("00001", "00002", "00005"))
    assert COMMUNES.spill_over[home, home] == 0
    assert COMMUNES.spill_over[home, next_door] == COMMUNES.spill_over[next_door, home] == POLICY.neighbour_minutes
    assert COMMUNES.spill_over[home, far] == POLICY.elsewhere_minutes
    unknown = COMMUNES.of("99999")
    assert COMMUNES.spill_over[unknown, unknown] == POLICY.elsewhere_minutes


def test_skills_are_bits() -> None:
    roster = roster_of(person())
    both = roster.skills.mask(["a", "b", "a"])
    assert both == roster.skills.mask(["a"]) | roster.skills.mask(["b"])
    assert roster.skills.mask([]) == 0


def test_a_renewed_picture_has_the_same_trees_and_everybody_as_they_stand_now() -> None:
    an, binh = person(), person()
    roster = roster_of(an, binh)
    drawn = roster.picture(NOW)
    tree = drawn.people.able_to(0).tree
    roster.put([{**an, "load": 2}])
    roster.put_windows([binh["id"]], [window(binh["id"], end=NOW + 60)])
    renewed, missing = roster.renewed(drawn, NOW)
    assert renewed.people.able_to(0).tree is tree
    assert renewed.people.free.tolist() == [False, True]
    assert renewed.people.shift_ends_at[1] == NOW + 60
    assert renewed.exclusions["full"] == 1
    assert missing == 0


def test_who_came_free_since_it_was_drawn_is_missing_and_counted() -> None:
    an, binh = person(load=2), person()
    roster = roster_of(an, binh)
    drawn = roster.picture(NOW)
    roster.put([{**an, "load": 0}])
    assert roster.renewed(drawn, NOW)[1] == 1


@pytest.mark.parametrize("change", [{"home_lat": 21.04}, {"skills": []}, {"commune_code": "00002"}, {"position_lat": 21.0}])
def test_whoever_moved_or_learned_something_makes_a_new_picture_due(change: dict[str, Any]) -> None:
    an = person()
    roster = roster_of(an)
    roster.picture(NOW)
    roster.put([{**an, "load": 1}])
    assert not roster.moved
    roster.put([{**an, **change}])
    assert roster.moved


def test_who_is_engaged_when_a_picture_is_renewed_is_not_taken_for_somebody_who_is_free_soon() -> None:
    an = person(capacity=1)
    roster = roster_of(an)
    drawn = roster.picture(NOW)
    roster.put([{**an, "load": 1}])
    renewed, _ = roster.renewed(drawn, NOW)
    assert not renewed.somebody_soon(job_at(0.0, 0.0), NOW, 0.0)


def test_who_was_planned_for_and_let_go_is_free_again() -> None:
    an = person()
    roster = roster_of(an)
    roster.offered([0], NOW)
    assert free(roster) == []
    roster.let_go([an["id"]])
    assert free(roster) == [an["id"]]
