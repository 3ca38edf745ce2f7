"""Every state of a message against every thing that can happen to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.channels.port import ReceiptStatus
from notify.message import (
    ENDED,
    MOVES,
    IllegalMove,
    Message,
    MessageStatus,
    Moved,
    News,
    SendingRules,
    begin,
    by_receipt,
    delivered,
    failed,
    given_up,
    lost,
    never_seen,
    not_taken,
    refused,
    submitted,
)
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
RULES = SendingRules()
ATTEMPT = uuid4()
S = MessageStatus


def a_message(status: MessageStatus = S.SENDING, **changes: object) -> Message:
    message = Message(
        id=uuid4(),
        status=status,
        channels=(ChannelKind.SMS,),
        is_question=True,
        not_before=NOW,
        not_after=NOW + timedelta(minutes=10),
        attempts=1,
        attempt_id=ATTEMPT,
        lease_until=NOW + timedelta(seconds=60) if status in {S.SENDING, S.UNKNOWN} else None,
    )
    return message._replace(**changes)  # type: ignore[arg-type]


WHAT_HAPPENS = {
    "submitted": lambda m: submitted(m, NOW),
    "delivered": lambda m: delivered(m, NOW),
    "refused": lambda m: refused(m, NOW, RULES, permanent=True),
    "not_taken": lambda m: not_taken(m, NOW),
    "lost": lambda m: lost(m, NOW, RULES),
    "given_up": lambda m: given_up(m, NOW, RULES),
    "failed": lambda m: failed(m, FailureReason.TOO_LATE, NOW),
}
# Rows: before; columns: after. What is not written stays as it is.
TABLE = {
    S.HELD: {"delivered": S.DELIVERED, "failed": S.UNDELIVERED},
    S.QUEUED: {"delivered": S.DELIVERED, "failed": S.UNDELIVERED},
    S.SENDING: {
        "submitted": S.SUBMITTED,
        "delivered": S.DELIVERED,
        "refused": S.UNDELIVERED,
        "not_taken": S.QUEUED,
        "lost": S.UNKNOWN,
        "failed": S.UNDELIVERED,
    },
    S.UNKNOWN: {
        "submitted": S.SUBMITTED,
        "delivered": S.DELIVERED,
        "refused": S.UNDELIVERED,
        "not_taken": S.QUEUED,
        "given_up": S.QUEUED,
        "failed": S.UNDELIVERED,
    },
    S.SUBMITTED: {"delivered": S.DELIVERED, "refused": S.UNDELIVERED, "failed": S.UNDELIVERED},
    S.DELIVERED: {},
    S.UNDELIVERED: {},
    S.WITHDRAWN: {},
}


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("what", list(WHAT_HAPPENS))
def test_every_state_and_event_pair(status: MessageStatus, what: str) -> None:
    before = a_message(status)
    after = WHAT_HAPPENS[what](before)
    assert after.message.status is TABLE[status].get(what, status)
    if after.message.status is status:
        assert after == Moved(before)
    assert (after.message.lease_until is not None) == (after.message.status in {S.SENDING, S.UNKNOWN})
    assert (after.message.ended_at is not None) == (after.message.status in ENDED and status not in ENDED)


def test_every_move_of_the_machine_is_in_its_table() -> None:
    for status, row in TABLE.items():
        for target in row.values():
            assert target is status or target in MOVES[status]


def test_only_what_waits_can_begin() -> None:
    queued = a_message(S.QUEUED, attempts=0, attempt_id=None)
    sending = begin(queued, ATTEMPT, NOW, RULES)
    assert (sending.status, sending.attempts, sending.lease_until) == (S.SENDING, 1, NOW + timedelta(seconds=RULES.lease_seconds))
    for status in set(S) - {S.QUEUED}:
        with pytest.raises(IllegalMove):
            begin(a_message(status), ATTEMPT, NOW, RULES)


def test_a_carrier_that_was_away_costs_no_attempt() -> None:
    assert not_taken(a_message(attempts=3), NOW).message.attempts == 2
    assert never_seen(a_message(S.UNKNOWN), NOW).message.status is S.QUEUED


def test_a_refusal_for_now_waits_twice_as_long_each_time_and_then_climbs() -> None:
    waits = []
    for attempts in (1, 2):
        again = refused(a_message(attempts=attempts), NOW, RULES, permanent=False).message
        waits.append((again.not_before - NOW).total_seconds())
    assert waits == [5, 10]
    assert refused(a_message(attempts=3), NOW, RULES, permanent=False).message.reason is FailureReason.UNDELIVERABLE


def test_a_refusal_climbs_to_the_next_channel_that_is_served() -> None:
    rules = replace(RULES, served=frozenset({ChannelKind.SMS, ChannelKind.TELEGRAM}))
    ladder = (ChannelKind.SMS, ChannelKind.ZALO, ChannelKind.TELEGRAM, ChannelKind.CALL)
    up = refused(a_message(channels=ladder), NOW, rules, permanent=True)
    assert (up.message.status, up.message.channel, up.message.attempts, up.news) == (S.QUEUED, ChannelKind.TELEGRAM, 0, ())
    top = refused(up.message._replace(status=S.SENDING), NOW, rules, permanent=True)
    assert (top.message.status, top.news) == (S.UNDELIVERED, (News.FAILED,))


def test_nobody_tries_again_after_not_after() -> None:
    late = a_message(not_after=NOW + timedelta(seconds=3))
    assert refused(late, NOW, RULES, permanent=False).message.status is S.UNDELIVERED
    assert given_up(a_message(S.UNKNOWN, not_after=NOW), NOW, RULES).message.status is S.UNDELIVERED


def test_an_unknown_offer_is_sent_once_more_and_anything_else_is_not() -> None:
    again = given_up(a_message(S.UNKNOWN), NOW, RULES).message
    assert (again.status, again.resends) == (S.QUEUED, 1)
    for gone in (a_message(S.UNKNOWN, resends=1), a_message(S.UNKNOWN, is_question=False)):
        moved = given_up(gone, NOW, RULES)
        assert (moved.message.reason, moved.news) == (FailureReason.UNKNOWN, (News.FAILED,))


def test_a_delivery_before_its_submission_tells_both_in_order() -> None:
    assert delivered(a_message(), NOW).news == (News.SUBMITTED, News.DELIVERED)
    assert delivered(a_message(S.SUBMITTED, submitted_at=NOW), NOW).news == (News.DELIVERED,)


def test_a_delivery_of_an_earlier_attempt_counts_and_its_failure_does_not() -> None:
    again, earlier = a_message(attempt_id=uuid4(), resends=1), ATTEMPT
    assert by_receipt(again, earlier, ReceiptStatus.UNDELIVERED, NOW, RULES) == Moved(again)
    assert by_receipt(again, earlier, ReceiptStatus.DELIVERED, NOW, RULES).message.status is S.DELIVERED


@given(said=st.lists(st.sampled_from(list(ReceiptStatus)), max_size=12), forged=st.lists(st.booleans(), max_size=12))
def test_whatever_receipts_come_rank_only_rises_and_the_first_end_is_the_end(
    said: list[ReceiptStatus], forged: list[bool]
) -> None:
    rank = {S.SENDING: 0, S.UNKNOWN: 0, S.SUBMITTED: 1, S.DELIVERED: 2, S.UNDELIVERED: 2}
    message, news, end = a_message(), [], None
    for number, status in enumerate(said):
        attempt: UUID = uuid4() if number < len(forged) and forged[number] and status is not ReceiptStatus.DELIVERED else ATTEMPT
        moved = by_receipt(message, attempt, status, NOW, RULES)
        assert rank[moved.message.status] >= rank[message.status]
        message, news = moved.message, [*news, *moved.news]
        end = end or (message.status if message.status in ENDED else None)
        assert end is None or message.status is end
    assert len(news) == len(set(news)), "each piece of news once"
