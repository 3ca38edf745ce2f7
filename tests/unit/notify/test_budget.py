"""What money stops, and what it never does."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from notify.message import Message, MessageStatus, SendingRules, unaffordable
from notify.sending.budget import Budgets, Purse, day_begins, is_further_try
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
RULES = SendingRules(served=frozenset({ChannelKind.TELEGRAM, ChannelKind.SMS, ChannelKind.ZNS}))
FIRST = Message(
    id=UUID(int=1),
    status=MessageStatus.QUEUED,
    channels=(ChannelKind.ZALO, ChannelKind.TELEGRAM, ChannelKind.SMS, ChannelKind.ZNS),
    rung=1,  # nobody serves Zalo here
    is_question=True,
    not_before=NOW,
    not_after=NOW + timedelta(minutes=5),
)


@pytest.mark.parametrize(
    ("spent", "of_commune", "allowed"), [(999, 0, True), (1000, 0, False), (500, 299, True), (500, 300, False)]
)
def test_a_purse_is_empty_when_either_budget_is_spent(spent: int, of_commune: int, allowed: bool) -> None:
    purse = Purse(Budgets(day_vnd=1000, commune_day_vnd=300), spent, {"00004": of_commune})
    assert purse.allows("00004") is allowed


def test_the_money_of_one_commune_stops_no_other_and_nothing_that_belongs_to_none() -> None:
    purse = Purse(Budgets(commune_day_vnd=300), 300, {"00004": 300})
    assert (purse.allows("00008"), purse.allows(None)) == (True, True)


def test_without_a_budget_everything_is_allowed() -> None:
    purse = Purse(Budgets(), 10**9, {"00004": 10**9})
    assert purse.allows("00004")
    assert purse.used() == (0.0, 0.0)


def test_the_first_channel_that_is_served_is_the_first_try_and_what_follows_is_not() -> None:
    assert not is_further_try(FIRST, RULES)
    assert not is_further_try(FIRST._replace(attempts=2), RULES), "again on the same channel, because the provider had said no"
    assert is_further_try(FIRST._replace(rung=2, submitted_at=NOW), RULES)
    assert not is_further_try(FIRST._replace(rung=2), RULES), "nobody there had taken it"
    assert is_further_try(FIRST._replace(resends=1), RULES)


def test_what_nobody_can_pay_goes_on_to_the_next_channel_and_at_the_end_to_a_person() -> None:
    climbed = unaffordable(FIRST._replace(rung=2), NOW, RULES).message
    assert (climbed.status, climbed.channel) == (MessageStatus.QUEUED, ChannelKind.ZNS)
    ended = unaffordable(climbed, NOW, RULES).message
    assert (ended.status, ended.reason) == (MessageStatus.UNDELIVERED, FailureReason.BUDGET)


@pytest.mark.parametrize(
    ("now", "begins"),
    [("2026-11-24T16:59:59", "2026-11-23T17:00"), ("2026-11-24T17:00:00", "2026-11-24T17:00")],
)
def test_a_day_begins_at_midnight_in_hanoi(now: str, begins: str) -> None:
    assert day_begins(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(begins).replace(tzinfo=UTC)
