"""Small rules: the ladder, call tasks, and that every text somebody can get has its place in the tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notify.calls.call import CallOutcome, CallStatus, CallTask, done, dropped, due_at, overdue, taken
from notify.purpose import CALL_ONLY, TO_RESIDENT, Purpose
from notify.sending.ladder import by_call_only, next_rung
from notify.sending.worth import WORTH_OTHERWISE_SECONDS, WORTH_SECONDS
from notify.telling.routing import ANSWERS_OWN_ACT, PURPOSES, QUESTION_KINDS, purpose_of
from shared.errors import Refused
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
SMS, ZALO, CALL = ChannelKind.SMS, ChannelKind.ZALO, ChannelKind.CALL


def a_call(**changes: object) -> CallTask:
    task = CallTask(
        id=uuid4(),
        cause_event_id=uuid4(),
        contact_point_id=uuid4(),
        key_id=uuid4(),
        address=None,
        body=None,
        city="hanoi",
        request_id=uuid4(),
        job_id=None,
        offer_id=None,
        role=Role.RESIDENT,
        purpose=Purpose.FILED,
        priority=Priority.P2,
        due_at=NOW,
        created_at=NOW,
    )
    return replace(task, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("channels", "rung", "expected"),
    [
        ((SMS,), -1, 0),
        ((SMS,), 0, None),
        ((ZALO, SMS), -1, 1),
        ((SMS, CALL), 0, None),
        ((), -1, None),
    ],
)
def test_the_next_rung(channels: tuple[ChannelKind, ...], rung: int, expected: int | None) -> None:
    assert next_rung(channels, rung, {SMS, CALL}) == expected


@pytest.mark.parametrize(("channels", "expected"), [((), True), ((CALL, SMS), True), ((ZALO,), True), ((SMS,), False)])
def test_who_is_called(channels: tuple[ChannelKind, ...], expected: bool) -> None:
    assert by_call_only(channels, {SMS}) is expected


def test_every_pair_of_call_state_and_command() -> None:
    open_, taken_ = a_call(), taken(a_call(), "an", NOW)
    done_, dropped_ = done(a_call(), "an", CallOutcome.TOLD, NOW), dropped(a_call(), CallOutcome.OVERTAKEN, NOW)
    assert [task.status for task in (open_, taken_, done_, dropped_)] == list(CallStatus)
    assert taken(taken_, "an", NOW) == taken_
    for task, who in ((taken_, "binh"), (done_, "an"), (dropped_, "an")):
        with pytest.raises(Refused, match="call_not_open"):
            taken(task, who, NOW)
    assert done(taken_, "binh", CallOutcome.UNREACHED, NOW).outcome is CallOutcome.UNREACHED
    assert done(done_, "an", CallOutcome.TOLD, NOW) == done_
    for task in (dropped_, done_):
        with pytest.raises(Refused, match="call_closed"):
            done(task, "an", CallOutcome.UNREACHED, NOW)
        assert dropped(task, CallOutcome.ERASED, NOW) == task
        assert overdue(replace(task, due_at=NOW), NOW) == replace(task, due_at=NOW)
    for task in (open_, replace(taken_, due_at=NOW)):
        raised = overdue(task, NOW)
        assert (raised.owner, raised.status, raised.raised, raised.version) == ("city_desk", CallStatus.OPEN, 1, task.version + 1)
        assert raised.due_at > NOW


def test_a_desk_calls_nobody_at_night_about_an_ordinary_thing() -> None:
    night = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 22:00 in Hanoi
    assert due_at(Priority.P2, night) == night + timedelta(minutes=15)
    assert due_at(Priority.P3, night).astimezone(UTC).hour in range(11), "in the staffed hours of the next day"


def test_a_call_between_two_who_wait_is_due_in_minutes_again_when_it_was_missed() -> None:
    evening = datetime(2026, 3, 2, 12, tzinfo=UTC)  # 19:00 in Hanoi
    missed = a_call(purpose=Purpose.REMOTE_CALL, priority=Priority.P3, due_at=evening - timedelta(seconds=1))
    assert overdue(missed, evening).due_at == evening + timedelta(minutes=5)
    assert overdue(replace(missed, purpose=Purpose.FILED), evening).due_at > evening + timedelta(hours=1)


def test_why_an_offer_was_taken_back_picks_the_text() -> None:
    for reason, purpose in (("taken", Purpose.TAKEN), ("already_taken", Purpose.ALREADY_TAKEN), ("cancelled", Purpose.WITHDRAWN)):
        assert purpose_of(EventType.OFFER_WITHDRAWN, Role.RESPONDER, reason) is purpose
    assert purpose_of(EventType.OFFER_WITHDRAWN, Role.RESIDENT, "taken") is None
    assert purpose_of(EventType.ASSIGNMENT_ON_SCENE, Role.RESIDENT) is None


def test_residents_get_the_texts_of_residents_and_nobody_else_does() -> None:
    for (_, role), purpose in PURPOSES.items():
        assert (purpose in TO_RESIDENT) == (role is Role.RESIDENT)
        assert purpose not in CALL_ONLY


def test_every_question_that_an_event_asks_has_a_kind_of_offer() -> None:
    assert set(QUESTION_KINDS) == {Purpose.OFFER, Purpose.OFFER_BY_PHONE, Purpose.ESCALATION}
    assert not ANSWERS_OWN_ACT & set(QUESTION_KINDS)


def test_what_may_wait_for_the_morning_is_still_worth_something_then() -> None:
    night_seconds = 10 * 3600
    assert night_seconds < WORTH_OTHERWISE_SECONDS
    assert all(seconds > 0 for seconds in WORTH_SECONDS.values())
