"""One visit for several requests: every move of the one, of one of them, and of the whole; nobody rides along with nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.faults.group import MOVES, IllegalGroupMove, MemberStatus, dismissed, jobs_of, moved
from dispatch.jobs import visiting
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.offer import OfferClosed
from dispatch.jobs.together import accept, amend, confirm, do, part, settle, split, stop
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Place, Priority
from shared.events.groups import GroupStatus
from tests.support.dispatching import NOW, a_case, a_request, told
from tests.unit.dispatch.groups import a_group, confirmed, head_of, offered, statuses, taken, waiting

S = JobStatus


def test_confirmed_they_are_one_visit_and_everybody_is_told() -> None:
    urgent = a_case(S.PENDING, asked=1, priority=Priority.P1)
    fellowship = confirmed(*waiting(2), urgent)
    assert head_of(fellowship) is urgent
    assert {case.job.group_id for case in fellowship.cases} == {fellowship.group.id}
    assert [case.job.rides for case in fellowship.cases].count(True) == 2
    for case in fellowship.cases:
        assert told(case) == ["job.grouped"]
        body = case.events[0].body
        assert (body.job.shared_by, [one.role for one in body.recipients]) == (3, ["resident"])  # type: ignore[attr-defined]
    assert [event.type for event in fellowship.events] == ["group.confirmed"]
    assert len(fellowship.events[0].body.group.requests) == 3  # type: ignore[attr-defined]


def test_who_was_asked_about_one_of_them_is_asked_anew_and_a_late_yes_gets_neither_one_nor_all() -> None:
    case = a_case(S.OFFERED, asked=2)
    confirmed(case, *waiting(2))
    assert {offer.status for offer in case.offers.values()} == {OfferStatus.WITHDRAWN}
    reasons = [event.body.reason for event in case.events if event.type == "offer.withdrawn"]  # type: ignore[attr-defined]
    assert reasons == ["regrouped"] * 2
    late = case.put(replace(next(iter(case.offers.values())), id=uuid4(), status=OfferStatus.EXPIRED))
    with pytest.raises(OfferClosed, match="regrouped"):
        accept(case, late)


def test_one_yes_takes_all_that_wait_counts_once_and_each_is_told() -> None:
    fellowship, head, offer = taken()
    assert statuses(fellowship) == ["accepted"] * 3
    assert {case.job.responder_id for case in fellowship.cases} == {offer.responder_id}
    assert head.responder(offer.responder_id).load == 1  # type: ignore[arg-type]
    for case in fellowship.cases:
        [event] = [event for event in case.events if event.type == "assignment.accepted"]
        assert sorted(one.role for one in event.body.recipients) == ["resident"]  # type: ignore[attr-defined]
    assert len(head.answered) == 1


def test_whom_a_person_ruled_out_for_one_of_them_does_not_get_that_one() -> None:
    fellowship = confirmed(*waiting())
    head, offer = offered(fellowship)
    other = next(case for case in fellowship.cases if case is not head)
    other.job = replace(other.job, barred=(offer.responder_id,))  # type: ignore[arg-type]
    accept(head, offer)
    settle(fellowship, NOW)
    assert (other.job.status, other.job.group_id) == (S.PENDING, None)
    assert statuses(fellowship).count("accepted") == 2


def test_the_place_is_free_again_with_the_last_of_them() -> None:
    fellowship, head, offer = taken()
    for case in fellowship.cases:
        assert head.responder(offer.responder_id).load == 1  # type: ignore[arg-type]
        visiting.done(case, Outcome.SOLVED)
    settle(fellowship, NOW)
    assert head.responder(offer.responder_id).load == 0  # type: ignore[arg-type]
    assert {case.offers[offer.id].status for case in fellowship.cases} == {OfferStatus.COMPLETED}
    assert fellowship.group.status is GroupStatus.OVER
    assert [event.type for event in fellowship.events] == ["group.confirmed", "group.ended"]


def test_one_of_them_is_given_back_and_goes_alone_while_the_visit_goes_on() -> None:
    fellowship, head, offer = taken()
    visiting.release(head)
    settle(fellowship, NOW)
    assert (head.job.status, head.job.group_id, head.job.visit, head.winning_offer()) == (S.PENDING, None, 1, None)
    assert statuses(fellowship).count("accepted") == 2
    assert head.offers[offer.id].status is OfferStatus.ACCEPTED
    assert fellowship.group.members[head.job.id].status is MemberStatus.OUT


def test_a_word_without_a_number_gives_all_of_them_back_and_they_stay_together() -> None:
    fellowship, head, offer = taken()
    do(fellowship.cases[1], visiting.release, whole=True)
    settle(fellowship, NOW)
    assert statuses(fellowship) == ["pending"] * 3
    assert all(offer.responder_id in case.job.excluded for case in fellowship.cases)
    assert head_of(fellowship) is head
    assert head.offers[offer.id].status is OfferStatus.RELEASED
    assert head.responder(offer.responder_id).load == 0  # type: ignore[arg-type]


def test_a_word_that_fits_only_some_is_for_those_and_one_that_fits_none_is_refused() -> None:
    fellowship, head, _ = taken()
    for case in fellowship.cases:
        case.job = replace(case.job, visit_consent=True)
    visiting.on_scene(head)
    do(head, visiting.en_route, whole=True)
    assert sorted(statuses(fellowship)) == ["en_route", "en_route", "on_scene"]
    do(head, visiting.on_scene, whole=True)
    with pytest.raises(Refused, match="job_on_scene"):
        do(head, visiting.en_route, whole=True)


@pytest.mark.parametrize("end", [visiting.cancel, lambda case: part(case, "split")], ids=["cancelled", "taken out"])
def test_when_the_offered_one_goes_another_is_offered(end: Callable[[Case], None]) -> None:
    fellowship = confirmed(*waiting())
    head, offer = offered(fellowship)
    end(head)
    settle(fellowship, NOW)
    other = next(case for case in fellowship.cases if case is not head and not case.job.rides)
    assert (other.job.status, other.job.shared_by) == (S.PENDING, 2)
    assert head.offers[offer.id].status is OfferStatus.WITHDRAWN


def test_a_doubtful_visit_stops_for_all_and_only_that_one_is_frozen() -> None:
    fellowship, head, offer = taken()
    stop(head, "refused")
    settle(fellowship, NOW)
    assert sorted(statuses(fellowship)) == ["frozen", "pending", "pending"]
    assert head.responder(offer.responder_id).load == 0  # type: ignore[arg-type]
    assert head.job.group_id is None
    others = [case for case in fellowship.cases if case is not head]
    assert all(case.job.visit == 1 and offer.responder_id in case.job.excluded for case in others)
    assert [case.events[-1].body.reason for case in others] == ["frozen", "frozen"]  # type: ignore[attr-defined]


def test_a_request_that_turns_out_to_be_elsewhere_is_helped_on_its_own() -> None:
    fellowship = confirmed(*waiting())
    case = fellowship.cases[1]
    changed = a_request(request_id=case.job.request_id, version=2, place=Place(lat=21.1, lon=105.9))
    amend(case, changed, [])
    settle(fellowship, NOW)
    assert (case.job.group_id, case.job.rides, told(case)[-1]) == (None, False, "job.ungrouped")
    assert head_of(fellowship).job.shared_by == 2


def test_whoever_calls_when_somebody_is_on_the_way_already_joins_that_visit() -> None:
    on_the_way, caller = a_case(S.EN_ROUTE, asked=1), a_case(S.OFFERED, asked=1)
    fellowship = confirmed(on_the_way, caller)
    assert head_of(fellowship) is on_the_way
    assert (caller.job.status, caller.job.responder_id) == (S.ACCEPTED, on_the_way.job.responder_id)
    assert on_the_way.responder(on_the_way.job.responder_id).load == 1  # type: ignore[arg-type]
    [winner] = on_the_way.having(OfferKind.VISIT, OfferStatus.ACCEPTED)
    assert winner.group_id == fellowship.group.id
    assert caller.winning_offer() == winner


def test_of_two_that_are_taken_by_different_people_one_stays_apart() -> None:
    first = a_case(S.ACCEPTED, asked=1, accepted_at=NOW)
    second = a_case(S.ACCEPTED, asked=1, accepted_at=NOW + timedelta(seconds=9))
    fellowship = confirmed(first, second, *waiting(1))
    assert second.job.group_id is None
    assert fellowship.group.members[second.job.id].status is MemberStatus.OUT
    assert len(jobs_of(fellowship.group, MemberStatus.IN)) == 2


@pytest.mark.parametrize("left", [[], [S.PENDING], [S.ACCEPTED, S.ACCEPTED], [S.FROZEN, S.PENDING]])
def test_fewer_than_two_are_no_group(left: list[JobStatus]) -> None:
    cases = [a_case(status, asked=1) for status in left]
    fellowship = Fellowship(a_group(*cases))
    with pytest.raises(Refused, match="fewer_than_two"):
        confirm(fellowship, cases, NOW)
    assert all(not case.events for case in cases)


def test_taken_apart_before_somebody_comes_each_waits_on_its_own() -> None:
    fellowship = confirmed(*waiting())
    head, offer = offered(fellowship)
    split(fellowship, NOW)
    settle(fellowship, NOW)
    assert {(case.job.status, case.job.group_id, case.job.rides) for case in fellowship.cases} == {(S.PENDING, None, False)}
    assert head.offers[offer.id].status is OfferStatus.WITHDRAWN
    assert fellowship.group.status is GroupStatus.SPLIT


def test_taken_apart_on_the_way_whoever_comes_keeps_the_one_they_were_asked_about() -> None:
    fellowship, head, offer = taken()
    split(fellowship, NOW)
    settle(fellowship, NOW)
    assert [case.job.status for case in fellowship.cases if case is not head] == [S.PENDING, S.PENDING]
    assert (head.job.status, head.winning_offer()) == (S.ACCEPTED, offer)
    assert fellowship.group.status is GroupStatus.CONFIRMED
    visiting.done(head, Outcome.SOLVED)
    settle(fellowship, NOW)
    assert fellowship.group.status is GroupStatus.OVER


@pytest.mark.parametrize(("status", "target"), [(one, other) for one in GroupStatus for other in GroupStatus])
def test_every_move_of_a_group_stands_in_the_table(status: GroupStatus, target: GroupStatus) -> None:
    group = replace(a_group(), status=status)
    if target in MOVES.get(status, ()):
        assert moved(group, target).status is target
    else:
        with pytest.raises(IllegalGroupMove, match=f"group_{status}"):
            moved(group, target)


def test_of_a_dismissed_group_nobody_is_proposed_again() -> None:
    group = dismissed(a_group(*waiting()))
    assert {member.status for member in group.members.values()} == {MemberStatus.OUT}
