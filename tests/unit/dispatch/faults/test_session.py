"""A group visit: who may be invited, what each answer does, and that nobody is closed as solved who was not there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dispatch.faults import session
from dispatch.faults.session import SessionRules, WholeSession
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.holding import NotAsked
from dispatch.jobs.job import OPEN
from dispatch.jobs.offer import Offer
from dispatch.jobs.pausing import resume
from dispatch.jobs.together import accept, settle, split
from dispatch.jobs.watching import going, look
from shared.errors import Misconfigured, Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Priority
from shared.events.groups import GroupStatus
from shared.pauses import Pause
from tests.support.dispatching import NOW, a_case, a_responder, an_offer, sealed, told
from tests.unit.dispatch.groups import a_group, head_of

S = JobStatus
RULES = SessionRules()
AT = NOW + timedelta(hours=4)  # two in the afternoon


def people(count: int = 3, **changes: object) -> list[Case]:
    cases = [a_case(S.PENDING, asked=1, priority=Priority.P3, **changes) for _ in range(count)]  # type: ignore[arg-type]
    for case in cases:
        case.parties = cases[0].parties
    return cases


def invited(cases: Sequence[Case] | None = None, at: datetime = AT) -> Fellowship:
    callers = list(cases or people())
    session.check(callers, at, RULES)
    fellowship = Fellowship(replace(a_group(*callers), status=GroupStatus.CONFIRMED))
    session.invite(fellowship, callers, at, {case.job.id: sealed() for case in callers}, RULES)
    settle(fellowship, NOW)
    return fellowship


def at(fellowship: Fellowship, moment: datetime) -> None:
    for case in fellowship.cases:
        case.now = moment


def taken(fellowship: Fellowship) -> tuple[Case, Offer]:
    """Its time has come, and somebody says yes."""
    at(fellowship, AT - timedelta(hours=2))
    for case in fellowship.cases:
        resume(case)
    head, person = head_of(fellowship), a_responder()
    head.put_responder(person)
    offer = head.put(an_offer(head.job, person, group_id=head.job.group_id))
    head.job = replace(head.job, status=S.OFFERED)
    accept(head, offer)
    settle(fellowship, head.now)
    return head, head.offers[offer.id]


def load(case: Case, offer: Offer) -> int:
    assert isinstance(offer.responder_id, UUID)
    return case.responder(offer.responder_id).load


def test_everybody_is_asked_and_waits_for_the_hour() -> None:
    fellowship = invited()
    for case in fellowship.cases:
        assert told(case) == ["job.questioned", "clock.paused"]
        assert (case.job.pause, case.job.not_before) == (Pause.SESSION, AT - timedelta(hours=2))
        assert case.job.aftercare.session_at == AT
    assert [case.job.rides for case in fellowship.cases].count(False) == 1


def test_one_yes_covers_all_and_takes_one_place() -> None:
    fellowship = invited()
    head, offer = taken(fellowship)
    assert {case.job.status for case in fellowship.cases} == {S.ACCEPTED}
    assert {case.job.pause for case in fellowship.cases} == {None}
    assert load(head, offer) == 1
    assert {case.job.aftercare.watch_at for case in fellowship.cases} == {AT + timedelta(minutes=15)}


@pytest.mark.parametrize("helped", [False, True])
def test_who_does_not_come_goes_on_alone_with_their_clock(helped: bool) -> None:
    fellowship = invited()
    if helped:
        taken(fellowship)
    case = next(one for one in fellowship.cases if one.job.rides or one.job.status is S.ACCEPTED)
    filed_at = case.job.filed_at
    session.answer(case, comes=False, ask_id=case.job.aftercare.check)
    settle(fellowship, case.now)
    job = case.job
    assert (job.status, job.group_id, job.pause, job.aftercare.session_at) == (S.PENDING, None, None, None)
    assert job.filed_at == filed_at
    assert "escalate" in {due.kind for due in case.timers}
    assert sum(one.job.group_id is not None for one in fellowship.cases) == 2
    with pytest.raises(NotAsked):
        session.answer(case, comes=True)


def test_who_comes_is_counted_once() -> None:
    fellowship = invited()
    for _ in range(2):
        session.answer(fellowship.cases[0], comes=True, ask_id=fellowship.cases[0].job.aftercare.check)
    taken(fellowship)
    accepted = [event for case in fellowship.cases for event in case.events if event.type == "assignment.accepted"]
    assert {event.body.model_dump()["coming"] for event in accepted} == {1}


def test_who_was_not_there_is_helped_at_home_and_never_closed() -> None:
    fellowship = invited()
    head, offer = taken(fellowship)
    first, second, third = fellowship.cases
    session.report(first, Outcome.SOLVED)
    session.report(second, Outcome.ABSENT)
    session.report(third, Outcome.SOLVED)
    settle(fellowship, head.now)
    assert [case.job.status for case in (first, second, third)] == [S.DONE, S.PENDING, S.DONE]
    assert (second.job.outcome, second.job.aftercare.absences, second.job.group_id) == (None, 0, None)
    assert load(head, offer) == 0


@pytest.mark.parametrize("said", [Outcome.SOLVED, Outcome.ABSENT])
def test_a_word_for_all_says_nothing_of_anybody(said: Outcome) -> None:
    fellowship = invited()
    head, _ = taken(fellowship)
    with pytest.raises(WholeSession):
        session.of_all(head)
    assert told(head)[-1] == "assignment.outcome_wanted"
    session.report(fellowship.cases[1], said)
    session.report(fellowship.cases[2], said)
    session.of_all(fellowship.cases[0])  # the last of them is meant


@pytest.mark.parametrize("helped", [False, True])
def test_a_session_that_is_cancelled_puts_everybody_back(helped: bool) -> None:
    fellowship = invited()
    if helped:
        taken(fellowship)
    split(fellowship, NOW)
    settle(fellowship, NOW)
    for case in fellowship.cases:
        assert (case.job.status, case.job.group_id, case.job.pause, case.job.rides) == (S.PENDING, None, None, False)
        assert not case.having(OfferKind.VISIT, OfferStatus.ACCEPTED)


def test_a_session_that_nobody_took_is_off_before_people_set_out() -> None:
    fellowship = invited()
    at(fellowship, AT - timedelta(hours=2))
    for case in fellowship.cases:
        resume(case)
    settle(fellowship, AT - timedelta(minutes=31))
    assert {case.job.group_id for case in fellowship.cases} == {fellowship.group.id}
    settle(fellowship, AT - timedelta(minutes=30))
    assert {case.job.group_id for case in fellowship.cases} == {None}
    assert all(case.events[-1].body.model_dump()["reason"] == "no_helper" for case in fellowship.cases)


def test_the_hours_until_then_count_against_nobody() -> None:
    fellowship = invited()
    at(fellowship, AT - timedelta(hours=2))
    for case in fellowship.cases:
        resume(case)
        assert case.job.held_seconds == 2 * 3600.0


@pytest.mark.parametrize("status", S)
def test_only_who_waits_can_be_invited(status: JobStatus) -> None:
    cases = [a_case(status, priority=Priority.P3), *people(1)]
    if status in OPEN:
        session.check(cases, AT, RULES)
    else:
        with pytest.raises(Refused) as refusal:
            session.check(cases, AT, RULES)
        assert refusal.value.reason == "job_not_waiting"


@pytest.mark.parametrize(
    ("cases", "moment", "reason"),
    [
        (people(1), AT, "session_size"),
        (people(21), AT, "session_size"),
        (people(2), NOW + timedelta(minutes=59), "too_soon"),
        (people(2), NOW + timedelta(hours=12), "off_hours"),
        ([*people(1, skills=("vneid",)), *people(1, skills=("portal",))], AT, "different_skills"),
        (people(2, pause=Pause.RESIDENT_LATER, paused_at=NOW, not_before=AT), AT, "job_not_waiting"),
    ],
)
def test_a_session_that_cannot_be_is_refused_with_its_rule(cases: list[Case], moment: datetime, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        session.check(cases, moment, RULES)
    assert refusal.value.reason == reason


def test_who_is_in_a_group_is_not_invited_to_another() -> None:
    fellowship = invited()
    resumed = fellowship.cases[0]
    resumed.job = replace(resumed.job, pause=None, paused_at=None, not_before=None)
    with pytest.raises(Refused) as refusal:
        session.check([resumed, *people(1)], AT, RULES)
    assert refusal.value.reason == "in_a_group"


@pytest.mark.parametrize("wrong", [{"most": 1}, {"radius_m": 0}, {"soonest_seconds": 0}])
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Misconfigured):
        SessionRules(**wrong)  # type: ignore[arg-type]


def test_a_helper_who_does_not_appear_is_asked_once_for_all_and_then_everybody_is_helped_at_home() -> None:
    fellowship = invited()
    taken(fellowship)
    at(fellowship, AT + timedelta(minutes=15))
    for case in fellowship.cases:
        look(case, [])
    asked = [event for case in fellowship.cases for event in case.events if event.type == "assignment.asked"]
    assert len(asked) == 1
    at(fellowship, AT + timedelta(minutes=25))
    look(fellowship.cases[0], [])
    settle(fellowship, AT + timedelta(minutes=25))
    assert {(case.job.status, case.job.group_id) for case in fellowship.cases} == {(S.PENDING, None)}


def test_whoever_says_that_they_go_says_it_of_all() -> None:
    fellowship = invited()
    taken(fellowship)
    at(fellowship, AT + timedelta(minutes=15))
    for case in fellowship.cases:
        look(case, [])
    going(fellowship.cases[1])
    assert {case.job.aftercare.asked for case in fellowship.cases} == {None}
