"""A callback always has an owner and a clock: every move says who is next, and no clock ends one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.hotline.callback import (
    CITY_DESK,
    HOTLINE,
    Callback,
    CallbackOutcome,
    CallbackOver,
    CallbackStatus,
    CallbackTaken,
    Need,
    NotTaken,
    Reason,
    asked,
    looked,
    next_look,
    opened,
    said,
    settled,
    taken,
)
from intake.hotline.settings import HotlineSettings

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
S = HotlineSettings()
MISSED_ONE = Need(misses=1, first_at=NOW, last_at=NOW, spoken_at=None, filed_at=None)
FRESH = opened(UUID(int=1), UUID(int=2), MISSED_ONE, NOW, S)


def later(**much: float) -> datetime:
    return NOW + timedelta(**much)


def test_one_operator_has_it_until_the_lease_is_over() -> None:
    an = taken(FRESH, "an", NOW, S)
    assert (an.owner, an.status, an.deadline) == ("an", CallbackStatus.TAKEN, later(seconds=S.lease_seconds))
    assert taken(an, "an", later(minutes=1), S) == an
    with pytest.raises(CallbackTaken):
        taken(an, "binh", later(minutes=1), S)
    assert taken(an, "binh", later(seconds=S.lease_seconds), S).owner == "binh"


def test_a_lease_that_ran_out_goes_back_to_all() -> None:
    back = looked(taken(FRESH, "an", NOW, S), later(seconds=S.lease_seconds), S)
    assert (back.owner, back.status, back.lease_until, back.ended_at) == (HOTLINE, CallbackStatus.OPEN, None, None)


def test_who_called_may_say_so_after_the_lease_unless_another_has_it() -> None:
    back = looked(taken(FRESH, "an", NOW, S), later(minutes=11), S)
    assert said(back, "an", CallbackOutcome.REACHED, later(minutes=12), S).outcome is CallbackOutcome.REACHED
    with pytest.raises(CallbackTaken):
        said(taken(back, "binh", later(minutes=12), S), "an", CallbackOutcome.REACHED, later(minutes=13), S)


def test_who_has_not_taken_it_says_nothing_about_it() -> None:
    with pytest.raises(NotTaken):
        said(FRESH, "an", CallbackOutcome.REACHED, NOW, S)


def test_the_same_word_twice_is_one_try() -> None:
    once = said(taken(FRESH, "an", NOW, S), "an", CallbackOutcome.NO_ANSWER, later(minutes=2), S)
    assert (once.tries, once.status, once.due_at) == (1, CallbackStatus.OPEN, later(minutes=2, seconds=S.retry_seconds))
    assert said(once, "an", CallbackOutcome.NO_ANSWER, later(minutes=2), S) == once
    reached = said(taken(once, "an", NOW, S), "an", CallbackOutcome.REACHED, later(minutes=5), S)
    assert said(reached, "an", CallbackOutcome.REACHED, later(minutes=6), S) == reached
    with pytest.raises(CallbackOver):
        said(reached, "binh", CallbackOutcome.WRONG_NUMBER, later(minutes=6), S)


def test_who_filed_their_request_while_talking_may_still_say_that_they_were_reached() -> None:
    filed = Need(misses=0, first_at=None, last_at=None, spoken_at=None, filed_at=later(minutes=2))
    ended = settled(taken(FRESH, "an", NOW, S), filed, later(minutes=2))
    assert ended.outcome is CallbackOutcome.FILED
    reached = said(ended, "an", CallbackOutcome.REACHED, later(minutes=3), S)
    assert (reached.outcome, reached.said_by, reached.covers_until) == (CallbackOutcome.REACHED, "an", later(minutes=2))
    assert said(reached, "an", CallbackOutcome.REACHED, later(minutes=3), S) == reached
    in_vain = said(ended, "an", CallbackOutcome.NO_ANSWER, later(minutes=3), S)
    assert in_vain.outcome is CallbackOutcome.FILED
    assert said(in_vain, "an", CallbackOutcome.NO_ANSWER, later(minutes=3), S) == in_vain
    with pytest.raises(CallbackOver):
        said(ended, "binh", CallbackOutcome.REACHED, later(minutes=3), S)


def tried(task: Callback, times: int) -> Callback:
    for number in range(times):
        at = later(hours=number / 10)
        task = said(taken(task, "an", at, S), "an", CallbackOutcome.NO_ANSWER, at, S)
    return task


def test_after_so_many_tries_it_is_the_desks_and_after_as_many_more_it_ends() -> None:
    assert tried(FRESH, S.most_tries - 1).owner == HOTLINE
    desk = tried(FRESH, S.most_tries)
    assert (desk.owner, desk.ended_at, desk.escalated_at is not None) == (CITY_DESK, None, True)
    ended = tried(FRESH, 2 * S.most_tries)
    assert (ended.status, ended.outcome) == (CallbackStatus.ENDED, CallbackOutcome.NO_ANSWER)


def test_nobody_calls_and_it_rises_visibly_then_to_the_desk() -> None:
    late = looked(FRESH, later(seconds=S.due_seconds), S)
    assert (late.raised, late.owner, late.due_at) == (1, HOTLINE, later(seconds=2 * S.due_seconds))
    desk = looked(late, later(seconds=S.escalate_seconds), S)
    assert (desk.owner, desk.escalated_at) == (CITY_DESK, later(seconds=S.escalate_seconds))
    assert looked(desk, desk.due_at, S).raised == desk.raised + 1


@given(st.lists(st.sampled_from(["take", "no_answer", "clock", "miss"]), max_size=40))
def test_whatever_happens_an_open_callback_has_an_owner_and_a_clock_ahead(steps: list[str]) -> None:
    task, now = FRESH, NOW
    for number, step in enumerate(steps):
        if task.ended_at is not None:
            assert task.tries == 2 * S.most_tries
            return
        now += timedelta(minutes=1)
        match step:
            case "take":
                task = taken(task, "an", now, S)
            case "no_answer":
                task = said(taken(task, "an", now, S), "an", CallbackOutcome.NO_ANSWER, now, S)
            case "clock":
                now = max(now, next_look(task, S) or now)
                task = looked(task, now, S)
            case "miss":
                task = settled(task, replace(MISSED_ONE, misses=number + 2, last_at=now), now)
        at = next_look(task, S)
        assert task.owner
        assert task.ended_at is not None or (at is not None and (at > now or step != "clock"))


NEEDS = [
    ("rings again", replace(MISSED_ONE, misses=2, last_at=later(minutes=3)), None, 2),
    ("is answered", replace(MISSED_ONE, misses=0, spoken_at=later(minutes=3)), CallbackOutcome.ANSWERED, 1),
    ("files a request", replace(MISSED_ONE, misses=0, filed_at=later(minutes=3)), CallbackOutcome.FILED, 1),
]


@pytest.mark.parametrize(("need", "outcome", "misses"), [row[1:] for row in NEEDS], ids=[row[0] for row in NEEDS])
def test_what_else_comes_of_a_number_that_rang_in_vain(need: Need, outcome: CallbackOutcome | None, misses: int) -> None:
    after = settled(FRESH, need, later(minutes=4))
    assert (after.outcome, after.misses) == (outcome, misses)
    assert after.covers_until == (need.covered_at if outcome else None)


def test_who_asked_to_be_called_is_called_even_when_they_file_meanwhile() -> None:
    wanted = asked(FRESH, Reason.PASS_PHRASE, None, later(minutes=1))
    filed = Need(misses=0, first_at=None, last_at=None, spoken_at=None, filed_at=later(minutes=2))
    assert settled(wanted, filed, later(minutes=3)).ended_at is None
    spoken = replace(filed, spoken_at=later(minutes=3))
    assert settled(wanted, spoken, later(minutes=3)).outcome is CallbackOutcome.ANSWERED


@pytest.mark.parametrize("reason", [Reason.ASKED, Reason.PASS_PHRASE, Reason.CHANGE, Reason.NOT_FIXED])
def test_a_chat_takes_the_place_of_no_reason_that_says_more(reason: Reason) -> None:
    wanted = asked(FRESH, reason, UUID(int=3), later(minutes=1))
    assert asked(wanted, Reason.CHAT, None, later(minutes=2)) == wanted
    assert asked(FRESH, Reason.CHAT, None, later(minutes=2)).reason is Reason.CHAT, "a call in vain says less"
    in_chat = asked(FRESH, Reason.CHAT, None, later(minutes=1))
    assert asked(in_chat, reason, None, later(minutes=2)).reason is reason


def test_the_conversation_is_named_in_which_they_asked_first_as_long_as_that_is_to_be_done() -> None:
    talk, other = UUID(int=4), UUID(int=5)
    in_chat = asked(FRESH, Reason.CHAT, None, later(minutes=1), conversation_id=talk)
    assert asked(in_chat, Reason.CHAT, None, later(minutes=2), conversation_id=other) == in_chat
    assert asked(in_chat, Reason.PASS_PHRASE, None, later(minutes=2)).conversation_id == talk
    again = Need(misses=1, first_at=later(minutes=4), last_at=later(minutes=4), spoken_at=later(minutes=3), filed_at=None)
    assert settled(in_chat, again, later(minutes=5)).conversation_id is None, "they were spoken with, and rang in vain since"


def test_a_call_missed_before_they_were_reached_needs_no_other_callback() -> None:
    ahead = replace(FRESH, last_at=later(minutes=4))  # by the telephone system's clock
    reached = said(taken(ahead, "an", NOW, S), "an", CallbackOutcome.REACHED, later(minutes=2), S)
    assert reached.covers_until == later(minutes=4)
