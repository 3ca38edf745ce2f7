"""What a helper says came of a visit, and what follows for everybody in it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from dispatch.jobs import visiting
from dispatch.jobs.aftercare import Aftercare, Alarm, Asked, Wait, read, stored
from dispatch.jobs.answering import accept
from dispatch.jobs.case import Case, job_state
from dispatch.jobs.escalation import Level
from dispatch.jobs.going_on import go_on
from dispatch.jobs.job import on_hold
from dispatch.jobs.offer import OfferClosed
from dispatch.jobs.opening import amend, open_case
from dispatch.jobs.pausing import pause_off_hours
from dispatch.jobs.reporting import TooFar, agree_on, report, turned_down
from dispatch.jobs.timer import TimerKind
from intake.request import PAUSED_VI, PAUSES_VI
from shared.events.assignments import AssignmentChanged, JobStatus, OfferStatus, Outcome
from shared.events.contract import Priority, Role
from shared.ids import uuid7
from shared.timers import Timer
from tests.support.dispatching import NIGHT, NOW, a_case, a_request, an_offer, leads, sealed, told
from tests.unit.dispatch.dockets import a_docket

S = JobStatus


def reasons(case: Case) -> list[tuple[str, str | None]]:
    found = []
    for event in case.events:
        assert isinstance(event.body, AssignmentChanged)
        found.append((event.type.value, event.body.reason))
    return found


@pytest.mark.parametrize("outcome", [Outcome.ABSENT, Outcome.WRONG_ADDRESS])
def test_what_could_not_be_done_waits_and_the_same_helper_is_first(outcome: Outcome) -> None:
    case = a_case(S.ON_SCENE)
    helper = case.job.responder_id
    report(case, outcome)
    job = case.job
    assert (job.status, on_hold(job), job.visit, job.aftercare.first) == (S.PENDING, Wait(outcome.value), 1, helper)
    assert helper not in job.excluded
    assert job.not_before == NOW + timedelta(hours=2)
    assert reasons(case) == [("assignment.postponed", outcome.value), ("clock.paused", outcome.value)]
    assert (TimerKind.OPEN, job.not_before) in [(due.kind, due.due_at) for due in case.timers]
    state = job_state(job)  # what the resident's page shows: not that it is night
    assert (state.pause, state.paused_until, PAUSES_VI[outcome.value] != PAUSED_VI) == (outcome.value, job.not_before, True)


def test_every_wait_has_a_word_for_the_resident() -> None:
    assert set(Wait) <= set(PAUSES_VI)


def test_an_ordinary_visit_waits_on_staffed_hours() -> None:
    case = a_case(S.ON_SCENE, priority=Priority.P3, now=NIGHT)
    report(case, Outcome.ABSENT)
    assert case.job.not_before is not None
    assert case.job.not_before > NIGHT + timedelta(hours=11)


def test_nobody_there_twice_ends_as_absent_never_as_solved() -> None:
    case = a_case(S.ON_SCENE, aftercare=Aftercare(absences=1))
    report(case, Outcome.ABSENT)
    assert (case.job.status, case.job.outcome) == (S.DONE, Outcome.ABSENT)


def test_said_twice_it_is_one_absence() -> None:
    case = a_case(S.ON_SCENE)
    report(case, Outcome.ABSENT)
    before = len(case.events)
    report(case, Outcome.ABSENT)
    assert (case.job.aftercare.absences, len(case.events)) == (1, before)


def test_a_refusal_that_only_the_helper_vouches_for_says_so() -> None:
    case = a_case(S.ON_SCENE)
    report(case, Outcome.REFUSED)
    assert reasons(case) == [("assignment.done", "by_helper")]


def test_who_has_not_set_out_and_says_tu_choi_gives_it_back() -> None:
    case = a_case(S.ACCEPTED)
    turned_down(case)
    assert reasons(case)[0] == ("assignment.released", "released")


def test_an_unsafe_visit_is_stopped_and_the_ward_lead_asked_at_once() -> None:
    case = a_case(S.ON_SCENE)
    report(case, Outcome.UNSAFE)
    assert (case.job.status, case.job.aftercare.stopped) == (S.FROZEN, "unsafe")
    assert [due.kind for due in case.timers if due.due_at == NOW] == [TimerKind.FROZEN]
    body = case.events[-1].body
    assert isinstance(body, AssignmentChanged)
    assert body.job.stopped == "unsafe"


def test_an_office_gets_a_clock() -> None:
    case = a_case(S.ON_SCENE, priority=Priority.P3)
    report(case, Outcome.NEEDS_OFFICE)
    (due,) = [due for due in case.timers if due.kind is TimerKind.OFFICE]
    assert due.due_at > NOW + timedelta(days=1)
    body = case.events[0].body
    assert isinstance(body, AssignmentChanged)
    assert body.until == due.due_at


def test_a_second_visit_is_another_job_that_waits_for_an_hour_and_asks_the_same_first() -> None:
    case = a_case(S.ON_SCENE)
    helper = case.job.responder_id
    report(case, Outcome.SECOND_VISIT)
    assert case.followed_by is not None
    following = open_case(case.followed_by, now=NOW, parties=case.parties)
    assert (following.job.aftercare.first, on_hold(following.job)) == (helper, Wait.SECOND_VISIT)
    assert reasons(following) == [("job.opened", None), ("clock.paused", "second_visit")]
    assert TimerKind.OPEN in [due.kind for due in following.timers]


def put_off(outcome: Outcome = Outcome.ABSENT, **changes: Any) -> Case:
    case = a_case(S.ON_SCENE, **changes)
    report(case, outcome)
    case.events.clear()
    case.timers.clear()
    return case


def test_an_agreed_hour_moves_the_moment_and_the_resident_is_told() -> None:
    case = put_off()
    at = NOW + timedelta(hours=30)
    agree_on(case, at)
    assert case.job.not_before == at
    assert reasons(case) == [("clock.paused", "slot")]
    body = case.events[0].body
    assert isinstance(body, AssignmentChanged)
    assert [one.role for one in body.recipients] == [Role.RESIDENT]


def test_an_hour_that_nobody_would_live_to_hear_of_is_refused_with_what_to_do() -> None:
    case = put_off()
    before = case.job
    with pytest.raises(TooFar, match="until 2026-"):
        agree_on(case, NOW + timedelta(days=30, seconds=1))
    assert (case.job, case.events) == (before, [])
    agree_on(case, NOW + timedelta(days=30))
    assert case.job.not_before == NOW + timedelta(days=30)


def clock(case: Case) -> Timer:
    return Timer(kind=TimerKind.OPEN, subject=case.job.id, due_at=case.now)


def test_when_the_time_has_come_it_goes_on() -> None:
    case = put_off()
    case.now += timedelta(hours=3)
    go_on(case, a_docket(case, leads(*Level)), clock(case))
    assert (case.job.not_before, on_hold(case.job)) == (None, None)
    assert told(case) == ["clock.resumed"]


def test_an_address_that_nobody_found_goes_to_the_ward_lead() -> None:
    case = put_off(Outcome.WRONG_ADDRESS)
    case.now += timedelta(hours=3)
    go_on(case, a_docket(case, leads(*Level)), clock(case))
    assert case.job.escalated_to is Level.WARD_LEAD
    assert ("job.escalated", "no_address") in reasons(case)


def test_a_corrected_address_goes_on_at_once() -> None:
    case = put_off(Outcome.WRONG_ADDRESS)
    job = case.job
    request = a_request(request_id=job.request_id, version=2, details=sealed("bmV3"), code=job.code, place=job.place)
    amend(case, request, leads(*Level))
    assert case.job.not_before == NOW
    assert (TimerKind.OPEN, NOW) in [(due.kind, due.due_at) for due in case.timers]
    go_on(case, a_docket(case, leads(*Level)), clock(case))
    assert case.job.escalated_to is None


def test_a_late_yes_does_not_win_a_visit_that_was_put_off() -> None:
    case = put_off()
    person = next(one for one in case.parties.responders.values() if one.load == 0)
    offer = case.put(an_offer(case.job, person, status=OfferStatus.EXPIRED))
    with pytest.raises(OfferClosed, match="put_off"):
        accept(case, offer)


def test_what_it_waited_for_is_forgotten_when_it_sleeps_over_night() -> None:
    case = put_off(priority=Priority.P3)
    case.job = replace(case.job, not_before=None)
    case.now = NIGHT
    pause_off_hours(case)
    assert case.job.not_before is not None
    assert on_hold(case.job) is None


def test_the_desk_closes_what_waits_with_the_word_it_has() -> None:
    case = put_off()
    case.job = replace(case.job, escalated_to=Level.CITY_DESK)
    report(case, Outcome.SOLVED)
    assert case.job.status is S.DONE


@pytest.mark.parametrize(
    "care",
    [
        Aftercare(),
        Aftercare(waits_for=Wait.SLOT, absences=1, first=uuid7(), stopped="unsafe", called=True),
        Aftercare(asked=Asked.WELL, watch_at=NOW, alarm=Alarm.SOS, alarmed_at=NOW),
    ],
)
def test_what_is_kept_is_read_as_it_was_written(care: Aftercare) -> None:
    assert read(orjson.loads(orjson.dumps(stored(care)))) == care


def test_a_release_forgets_what_was_asked() -> None:
    case = a_case(S.ACCEPTED, aftercare=Aftercare(asked=Asked.GOING, watch_at=NOW))
    visiting.release(case)
    assert case.job.aftercare == Aftercare()
