"""Help in a call: what each word and each silence makes of it, for both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.handlers import take_call
from dispatch.jobs import visiting, watching
from dispatch.jobs.aftercare import Aftercare, Asked, call_due
from dispatch.jobs.answering import accept, thank
from dispatch.jobs.calling import NEAR_M, connected, not_reached
from dispatch.jobs.case import Case
from dispatch.jobs.job import OPEN
from dispatch.jobs.offer import OfferClosed
from dispatch.jobs.opening import agree, amend, new_job, no_call
from dispatch.jobs.reporting import report, turned_down
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.visiting import HelpsByPhone
from shared.errors import Refused
from shared.events.assignments import AssignmentChanged, JobStatus, OfferKind, OfferStatus, Outcome
from shared.events.contract import Priority, Role
from shared.events.envelope import Event
from shared.events.messages import CallChanged
from shared.events.registry import EventType
from tests.support.dispatching import NOW, a_case, a_request, a_responder, told
from tests.unit.dispatch.dockets import a_docket

S = JobStatus


def a_call(status: JobStatus = S.ACCEPTED, *, metres: int | None = 9000, **changes: object) -> Case:
    """Somebody has it, and helps by phone."""
    case = a_case(status, priority=Priority.P3, **changes)  # type: ignore[arg-type]
    for offer in case.offers.values():
        case.offers[offer.id] = replace(offer, by_phone=True, distance_m=metres)
    return case


def bodies(case: Case) -> list[AssignmentChanged]:
    return [event.body for event in case.events if isinstance(event.body, AssignmentChanged)]


TABLE: dict[str, dict[JobStatus, JobStatus | type[Refused]]] = {
    "en_route": dict.fromkeys((S.ACCEPTED, S.ON_SCENE), HelpsByPhone),
    "on_scene": {S.ACCEPTED: HelpsByPhone, S.ON_SCENE: S.ON_SCENE},
    "connected": dict.fromkeys((S.ACCEPTED, S.ON_SCENE), S.ON_SCENE),
    "not_reached": {S.ACCEPTED: S.PENDING, S.ON_SCENE: S.ON_SCENE},
    "release": dict.fromkeys((S.ACCEPTED, S.ON_SCENE), S.PENDING),
    "turned_down": {S.ACCEPTED: S.PENDING, S.ON_SCENE: S.DONE},
    **{
        f"reports_{outcome}": dict.fromkeys((S.ACCEPTED, S.ON_SCENE), becomes)
        for outcome, becomes in {
            Outcome.SOLVED: S.DONE,
            Outcome.NEEDS_VISIT: S.PENDING,
            Outcome.ABSENT: S.PENDING,  # nobody picked up: somebody goes, nobody waits for another hour
            Outcome.WRONG_ADDRESS: S.PENDING,
            Outcome.SECOND_VISIT: S.PENDING,
            Outcome.NEEDS_OFFICE: S.HANDED_OFF,
            Outcome.REFUSED: S.DONE,
            Outcome.UNSAFE: S.FROZEN,
        }.items()
    },
}
COMMANDS: dict[str, Callable[[Case], None]] = {
    "en_route": visiting.en_route,
    "on_scene": visiting.on_scene,
    "connected": connected,
    "not_reached": not_reached,
    "release": visiting.release,
    "turned_down": turned_down,
    **{f"reports_{outcome}": lambda case, outcome=outcome: report(case, outcome) for outcome in Outcome},  # type: ignore[misc]
}


def test_every_outcome_is_known_of_a_call() -> None:
    assert TABLE.keys() == COMMANDS.keys()


@pytest.mark.parametrize(("command", "status"), [(command, status) for command, row in TABLE.items() for status in row])
def test_every_word_about_a_call(command: str, status: JobStatus) -> None:
    case, becomes = a_call(status), TABLE[command][status]
    if isinstance(becomes, JobStatus):
        COMMANDS[command](case)
        assert case.job.status is becomes
    else:
        with pytest.raises(becomes):
            COMMANDS[command](case)


def test_a_yes_to_a_call_tells_both_sides_that_it_is_one_and_asks_after_it_later() -> None:
    case = a_call(S.OFFERED, visit_consent=None)
    offer = next(iter(case.offers.values()))
    accept(case, offer)
    body = bodies(case)[0]
    assert (body.job.responder is not None and body.job.responder.by_phone) is True
    assert body.offer is not None
    assert (body.offer.by_phone, body.offer.distance_m) == (True, None)
    assert case.job.aftercare.watch_at == call_due(Priority.P3, NOW)
    assert {one.role for one in body.recipients} == {Role.RESPONDER, Role.RESIDENT}


def test_a_team_need_not_say_who_calls() -> None:
    case = a_call(S.OFFERED)
    offer = next(iter(case.offers.values()))
    person = a_responder(id=offer.responder_id, contact_point_id=offer.contact_point_id, present_members=3)
    case.put_responder(person)
    accept(case, offer)
    assert not case.unnamed(case.offers[offer.id])


def test_a_call_that_begins_is_the_arrival_and_is_looked_after() -> None:
    case = a_call()
    connected(case)
    assert (case.job.status, case.job.on_scene_at) == (S.ON_SCENE, NOW)
    assert told(case) == [EventType.ASSIGNMENT_ON_SCENE]
    assert bodies(case)[0].recipients == ()
    assert TimerKind.WATCH in {due.kind for due in case.timers}


def test_of_a_visit_a_connected_call_means_nothing() -> None:
    case = a_case(S.ACCEPTED)
    connected(case)
    not_reached(case)
    assert (case.job.status, case.events) == (S.ACCEPTED, [])


@pytest.mark.parametrize(("metres", "asked_again"), [(NEAR_M, True), (NEAR_M + 100, False), (None, False)])
def test_on_as_a_visit_under_its_running_clock(metres: int | None, asked_again: bool) -> None:
    case = a_call(S.ON_SCENE, metres=metres, excluded=(a_responder().id,))
    helper, filed_at = case.job.responder_id, case.job.filed_at
    report(case, Outcome.NEEDS_VISIT)
    job = case.job
    assert (job.status, job.visit, job.filed_at, job.responder_id) == (S.PENDING, 1, filed_at, None)
    assert (helper not in job.excluded) is asked_again
    assert job.excluded in {(), (helper,)}  # who said no to a call may be asked to go
    (body,) = bodies(case)
    assert (body.reason, body.offer is not None and body.offer.by_phone) == ("needs_visit", True)
    assert TimerKind.ESCALATE in {due.kind for due in case.timers}


@pytest.mark.parametrize(
    ("purpose", "of_this_job", "outcome", "becomes"),
    [
        ("remote_call", True, "told", S.ON_SCENE),
        ("remote_call", True, "wrong_number", S.PENDING),
        ("remote_call", True, "overtaken", S.ACCEPTED),
        ("remote_call", False, "told", S.ACCEPTED),  # of an earlier round
        ("interpreter", True, "told", S.ACCEPTED),
    ],
)
def test_what_the_hotline_says_of_its_call(purpose: str, of_this_job: bool, outcome: str, becomes: JobStatus) -> None:
    case = a_call()
    body = CallChanged(
        call_id=uuid4(), city="hanoi", request_id=case.job.request_id, contact_point_id=uuid4(), purpose=purpose,
        job_id=case.job.id if of_this_job else uuid4(), outcome=outcome, owner="An", due_at=NOW,
    )  # fmt: skip
    event = Event(type=EventType.CALL_DONE, subject=body.call_id, version=2, key=body.request_id, body=body, time=NOW)
    take_call(event, a_docket(case, []))
    assert case.job.status is becomes


def test_nobody_says_what_came_of_it_asked_once_then_somebody_goes() -> None:
    case = a_call(S.ON_SCENE)
    case.job = replace(case.job, aftercare=Aftercare(watch_at=NOW))
    watching.look(case, [])
    assert (told(case), case.job.aftercare.asked) == ([EventType.ASSIGNMENT_ASKED], Asked.GOING)
    assert case.job.aftercare.watch_at == NOW + timedelta(minutes=10)
    case.now = case.job.aftercare.watch_at
    watching.look(case, [])
    assert (case.job.status, told(case)[-1], bodies(case)[-1].reason) == (S.PENDING, EventType.ASSIGNMENT_RELEASED, "no_sign")
    assert EventType.JOB_ALARMED not in told(case)


def test_one_who_still_helps_has_as_long_again() -> None:
    case = a_call(S.ON_SCENE)
    case.job = replace(case.job, aftercare=Aftercare(watch_at=NOW, asked=Asked.GOING))
    watching.going(case)
    assert (case.job.aftercare.asked, case.job.aftercare.watch_at) == (None, call_due(Priority.P3, NOW))


@pytest.mark.parametrize("why", ["a visit by now", "no smartphone"])
def test_a_late_yes_to_a_call_that_would_help_nobody_is_thanked(why: str) -> None:
    case = a_call(S.OFFERED)
    offer = case.put(replace(next(iter(case.offers.values())), status=OfferStatus.EXPIRED, ended_at=NOW))
    care = Aftercare(travels=True) if why == "no smartphone" else case.job.aftercare
    case.job = replace(case.job, visit=int(why == "a visit by now"), aftercare=care)
    with pytest.raises(OfferClosed) as closed:
        accept(case, offer)
    thank(case, offer, closed.value, [], received_at=NOW + timedelta(seconds=1))
    assert bodies(case)[-1].reason == "needs_visit"
    assert case.job.status in OPEN


@pytest.mark.parametrize(("seconds", "thanked"), [(-60, False), (60, True)])
def test_the_yes_that_had_the_job_is_not_thanked_when_it_is_read_again_after_the_end(seconds: int, thanked: bool) -> None:
    case = a_call()
    report(case, Outcome.SOLVED)
    offer, before = next(iter(case.offers.values())), len(case.events)
    with pytest.raises(OfferClosed) as closed:
        accept(case, offer)
    thank(case, offer, closed.value, [], received_at=NOW + timedelta(seconds=seconds))
    assert (len(case.events) > before) is thanked


def test_consent_to_a_visit_reveals_no_address_to_who_only_calls() -> None:
    case = a_call(visit_consent=None)
    request = a_request(request_id=case.job.request_id, version=2, visit_consent=True, priority=Priority.P3)
    agree(case, request)
    assert (case.job.visit_consent, case.events) == (True, [])
    amend(case, request.model_copy(update={"version": 3, "skills": ("vneid",)}), [])
    assert EventType.ASSIGNMENT_CLEARED not in told(case)


def test_an_operator_learns_that_there_is_no_smartphone() -> None:
    case = a_call(S.OFFERED)
    request = a_request(request_id=case.job.request_id, version=2, priority=Priority.P3, visit_consent=None)
    amend(case, request.model_copy(update={"vulnerable": ("no_smartphone",)}), [])
    assert (case.job.status, case.job.aftercare.travels) == (S.PENDING, True)
    assert not case.having(OfferKind.VISIT, OfferStatus.PENDING)
    assert {body.reason for body in bodies(case) if body.offer} == {"amended"}


@pytest.mark.parametrize(
    ("category", "vulnerable", "travels"),
    [
        ("portal_login", ("no_smartphone",), True),
        ("portal_login", ("elderly",), False),
        ("equipment", ("no_smartphone",), False),  # nobody calls about a printer anyway
    ],
)
def test_who_has_no_smartphone_skips_it(category: str, vulnerable: tuple[str, ...], travels: bool) -> None:
    request = a_request(category=category, vulnerable=vulnerable)
    assert no_call(request) is travels
    assert new_job(request, now=NOW).aftercare.travels is travels
