"""Who has a visit is looked after: on their way? all well? And an alarm ends only by a person."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dispatch.jobs import visiting, watching
from dispatch.jobs.aftercare import SIGN_SECONDS, Alarm, Asked
from dispatch.jobs.alarming import calm, remind, sos
from dispatch.jobs.answering import accept
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Level
from dispatch.jobs.reporting import report
from dispatch.jobs.timer import TimerKind
from shared.events.assignments import AssignmentChanged, JobStatus, OfferStatus, Outcome
from shared.events.contract import Priority, Role
from shared.events.registry import EventType
from tests.support.dispatching import NOW, a_case, leads, told
from tests.unit.dispatch.groups import taken

S = JobStatus
SEATS = leads(*Level)


def moments(case: Case, kind: TimerKind = TimerKind.WATCH) -> list[datetime]:
    return [due.due_at for due in case.timers if due.kind is kind]


def roles(case: Case) -> list[Role]:
    body = case.events[-1].body
    assert isinstance(body, AssignmentChanged)
    return [one.role for one in body.recipients]


def accepted(*, late: bool = False, visit_consent: bool | None = True) -> Case:
    case = a_case(S.OFFERED, visit_consent=visit_consent)
    offer = next(iter(case.offers.values()))
    if late:
        offer = case.put(replace(offer, status=OfferStatus.EXPIRED))
    accept(case, offer)
    case.events.clear()
    return case


def go_to(case: Case, moment: datetime | None) -> None:
    assert moment is not None
    case.now = moment
    watching.look(case, SEATS)


def test_a_yes_says_when_to_look_and_costs_no_timer_of_its_own() -> None:
    case = accepted()
    assert case.job.aftercare.watch_at == NOW + timedelta(seconds=SIGN_SECONDS[Priority.P2])
    assert moments(case) == []


def test_a_late_yes_has_no_lease_left_whose_timer_could_set_it() -> None:
    case = accepted(late=True)
    assert moments(case) == [case.job.aftercare.watch_at]


def test_nobody_is_asked_to_go_before_the_resident_has_agreed() -> None:
    assert accepted(visit_consent=None).job.aftercare.watch_at is None


def test_who_shows_no_sign_of_life_is_asked_and_then_replaced() -> None:
    case = accepted()
    helper = case.job.responder_id
    go_to(case, case.job.aftercare.watch_at)
    assert (told(case), roles(case), case.job.aftercare.asked) == (["assignment.asked"], [Role.RESPONDER], Asked.GOING)
    assert moments(case) == [case.job.aftercare.watch_at]
    go_to(case, case.job.aftercare.watch_at)
    body = case.events[-1].body
    assert isinstance(body, AssignmentChanged)
    assert (case.events[-1].type, body.reason) == (EventType.ASSIGNMENT_RELEASED, "no_sign")
    assert (case.job.status, case.job.excluded, case.job.visit) == (S.PENDING, (helper,), 1)
    assert sorted(roles(case)) == [Role.RESIDENT, Role.RESPONDER]


def test_a_yes_or_setting_out_is_a_sign_of_life() -> None:
    case = accepted()
    go_to(case, case.job.aftercare.watch_at)
    watching.going(case)
    assert case.job.aftercare.asked is None
    assert case.job.aftercare.watch_at == case.now + timedelta(seconds=SIGN_SECONDS[Priority.P2])
    visiting.en_route(case)
    assert case.job.aftercare.watch_at == case.now + timedelta(hours=1)  # by then they are there, or are asked


@pytest.mark.parametrize("early", [timedelta(seconds=1), timedelta(minutes=20)])
def test_a_timer_that_comes_early_changes_nothing(early: timedelta) -> None:
    case = accepted()
    assert case.job.aftercare.watch_at is not None
    before = case.job
    go_to(case, case.job.aftercare.watch_at - early)
    assert case.job == before


def on_scene() -> Case:
    case = a_case(S.EN_ROUTE)
    visiting.on_scene(case)
    case.events.clear()
    return case


def test_after_a_while_on_scene_asked_then_called_then_the_ward_lead_is_told() -> None:
    case = on_scene()
    assert case.job.aftercare.watch_at == NOW + timedelta(minutes=45)
    for step in ("assignment.asked", "assignment.silent", "job.alarmed"):
        assert moments(case)[-1] == case.job.aftercare.watch_at
        go_to(case, case.job.aftercare.watch_at)
        assert told(case)[-1] == step
    assert roles(case) == [Role.LEAD, Role.LEAD]
    assert (case.job.aftercare.alarm, case.job.status) == (Alarm.SILENT, S.ON_SCENE)


def on_the_way() -> Case:
    case = a_case(S.ACCEPTED, visit_consent=True)
    visiting.en_route(case)
    case.events.clear()
    return case


def test_who_never_arrives_is_asked_then_called_then_the_ward_lead_is_told() -> None:
    case = on_the_way()
    for step in ("assignment.asked", "assignment.silent", "job.alarmed"):
        assert moments(case)[-1] == case.job.aftercare.watch_at
        go_to(case, case.job.aftercare.watch_at)
        assert told(case)[-1] == step
    assert (case.job.aftercare.alarm, case.job.status) == (Alarm.SILENT, S.EN_ROUTE)
    calm(case)
    assert moments(case)[-1] == case.job.aftercare.watch_at == case.now + timedelta(hours=1), "safe, and still on the way"


def test_who_says_again_that_they_are_on_the_way_is_asked_later_once_more() -> None:
    case = on_the_way()
    before = case.job
    watching.on_the_way(case)
    assert case.job == before  # unasked it is no news
    go_to(case, case.job.aftercare.watch_at)
    go_to(case, case.job.aftercare.watch_at)
    watching.on_the_way(case)
    assert told(case) == ["assignment.asked", "assignment.silent", "assignment.well"]
    assert (case.job.aftercare.asked, case.job.aftercare.watch_at) == (None, case.now + timedelta(hours=1))


def test_who_is_there_after_all_need_not_be_called() -> None:
    case = on_the_way()
    go_to(case, case.job.aftercare.watch_at)
    go_to(case, case.job.aftercare.watch_at)
    visiting.on_scene(case)
    assert told(case)[-2:] == ["assignment.on_scene", "assignment.well"]
    assert case.job.aftercare.asked is None


def test_one_person_on_the_way_to_several_is_asked_once() -> None:
    fellowship, *_ = taken()
    for case in fellowship.cases:
        case.job = replace(case.job, visit_consent=True)
        visiting.en_route(case)
        case.events.clear()
    due = fellowship.cases[0].job.aftercare.watch_at
    for case in fellowship.cases:
        go_to(case, due)
    assert sorted(told(case) for case in fellowship.cases) == [[], [], ["assignment.asked"]]
    assert all(case.job.aftercare.watch_at != due and moments(case) for case in fellowship.cases)
    for case in fellowship.cases:  # a timer that rings cannot move itself: it would be taken back with what it did, for ever
        guards = [one.guard for one in case.timers if one.kind is TimerKind.WATCH]
        assert len(set(guards)) == len(set(moments(case)))


def test_all_well_is_asked_again_later_and_needs_no_call_any_more() -> None:
    case = on_scene()
    go_to(case, case.job.aftercare.watch_at)
    go_to(case, case.job.aftercare.watch_at)
    watching.well(case)
    assert told(case)[-1] == "assignment.well"
    assert case.job.aftercare.watch_at == case.now + timedelta(minutes=45)
    go_to(case, case.job.aftercare.watch_at)
    assert told(case)[-1] == "assignment.asked"


def test_who_is_done_is_not_asked() -> None:
    case = on_scene()
    moment = case.job.aftercare.watch_at
    report(case, Outcome.SOLVED)
    case.events.clear()
    go_to(case, moment)
    assert told(case) == []


@pytest.mark.parametrize("status", list(JobStatus))
def test_sos_is_never_refused_and_ends_only_by_a_person(status: JobStatus) -> None:
    case = a_case(status)
    sos(case, SEATS, case.resident())
    assert sorted(roles(case)) == [Role.LEAD, Role.LEAD, Role.RESIDENT]
    for act in (visiting.cancel, watching.well):
        act(case)
    assert case.job.aftercare.alarm is Alarm.SOS
    calm(case)
    assert (case.job.aftercare.alarm, told(case)[-1]) == (None, "job.calmed")


def test_done_does_not_end_an_alarm() -> None:
    case = on_scene()
    sos(case, SEATS, case.owner())
    report(case, Outcome.SOLVED)
    assert (case.job.status, case.job.aftercare.alarm) == (S.DONE, Alarm.SOS)


def test_sos_once_more_is_answered_to_who_wrote_it() -> None:
    case = on_scene()
    sos(case, SEATS, case.owner())
    sos(case, SEATS, case.owner())
    assert roles(case) == [Role.RESPONDER]


def test_until_somebody_ends_it_all_who_answer_are_told_ever_more_rarely() -> None:
    case = on_scene()
    sos(case, SEATS, case.owner())
    gaps = []
    for _ in range(3):
        due = moments(case, TimerKind.ALARM)[-1]
        gaps.append(due - case.now)
        case.now = due
        remind(case, SEATS)
        assert roles(case) == [Role.LEAD] * 3
    assert gaps == [timedelta(minutes=10), timedelta(minutes=10), timedelta(minutes=20)]
    calm(case)
    case.events.clear()
    remind(case, SEATS)
    assert told(case) == []
