"""Whose word on a visit counts, when somebody is asked, and what an answer makes of each status."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from intake.consent import (
    AGAIN_SECONDS,
    HURRY_SECONDS,
    Step,
    after_call,
    ask_at,
    decided,
    may_be_asked,
    stand,
    wants_asking,
    word_of,
)
from intake.forms import RequestForm
from intake.stored import StoredRequest
from shared.errors import Refused
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestStatus, Stand

S = RequestStatus
MIDNIGHT = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # of a Thursday in Hanoi


def form(channel: str, **changes: Any) -> RequestForm:
    body = {"channel": channel, "requester": {"name": "An", "phone": "0912345678"}, "category": "vneid_login", "description": "x"}
    return RequestForm.model_validate({**body, **changes})


def request(status: RequestStatus = S.WAITING, **changes: Any) -> StoredRequest:
    fields: dict[str, Any] = {
        "id": uuid4(), "city": "hanoi", "code": "TR", "version": 3, "status": status, "channel": Channel.WEB,
        "category": "vneid_login", "priority": Priority.P3, "skills": (), "commune_code": "00004", "lat": 21.0, "lon": 105.8,
        "place_note": None, "contact_point_id": uuid4(), "key_id": uuid4(), "phone_box": "box", "details_box": "box",
        "language": "vi", "vulnerable": (), "visit_consent": None, "someone_present": None,
        "by_call": False, "reopened": 0, "owner": None,
        "filed_at": MIDNIGHT, "expected_at": None, "job_id": uuid4(), "job_version": 4, "job_opened_at": MIDNIGHT,
        "past_job_ids": (),
    }  # fmt: skip
    return StoredRequest(**{**fields, **changes})


@pytest.mark.parametrize(
    ("channel", "changes", "word", "asked"),
    [
        ("hotline", {}, None, False),  # the operator asks, or calls once somebody has accepted
        ("hotline", {"visit_consent": True}, True, False),
        ("hotline", {"visit_consent": True, "on_behalf_of": "Mẹ"}, True, False),  # the operator has heard the mother
        ("hotline", {"on_behalf_of": "Mẹ"}, None, True),
        ("web", {"visit_consent": True}, True, False),
        ("web", {}, None, True),
        ("web", {"visit_consent": False}, None, True),  # a box that was left empty
        ("web", {"visit_consent": True, "on_behalf_of": "Mẹ"}, None, True),  # nobody agrees for somebody else
        ("chat", {"visit_consent": True, "on_behalf_of": "Mẹ"}, None, True),
        ("chat", {}, None, True),
        ("web", {"category": "fraud"}, None, False),  # goes to people, and is no visit
    ],
)
def test_whose_word_counts_and_who_is_asked(channel: str, changes: dict[str, Any], word: bool | None, asked: bool) -> None:
    filled = form(channel, **changes)
    assert word_of(filled) is word
    assert wants_asking(filled, word, filled.category) is asked


def test_who_has_filed_is_asked_at_once_and_others_by_day() -> None:
    morning = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)  # 07:30 in Hanoi
    assert ask_at(Priority.P3, MIDNIGHT, behalf=False) == MIDNIGHT
    assert ask_at(Priority.P3, MIDNIGHT, behalf=True) == morning
    assert ask_at(Priority.P2, MIDNIGHT, behalf=True) == MIDNIGHT, "what is due today does not wait for the morning"


def test_a_helper_who_waits_is_not_kept_longer_than_the_question_may_take() -> None:
    assert all(HURRY_SECONDS[tier] <= AGAIN_SECONDS[tier] for tier in Priority)


@pytest.mark.parametrize("status", [S.WAITING, S.ASSIGNED])
@pytest.mark.parametrize(
    ("calls", "more", "step", "times"),
    [(1, 1, Step.CALL_AGAIN, 1), (3, 1, Step.DESK, 0), (5, 3, Step.DESK, 0), (6, 3, Step.DESK, 4)],
)
def test_a_call_without_a_word_is_followed_by_another_for_ever(
    status: RequestStatus, calls: int, more: int, step: Step, times: int
) -> None:
    seconds = (HURRY_SECONDS if status is S.ASSIGNED else AGAIN_SECONDS)[Priority.P2]
    due = MIDNIGHT + timedelta(seconds=times * seconds)
    assert after_call(request(status, priority=Priority.P2), calls, MIDNIGHT, more=more) == (step, due)


@pytest.mark.parametrize("status", RequestStatus)
@pytest.mark.parametrize("agreed", [True, False])
def test_what_a_word_makes_of_each_status(status: RequestStatus, agreed: bool) -> None:
    open_now = {S.NEEDS_LOCATION, S.FILED, S.WAITING, S.ASSIGNED, S.ON_THE_WAY, S.FROZEN}
    if status not in open_now:
        with pytest.raises(Refused):
            decided(request(status), agreed, None)
        return
    changed = decided(request(status), agreed, None)
    assert changed.request.visit_consent is agreed
    assert changed.request.status is (status if agreed else S.CANCELLED)
    assert changed.kind is (EventType.REQUEST_VISIT_AGREED if agreed else EventType.REQUEST_VISIT_REFUSED)


def test_a_no_may_be_taken_back_and_begins_a_new_round() -> None:
    refused = decided(request(), False, None).request
    again = decided(refused, True, MIDNIGHT + timedelta(hours=9))
    assert again.kind is EventType.REQUEST_REOPENED
    assert (again.request.status, again.request.visit_consent, again.request.reopened) == (S.FILED, True, 1)
    assert (again.request.job_id, again.request.past_job_ids) == (None, (refused.job_id,))


def test_a_no_to_a_request_without_a_place_may_be_taken_back_too() -> None:
    nowhere = request(S.NEEDS_LOCATION, commune_code=None, lat=None, lon=None, owner="city_desk")
    refused = decided(nowhere, False, None).request
    assert (refused.status, refused.owner) == (S.CANCELLED, None)
    again = decided(refused, True, None).request
    assert (again.status, again.owner) == (S.NEEDS_LOCATION, "city_desk")


def test_what_was_called_off_otherwise_is_not_begun_anew_by_a_yes() -> None:
    with pytest.raises(Refused):
        decided(request(S.CANCELLED), True, None)


@pytest.mark.parametrize(
    ("status", "consent", "agreed", "stands"),
    [
        (S.IN_PROGRESS, True, False, Stand.THERE),
        (S.RESOLVED, True, False, Stand.OVER),
        (S.CANCELLED, None, True, Stand.OVER),
    ],
)
def test_how_it_stands_for_whoever_is_too_late(status: RequestStatus, consent: bool | None, agreed: bool, stands: Stand) -> None:
    late = request(status, visit_consent=consent)
    with pytest.raises(Refused) as refusal:
        decided(late, agreed, None)
    assert stand(late, refusal.value) is stands


def test_how_it_stands_for_whoever_says_it_twice() -> None:
    assert stand(request(visit_consent=True)) is Stand.AGREED
    assert stand(request(S.CANCELLED, visit_consent=False)) is Stand.REFUSED


@pytest.mark.parametrize("status", RequestStatus)
def test_nobody_is_asked_about_what_is_over_stopped_or_under_way(status: RequestStatus) -> None:
    asked = status in {S.NEEDS_LOCATION, S.FILED, S.WAITING, S.ASSIGNED, S.ON_THE_WAY}
    assert may_be_asked(request(status)) is asked
    assert not may_be_asked(request(status, visit_consent=True))
    assert not may_be_asked(request(status, details_box="")), "erased"
