"""A call is what its events say, however they come: in any order, twice, late."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.hotline.call import Call, CallEvent, CallOutcome, CallState, fallen_silent, heard

NEW = Call(id=UUID(int=1))
START = datetime(2026, 3, 2, 3, tzinfo=UTC)

EVENTS = st.tuples(
    st.sampled_from(CallEvent),
    st.integers(0, 60).map(lambda second: START + timedelta(seconds=second)),
    st.sampled_from([None, "quay-1", "quay-2"]),
)


def after(*events: tuple[CallEvent, int]) -> Call:
    call = NEW
    for event, second in events:
        call = heard(call, event, START + timedelta(seconds=second))
    return call


@given(events=st.lists(EVENTS, max_size=8), data=st.data())
def test_the_same_events_give_the_same_call_in_any_order_and_doubled(
    events: list[tuple[CallEvent, datetime, str | None]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*events, *events]))
    one, other = NEW, NEW
    for event in events:
        one = heard(one, *event)
    for event in shuffled:
        other = heard(other, *event)
    assert one == other


RING, ANSWER, END, MISS, LEFT = CallEvent
STORIES = [
    ("rings", [(RING, 0)], CallState.RINGING, None),
    ("is answered", [(RING, 0), (ANSWER, 12)], CallState.TALKING, CallOutcome.ANSWERED),
    ("was answered", [(RING, 0), (ANSWER, 12), (END, 90)], CallState.OVER, CallOutcome.ANSWERED),
    ("is missed", [(RING, 0), (MISS, 40)], CallState.OVER, CallOutcome.MISSED),
    ("is given up", [(RING, 0), (LEFT, 25), (END, 25)], CallState.OVER, CallOutcome.ABANDONED),
    ("ends without an answer", [(RING, 0), (END, 25)], CallState.OVER, CallOutcome.ABANDONED),
    (
        "rang at one desk in vain, and was answered at another",
        [(MISS, 20), (ANSWER, 31)],
        CallState.TALKING,
        CallOutcome.ANSWERED,
    ),
]


@pytest.mark.parametrize(("events", "state", "outcome"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES])
def test_what_came_of_a_call_follows_from_what_was_said(
    events: list[tuple[CallEvent, int]], state: CallState, outcome: CallOutcome | None
) -> None:
    call = after(*events)
    assert (call.state, call.outcome) == (state, outcome)


def test_a_wait_is_from_the_first_ring_to_the_first_answer() -> None:
    assert after((ANSWER, 30), (RING, 9), (RING, 4), (ANSWER, 24)).wait_seconds == 20
    assert after((ANSWER, 30)).wait_seconds is None
    assert after((RING, 5), (ANSWER, 3)).wait_seconds == 0, "two clocks of one telephone system"


def test_a_call_that_only_rang_is_a_missed_one_and_any_word_counts_for_more() -> None:
    silent = fallen_silent(after((RING, 0)), START + timedelta(minutes=10))
    assert (silent.outcome, silent.unanswered_at) == (CallOutcome.MISSED, START + timedelta(minutes=10))
    assert heard(silent, ANSWER, START + timedelta(seconds=8)).outcome is CallOutcome.ANSWERED
    talking = after((RING, 0), (ANSWER, 3))
    assert fallen_silent(talking, START + timedelta(minutes=10)) == talking
