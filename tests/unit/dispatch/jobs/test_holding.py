"""A job under an incident, in every status: held once, asked once, and closed by a word of its resident alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.jobs.aftercare import Wait
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Level
from dispatch.jobs.holding import NotAsked, answer_until, answered, ask_whether_it_works, check_id, hold
from dispatch.jobs.job import OPEN
from dispatch.jobs.news import Truth, truth
from dispatch.jobs.offer import Offer
from dispatch.jobs.pausing import resume
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Priority
from shared.pauses import Pause
from tests.support.dispatching import NOW, a_case, an_offer, leads, told

S = JobStatus
INCIDENT = uuid4()


def held(**changes: object) -> Case:
    case = a_case(S.PENDING, **changes)  # type: ignore[arg-type]
    hold(case, INCIDENT)
    return case


def asked(**changes: object) -> Case:
    case = held(**changes)
    ask_whether_it_works(case)
    return case


@pytest.mark.parametrize("status", S)
def test_only_what_nobody_has_is_held(status: JobStatus) -> None:
    case = a_case(status)
    before = case.job
    hold(case, INCIDENT)
    if status not in OPEN:
        assert (case.job, told(case)) == (before, [])
        return
    assert (case.job.status, case.job.pause, case.job.paused_at) == (S.PENDING, Pause.INCIDENT, NOW)
    assert case.job.not_before == NOW + timedelta(days=2)  # at the latest
    assert [(due.kind, due.due_at) for due in case.timers] == [("open", case.job.not_before)]
    assert not case.having(OfferKind.VISIT, OfferStatus.PENDING)
    withdrawn = 3 if status is S.OFFERED else 0
    assert told(case) == ["clock.paused", *["offer.withdrawn"] * withdrawn]


@pytest.mark.parametrize("reason", [Pause.RESIDENT_LATER, Pause.WAITING_OFFICE])
def test_what_waits_for_something_else_is_left_alone(reason: Pause) -> None:
    case = a_case(S.PENDING, pause=reason, paused_at=NOW, not_before=NOW + timedelta(hours=3))
    hold(case, INCIDENT)
    assert (case.job.pause, told(case)) == (reason, [])


def test_who_waits_for_another_hour_after_a_visit_is_left_alone() -> None:
    case = a_case(S.PENDING, not_before=NOW + timedelta(hours=3))
    case.job = replace(case.job, aftercare=replace(case.job.aftercare, waits_for=Wait.ABSENT))
    hold(case, INCIDENT)
    assert (case.job.pause, told(case)) == (None, [])


def test_what_a_lead_has_taken_care_of_is_left_alone() -> None:
    case = a_case(S.PENDING)
    level, [lead] = Level.WARD_LEAD, leads(Level.WARD_LEAD)
    mine: Offer = an_offer(case.job, None, kind=OfferKind.ESCALATION, level=level, status=OfferStatus.ACCEPTED)
    case.put(replace(mine, contact_point_id=lead.contact.id))
    hold(case, INCIDENT)
    assert (case.job.pause, told(case)) == (None, [])


def test_the_same_incident_holds_a_job_once_and_another_one_again() -> None:
    case = held()
    case.now = NOW + timedelta(days=2)
    resume(case)
    assert case.job.pause is None
    hold(case, INCIDENT)
    assert case.job.pause is None
    hold(case, uuid4())
    assert (case.job.pause, case.job.aftercare.check) == (Pause.INCIDENT, None)


def test_the_promises_are_later_by_what_it_was_held() -> None:
    case = held()
    case.now = NOW + timedelta(hours=5)
    answered(case, works=False)
    assert (case.job.pause, case.job.held_seconds) == (None, 5 * 3600.0)


@pytest.mark.parametrize(("priority", "hours"), [(Priority.P1, 0.25), (Priority.P2, 1), (Priority.P3, 4), (Priority.P4, 4)])
def test_who_was_held_is_asked_once_and_has_so_long(priority: Priority, hours: float) -> None:
    case = asked(priority=priority)
    ask_whether_it_works(case)
    until = NOW + timedelta(hours=hours)
    assert told(case) == ["clock.paused", "job.questioned"]
    assert (case.job.not_before, case.job.pause) == (until, Pause.INCIDENT)
    assert case.job.aftercare.check == check_id(INCIDENT, case.job.id)
    [*_, due] = case.timers
    assert (due.kind, due.due_at) == ("open", until)


def test_at_night_the_time_for_an_answer_begins_in_the_morning() -> None:
    late = NOW.replace(hour=16)  # eleven at night in Hanoi
    until = answer_until(Priority.P3, late)
    assert until - late > timedelta(hours=8)
    assert answer_until(Priority.P2, late) == late + timedelta(hours=1)


@pytest.mark.parametrize("status", S)
def test_what_an_answer_does_in_every_status(status: JobStatus) -> None:
    """ "It works" ends only what nobody has; "it does not" changes nothing that goes on already."""
    for works in (True, False):
        case = a_case(status)
        case.job = replace(case.job, aftercare=replace(case.job.aftercare, incident=INCIDENT, check=uuid4()))
        if status not in OPEN:
            with pytest.raises(NotAsked):
                answered(case, works=works)
            continue
        answered(case, works=works)
        if works:
            assert (case.job.status, case.job.outcome, case.job.closed_at) == (S.DONE, Outcome.SOLVED, NOW)
            assert told(case)[0] == "assignment.done"
            assert not case.having(OfferKind.VISIT, OfferStatus.PENDING)
        else:
            assert (case.job.status, told(case)) == (status, [])


def test_it_works_closes_it_with_its_reason_and_twice_is_once() -> None:
    case = asked()
    case.now = NOW + timedelta(hours=2)
    for _ in range(2):
        answered(case, works=True, ask_id=case.job.aftercare.check)
    assert told(case) == ["clock.paused", "job.questioned", "clock.resumed", "assignment.done"]
    resumed, done = (event.body.model_dump() for event in case.events[-2:])
    assert (resumed["recipients"], resumed["since"], done["job"]["held_seconds"]) == ((), NOW, 7200.0)
    assert case.events[-1].body.model_dump()["reason"] == "incident_over"
    assert (case.job.pause, case.job.not_before) == (None, None)


def test_it_does_not_work_goes_on_at_once() -> None:
    case = asked()
    answered(case, works=False, ask_id=case.job.aftercare.check)
    assert told(case)[-1] == "clock.resumed"
    assert (case.job.status, case.job.pause, case.job.not_before) == (S.PENDING, None, None)
    assert "escalate" in {due.kind for due in case.timers}


def test_silence_closes_nothing() -> None:
    case = asked()
    case.now = case.job.not_before or NOW
    resume(case)
    assert (case.job.status, case.job.pause, case.job.outcome) == (S.PENDING, None, None)


def test_a_late_yes_still_counts_while_nobody_has_it() -> None:
    case = asked()
    case.now = case.job.not_before or NOW
    resume(case)
    answered(case, works=True, ask_id=case.job.aftercare.check)
    assert case.job.status is S.DONE


def test_an_answer_to_another_question_is_none() -> None:
    with pytest.raises(NotAsked):
        answered(asked(), works=True, ask_id=uuid4())
    with pytest.raises(NotAsked):
        answered(a_case(S.PENDING), works=True)


def test_news_says_that_it_lasts_until_it_is_over() -> None:
    assert truth(held()) is Truth.INCIDENT
    assert truth(asked()) is Truth.PAUSED
