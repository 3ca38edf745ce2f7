"""Each invariant, once with rows that keep it and once with rows that break it: a judge that never condemns is none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.audit.invariants import RULES, judge
from services.audit.world import (
    Attempt,
    Broadcast,
    Callback,
    CallTask,
    Delivery,
    Inquiry,
    Job,
    Letter,
    Message,
    Offer,
    PrivacyRight,
    Question,
    Request,
    Responder,
    Talk,
    Timer,
    Unfreed,
    Unpublished,
    Unreturned,
    World,
)

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
JUST_NOW = NOW - timedelta(seconds=5)
SOON = NOW + timedelta(minutes=5)
REQUEST_ID, JOB_ID, OFFER_ID, PERSON_ID, MESSAGE_ID, ATTEMPT_ID, OTHER_ID = (UUID(int=number) for number in range(1, 8))

REQUEST = Request(REQUEST_ID, "TR-2345-6789", "assigned", "00004", None, LONG_AGO, PERSON_ID, forgotten=False)
JOB = Job(JOB_ID, REQUEST_ID, "accepted", PERSON_ID, None, None, LONG_AGO)
OFFER = Offer(OFFER_ID, JOB_ID, "visit", "accepted", PERSON_ID, LONG_AGO)
RESPONDER = Responder(PERSON_ID, 1, 2, LONG_AGO)
MESSAGE = Message(MESSAGE_ID, REQUEST_ID, "delivered", 0, LONG_AGO, SOON, None)

GOOD = World(
    app_now=NOW,
    wall_now=NOW,
    requests=(REQUEST,),
    jobs=(JOB,),
    offers=(OFFER,),
    responders=(RESPONDER,),
    messages=(MESSAGE,),
    attempts=(Attempt(ATTEMPT_ID, MESSAGE_ID, "sms"),),
    deliveries=(Delivery(ATTEMPT_ID, 1),),
    asked_offers=frozenset({OFFER_ID}),
)
WAITING = {
    "requests": (replace(REQUEST, status="waiting"),),
    "jobs": (replace(JOB, status="pending", responder_id=None),),
    "offers": (),
    "responders": (replace(RESPONDER, load=0),),
    "timers": (Timer("dispatch", "escalate", JOB_ID, SOON, LONG_AGO),),
}
TOGETHER: dict[str, Any] = {  # one visit for two requests; the second was offered, the first rides along
    "requests": (REQUEST, replace(REQUEST, id=OTHER_ID, code="TR-2345-6780")),
    "jobs": (
        replace(JOB, group_id=ATTEMPT_ID, rides=True),
        replace(JOB, id=MESSAGE_ID, request_id=OTHER_ID, group_id=ATTEMPT_ID),
    ),
    "offers": (replace(OFFER, job_id=MESSAGE_ID, group_id=ATTEMPT_ID),),
}
WAITING_TOGETHER: dict[str, Any] = {
    **WAITING,
    "requests": tuple(replace(request, status="waiting") for request in TOGETHER["requests"]),
    "jobs": tuple(replace(job, status="pending", responder_id=None) for job in TOGETHER["jobs"]),
    "timers": tuple(Timer("dispatch", "escalate", job.id, SOON, LONG_AGO) for job in TOGETHER["jobs"]),
}
NOWHERE = {
    **WAITING,
    "requests": (replace(REQUEST, status="needs_location", commune_code=None, owner="city_desk"),),
    "jobs": (),
    "timers": (Timer("intake", "locate", REQUEST_ID, SOON, LONG_AGO),),
}


FROZEN = {
    **WAITING,
    "requests": (replace(REQUEST, status="frozen"),),
    "jobs": (replace(WAITING["jobs"][0], status="frozen"),),
    "timers": (Timer("dispatch", "frozen", JOB_ID, SOON, LONG_AGO),),
}


LET_GO = {
    **WAITING,
    "requests": (replace(REQUEST, status="cancelled", forgotten=True),),
    "jobs": (),
    "timers": (),
}

RIGHT = PrivacyRight(OTHER_ID, "ops", LONG_AGO, raised=True, watched=True)
ASKED = {"rights": (RIGHT,), "inquiries": (Inquiry(OTHER_ID, "cancel", LONG_AGO, watched=True),)}


@pytest.mark.parametrize("change", [{}, WAITING, TOGETHER, WAITING_TOGETHER, NOWHERE, FROZEN, LET_GO, ASKED])
def test_a_sound_world_has_no_violations(change: dict[str, Any]) -> None:
    assert judge(replace(GOOD, **change)) == []
    assert judge(replace(GOOD, **change, grace=timedelta())) == []


WATCHED_TWICE = (*WAITING["timers"], Timer("dispatch", "escalate", OTHER_ID, SOON, NOW))
FILED_JUST_NOW = (replace(REQUEST, status="filed", updated_at=JUST_NOW),)
TWICE = (*WAITING["jobs"], replace(WAITING["jobs"][0], id=OTHER_ID))
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("request without a job", "no_loss", {**WAITING, "jobs": (), "timers": ()}),
    (
        "request with two live jobs",
        "no_loss",
        {**WAITING, "jobs": TWICE, "timers": WATCHED_TWICE},
    ),
    ("cancelled request, live job", "no_loss", {**WAITING, "requests": (replace(REQUEST, status="cancelled"),)}),
    ("job without a request", "no_loss", {"requests": ()}),
    ("event never published", "no_loss", {"unpublished": (Unpublished("intake", OTHER_ID, "request.filed", LONG_AGO),)}),
    ("open and not on the board", "no_loss", {**WAITING, "requests": (replace(REQUEST, status="waiting", on_board=False),)}),
    ("merged and lost", "no_loss", {"unfreed": (Unfreed(OTHER_ID, LONG_AGO),)}),
    ("nowhere and nobody's", "no_loss", {**NOWHERE, "requests": (replace(NOWHERE["requests"][0], owner=None),)}),
    ("nowhere and forgotten", "timers", {**NOWHERE, "timers": ()}),
    ("erased and still helped", "erased", {"requests": (replace(REQUEST, forgotten=True),)}),
    (
        "erased by half",
        "erased",
        {**LET_GO, "requests": (*LET_GO["requests"], replace(REQUEST, id=OTHER_ID, status="cancelled"))},
    ),
    ("two winners", "one_owner", {"offers": (OFFER, replace(OFFER, id=OTHER_ID))}),
    ("winner is somebody else", "one_owner", {"offers": (replace(OFFER, responder_id=OTHER_ID),)}),
    ("winner of a finished job", "one_owner", {**WAITING, "offers": (OFFER,)}),
    ("winner of nothing", "one_owner", {**WAITING, "requests": (), "jobs": (), "offers": (OFFER,), "timers": ()}),
    (
        "rides with nobody",
        "one_owner",
        {**WAITING_TOGETHER, "jobs": tuple(replace(job, rides=True) for job in WAITING_TOGETHER["jobs"])},
    ),
    ("one of a group is taken by nobody", "one_owner", {**TOGETHER, "offers": (replace(OFFER, group_id=OTHER_ID),)}),
    ("overbooked", "capacity", {"responders": (replace(RESPONDER, load=3),)}),
    ("load counted wrong", "capacity", {"responders": (replace(RESPONDER, load=0),)}),
    ("lost lease", "messages_closed", {"messages": (replace(MESSAGE, status="sending", lease_until=LONG_AGO),)}),
    ("never moved on", "messages_closed", {"messages": (replace(MESSAGE, status="submitted", climb_at=LONG_AGO),)}),
    ("rotten in the queue", "messages_closed", {"messages": (replace(MESSAGE, status="queued", not_after=LONG_AGO),)}),
    ("question without end", "messages_closed", {"questions": (Question(OTHER_ID, LONG_AGO),)}),
    (
        "offer nobody heard of",
        "messages_closed",
        {"offers": (OFFER, replace(OFFER, id=OTHER_ID, status="pending", responder_id=OTHER_ID))},
    ),
    ("call for nobody", "messages_closed", {"call_tasks": (CallTask(OTHER_ID, ""),)}),
    ("call nobody makes", "messages_closed", {"call_tasks": (CallTask(OTHER_ID, "city_desk", LONG_AGO),)}),
    ("callback of nobody", "no_loss", {"callbacks": (Callback(OTHER_ID, "", SOON),)}),
    ("callback past its time", "timers", {"callbacks": (Callback(OTHER_ID, "hotline", LONG_AGO),)}),
    ("right of nobody", "no_loss", {"rights": (replace(RIGHT, owner="", due_at=SOON),)}),
    ("right past its clock, still at the desk", "timers", {"rights": (replace(RIGHT, raised=False),)}),
    ("right past its clock, and nothing rings", "timers", {"rights": (replace(RIGHT, watched=False),)}),
    ("silence ends nothing", "timers", {"inquiries": (Inquiry(OTHER_ID, "fixed", LONG_AGO, watched=False),)}),
    ("conversation no clerk comes to", "no_loss", {"talks": (Talk(OTHER_ID, "filing", LONG_AGO, watched=False, listed=False),)}),
    ("conversation nobody wakes", "timers", {"talks": (Talk(OTHER_ID, "listening", LONG_AGO, watched=False, listed=False),)}),
    ("handover in nobody's list", "no_loss", {"talks": (Talk(OTHER_ID, "with_person", LONG_AGO, watched=True, listed=False),)}),
    ("caller nobody calls back", "no_loss", {"unreturned": (Unreturned(OTHER_ID, LONG_AGO),)}),
    ("delivered twice", "effects_once", {"deliveries": (Delivery(ATTEMPT_ID, 2),)}),
    ("delivered out of nowhere", "effects_once", {"deliveries": (Delivery(OTHER_ID, 1),)}),
    ("overdue", "timers", {"timers": (Timer("notify", "sweep", OTHER_ID, LONG_AGO, LONG_AGO),)}),
    ("nobody watches", "timers", {**WAITING, "timers": ()}),
    ("nobody watches a frozen visit", "timers", {**FROZEN, "timers": ()}),
    ("frozen without a job", "no_loss", {**FROZEN, "jobs": (), "timers": ()}),
    (
        "a dead letter in the drawer",
        "stuck",
        {"letters": (Letter("notify", 7, "techrescue.assignments.v1", "job", LONG_AGO, "Permanent"),)},
    ),
]


@pytest.mark.parametrize(("rule", "change"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_world_is_condemned(rule: str, change: dict[str, Any]) -> None:
    assert {violation.rule for violation in judge(replace(GOOD, **change))} == {rule}
    assert rule in RULES


def test_what_is_young_is_in_flight_unless_drained() -> None:
    young = replace(GOOD, **{**WAITING, "jobs": (), "timers": (), "requests": FILED_JUST_NOW})
    assert judge(young) == []
    assert {violation.rule for violation in judge(replace(young, grace=timedelta()))} == {"no_loss"}


def test_a_message_that_could_be_sent_is_in_flight_unless_drained() -> None:
    queued = replace(GOOD, messages=(replace(MESSAGE, status="queued"),), deliveries=())
    assert judge(queued) == []
    assert {violation.rule for violation in judge(replace(queued, grace=timedelta()))} == {"messages_closed"}


def test_one_resend_of_an_unknown_attempt_is_allowed_and_no_more() -> None:
    resent = replace(
        GOOD,
        messages=(replace(MESSAGE, resends=1),),
        attempts=(Attempt(ATTEMPT_ID, MESSAGE_ID, "sms"), Attempt(OTHER_ID, MESSAGE_ID, "sms")),
    )
    assert judge(replace(resent, deliveries=(Delivery(ATTEMPT_ID, 1), Delivery(OTHER_ID, 1)))) == []
    assert judge(replace(resent, deliveries=(Delivery(ATTEMPT_ID, 1), Delivery(OTHER_ID, 2)))) != []


def test_dead_letters_are_shown_once_a_subject_and_the_youngest_are_in_flight() -> None:
    letter = Letter("notify", 7, "techrescue.assignments.v1", str(JOB_ID), LONG_AGO, "Permanent: no such word")
    behind, elsewhere = replace(letter, id=8), replace(letter, context="intake")
    unreadable = replace(letter, id=9, subject=None), replace(letter, id=10, subject=None)
    young = replace(letter, id=11, subject=str(OTHER_ID), at=JUST_NOW)
    found = judge(replace(GOOD, letters=(letter, behind, elsewhere, *unreadable, young)))
    assert [one.subject for one in found] == [str(JOB_ID), str(JOB_ID), "?", "?"]
    assert {one.rule for one in found} == {"stuck"}
    assert len(judge(replace(GOOD, letters=(young,), grace=timedelta()))) == 1


def test_a_job_that_a_lead_has_needs_no_other_watch() -> None:
    escalated = {**WAITING, "timers": (), "jobs": (replace(WAITING["jobs"][0], escalated_to="city_desk"),)}
    assert judge(replace(GOOD, **escalated)) == []


@pytest.mark.parametrize("missing", ["named", "told"])
def test_a_broadcast_that_stands_still_is_seen_and_one_that_gets_on_is_not(missing: str) -> None:
    getting_on, standing = Broadcast(JOB_ID, missing, JUST_NOW), Broadcast(OTHER_ID, missing, LONG_AGO)
    [found] = judge(replace(GOOD, broadcasts=(getting_on, standing)))
    assert (found.rule, found.subject) == ("stuck", str(OTHER_ID))
    assert found.finding.endswith(f"nobody is {missing} any more")
