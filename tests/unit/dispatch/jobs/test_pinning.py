"""Choosing by hand: what it would mean, what it does, and whom it never asks."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from dispatch.jobs.answering import accept, lapse
from dispatch.jobs.case import Case
from dispatch.jobs.offer import OfferClosed
from dispatch.jobs.pinning import REFUSALS, Chosen, consequences, pin, rule_out
from dispatch.jobs.visiting import next_round
from dispatch.matching.policy import Policy
from dispatch.matching.words import BY_HAND, RULES
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.contract import Priority
from tests.support.dispatching import NIGHT, NOW, a_case, a_responder, an_offer, told

POLICY = Policy()


def chosen_in(case: Case, **changed: Any) -> Chosen:
    """Somebody else than those who are asked already, unless told otherwise."""
    person = a_responder()
    case.put_responder(person)
    fields: dict[str, Any] = {
        "responder_id": person.id,
        "skills": frozenset({"vneid"}),
        "distance_m": 900,
        "until": NOW.timestamp() + 4 * 3600,
        "active": True,
        "confirmed": True,
        "unreachable": False,
        "full": False,
        "had_enough_messages": False,
        "off_duty": False,
        "cooling_down": False,
        "day_cap": False,
        "asked_for": None,
    }
    return Chosen(**{**fields, **changed})


def test_nothing_stands_against_it() -> None:
    case = a_case(asked=2)
    found = consequences(case, chosen_in(case), POLICY)
    assert (found.refused, found.warnings, found.withdrawn) == (None, (), 2)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"active": False}, "inactive"),
        ({"confirmed": False}, "phone_not_confirmed"),
        ({"full": True}, "full"),
        ({"asked_for": uuid4()}, "pending_offer"),
    ],
)
def test_what_the_database_would_refuse_is_said_and_refused(changed: dict[str, Any], word: str) -> None:
    case = a_case()
    chosen = chosen_in(case, **changed)
    assert consequences(case, chosen, POLICY).refused == word
    with pytest.raises(Refused) as refusal:
        pin(case, chosen)
    assert refusal.value.reason == word
    assert told(case) == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"until": None}, "off_shift"),
        ({"until": NOW.timestamp() + 31 * 60}, "shift_too_short"),  # the visit takes 30, the way 3.5
        ({"skills": frozenset()}, "not_able"),
        ({"distance_m": 5_100}, "far"),
        ({"had_enough_messages": True}, "had_enough_messages"),
        ({"off_duty": True}, "off_duty"),
        ({"cooling_down": True}, "cooling_down"),
        ({"day_cap": True}, "day_cap"),
    ],
)
def test_what_somebody_should_know_is_said_and_not_refused(changed: dict[str, Any], word: str) -> None:
    case = a_case(skills=("vneid",))
    chosen = chosen_in(case, **changed)
    assert consequences(case, chosen, POLICY).warnings == (word,)
    assert pin(case, chosen).status is OfferStatus.PENDING


def test_every_word_has_words() -> None:
    assert {*REFUSALS, "off_hours", "far"} <= {*RULES, *BY_HAND}


@pytest.mark.parametrize("status", [status for status in JobStatus if status not in {JobStatus.PENDING, JobStatus.OFFERED}])
def test_a_job_that_somebody_has_or_that_is_over_is_not_given_to_another(status: JobStatus) -> None:
    case = a_case(status, asked=1)
    with pytest.raises(Refused) as refusal:
        pin(case, chosen_in(case))
    assert refusal.value.reason == "job_not_open"


@pytest.mark.parametrize(("status", "wave"), [(JobStatus.PENDING, 2), (JobStatus.OFFERED, 2)])
def test_exactly_this_person_is_asked_for_the_lease_of_the_tier(status: JobStatus, wave: int) -> None:
    case = a_case(status, asked=2)
    chosen = chosen_in(case)
    offer = pin(case, chosen)
    assert [one.responder_id for one in case.having(OfferKind.VISIT, OfferStatus.PENDING)] == [chosen.responder_id]
    assert (case.job.status, case.job.wave, offer.wave, offer.lease_seconds) == (JobStatus.OFFERED, wave, wave, 180.0)
    assert told(case) == ["offer.made", *["offer.withdrawn"] * (2 if status is JobStatus.OFFERED else 0)]
    assert [timer.subject for timer in case.timers] == [offer.id]


def test_whoever_is_asked_already_keeps_the_offer_and_saying_it_twice_changes_nothing() -> None:
    case = a_case(asked=2)
    first = next(iter(case.offers.values()))
    chosen = replace(chosen_in(case), responder_id=first.responder_id, asked_for=case.job.id)
    assert pin(case, chosen).id == first.id
    assert (case.job.status, case.job.wave, told(case)) == (JobStatus.OFFERED, 1, ["offer.withdrawn"])
    assert pin(case, chosen).id == first.id
    assert told(case) == ["offer.withdrawn"]


def test_at_night_an_ordinary_visit_is_woken_up_and_sleeps_again_when_nobody_comes() -> None:
    case = a_case(JobStatus.PENDING, priority=Priority.P3, now=NIGHT, not_before=NIGHT.replace(day=3))
    chosen = chosen_in(case, until=NIGHT.timestamp() + 4 * 3600)
    assert consequences(case, chosen, POLICY).warnings == ("off_hours",)
    offer = pin(case, chosen)
    assert (case.job.not_before, told(case)) == (None, ["clock.resumed", "offer.made"])
    lapse(case, offer, [], OfferStatus.EXPIRED)
    assert (case.job.status, told(case)[-1]) == (JobStatus.PENDING, "clock.paused")


def test_who_is_ruled_out_is_not_asked_not_taken_back_and_not_forgotten() -> None:
    case = a_case(asked=1)
    [offer] = case.offers.values()
    assert offer.responder_id is not None
    rule_out(case, offer.responder_id, [])
    assert (case.offers[offer.id].status, case.job.status) == (OfferStatus.WITHDRAWN, JobStatus.PENDING)
    rule_out(case, offer.responder_id, [])
    assert case.job.barred == (offer.responder_id,)
    assert next_round(case.job, case).barred == (offer.responder_id,)
    late = case.put(an_offer(case.job, case.responder(offer.responder_id), status=OfferStatus.EXPIRED))
    with pytest.raises(OfferClosed) as refusal:
        accept(case, late)
    assert refusal.value.reason == "barred"
    chosen = replace(chosen_in(case), responder_id=offer.responder_id)
    assert consequences(case, chosen, POLICY).refused == "barred"


def test_others_who_are_asked_stay_asked() -> None:
    case = a_case(asked=2)
    first, second = case.offers.values()
    assert first.responder_id is not None
    rule_out(case, first.responder_id, [])
    assert (case.offers[second.id].status, case.job.status) == (OfferStatus.PENDING, JobStatus.OFFERED)


def test_whoever_has_the_job_is_not_ruled_out_behind_their_back() -> None:
    case = a_case(JobStatus.EN_ROUTE, asked=1)
    assert case.job.responder_id is not None
    with pytest.raises(Refused) as refusal:
        rule_out(case, case.job.responder_id, [])
    assert refusal.value.reason == "has_the_job"
