"""The ladder: which channel first, what is asked when, and that whatever happens every message ends on a rung that exists."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notify.channels.port import ReceiptStatus
from notify.message import (
    ENDED,
    IN_FLIGHT,
    Message,
    MessageStatus,
    SendingRules,
    begin,
    by_receipt,
    given_up,
    lost,
    not_taken,
    refused,
    submitted,
    waited,
)
from notify.purpose import CALL_ONLY, TO_RESIDENT, VITAL, Purpose
from notify.sending.ladder import BY_NUMBER, HARM, OUTLIVES, by_call_only, is_overtaken, ladder, patience
from notify.telling.routing import BY_REASON
from shared.events.contract import ChannelKind, Priority, Role

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
SMS, ZALO, ZNS, TELEGRAM, CALL = ChannelKind.SMS, ChannelKind.ZALO, ChannelKind.ZNS, ChannelKind.TELEGRAM, ChannelKind.CALL
SERVED = frozenset({SMS, ZALO, ZNS, TELEGRAM})


def rungs(
    purpose: Purpose, *accounts: ChannelKind, priority: Priority = Priority.P3, preferred: tuple[ChannelKind, ...] = (SMS,)
) -> tuple[ChannelKind, ...]:
    role = Role.RESIDENT if purpose in TO_RESIDENT else Role.RESPONDER
    return ladder(purpose, priority, role, preferred, accounts=accounts, served=SERVED, templated={"filed", "frozen_resident"})


@pytest.mark.parametrize(
    ("purpose", "accounts", "expected"),
    [
        (Purpose.OFFER, (), (SMS,)),
        (Purpose.OFFER, (TELEGRAM,), (TELEGRAM, SMS)),
        (Purpose.OFFER, (ZALO, TELEGRAM), (TELEGRAM, ZALO, SMS)),
        (Purpose.FILED, (), (ZNS, SMS)),
        (Purpose.FILED, (ZALO,), (ZALO, ZNS, SMS)),
        (Purpose.NEWS_RESIDENT, (), (SMS,)),
        (Purpose.FROZEN_RESIDENT, (), (SMS,)),
        (Purpose.FROZEN_RESIDENT, (ZALO,), (SMS, ZALO)),
        (Purpose.ACCEPTED_RESPONDER, (TELEGRAM,), (TELEGRAM, SMS)),
    ],
)
def test_which_channel_comes_first(
    purpose: Purpose, accounts: tuple[ChannelKind, ...], expected: tuple[ChannelKind, ...]
) -> None:
    assert rungs(purpose, *accounts) == expected


def test_an_offer_of_ninety_seconds_rings_first() -> None:
    assert rungs(Purpose.OFFER, TELEGRAM, priority=Priority.P1) == (SMS, TELEGRAM)
    assert rungs(Purpose.ACCEPTED_RESPONDER, TELEGRAM, priority=Priority.P1) == (TELEGRAM, SMS), "they have just answered there"


def test_an_account_whose_chat_nobody_serves_is_no_rung() -> None:
    found = ladder(Purpose.OFFER, Priority.P3, Role.RESPONDER, (SMS,), accounts={TELEGRAM}, served={SMS})
    assert found == (SMS,)


@pytest.mark.parametrize(
    ("channels", "accounts", "called"),
    [((ZALO,), (), True), ((ZALO,), (ZALO,), False), ((CALL, SMS), (ZALO,), True), ((ZNS,), (), False), ((), (ZALO,), True)],
)
def test_who_has_no_account_there_is_called(
    channels: tuple[ChannelKind, ...], accounts: tuple[ChannelKind, ...], called: bool
) -> None:
    assert by_call_only(channels, SERVED, accounts) is called


def test_a_question_about_work_leaves_two_thirds_of_its_lease_to_the_next_channel() -> None:
    leases = {Priority.P1: 90, Priority.P2: 180, Priority.P3: 300, Priority.P4: 900}
    for priority, seconds in leases.items():
        wait = patience(Purpose.OFFER, priority, asks=True)
        assert wait is not None
        assert wait.total_seconds() <= seconds / 3


def test_what_is_vital_never_rests_on_a_channel_that_says_nothing() -> None:
    for purpose in VITAL | HARM:
        assert patience(purpose, Priority.P3, asks=False) == timedelta(seconds=60)
    assert patience(Purpose.NEWS_RESIDENT, Priority.P3, asks=False) is None


def test_an_old_word_does_not_follow_the_new_one() -> None:
    assert is_overtaken(Purpose.EN_ROUTE_RESIDENT, ["frozen_resident"]), "nobody comes any more"
    assert is_overtaken(Purpose.EN_ROUTE_RESIDENT, ["released_resident"]), "the old phrase"
    assert is_overtaken(Purpose.EN_ROUTE_RESIDENT, ["cancelled_resident"])
    assert not is_overtaken(Purpose.EN_ROUTE_RESIDENT, ["news_resident"]), "the phrase is still needed"
    assert is_overtaken(Purpose.FILED, ["accepted_resident"])
    assert not is_overtaken(Purpose.FILED, [])


@given(
    purpose=st.sampled_from([one for one in Purpose if one not in CALL_ONLY]),
    priority=st.sampled_from(Priority),
    role=st.sampled_from(Role),
    preferred=st.lists(st.sampled_from(ChannelKind), max_size=4).map(tuple),
    accounts=st.sets(st.sampled_from([TELEGRAM, ZALO, ChannelKind.WEB_PUSH, ChannelKind.EMAIL])),
    served=st.sets(st.sampled_from(ChannelKind)).map(lambda found: found | {SMS}),
)
@settings(max_examples=200)
def test_every_rung_exists_once_and_sms_is_always_there(  # noqa: PLR0917 - one for each thing that varies
    purpose: Purpose,
    priority: Priority,
    role: Role,
    preferred: tuple[ChannelKind, ...],
    accounts: set[ChannelKind],
    served: set[ChannelKind],
) -> None:
    found = ladder(purpose, priority, role, preferred, accounts=accounts, served=served, templated={"filed"})
    if not accounts and not (ZNS in served and role is Role.RESIDENT and purpose is Purpose.FILED):
        assert found == preferred
        return
    assert len(found) == len(set(found))
    assert SMS in found
    assert all(channel in served and (channel in BY_NUMBER or channel in accounts) for channel in found)


STEPS = st.lists(
    st.sampled_from(
        ["begin", "submitted", "refused", "lost", "given_up", "away", "time", "delivered", "undelivered", "answered"]
    ),
    max_size=40,
)


@given(steps=STEPS, asks=st.booleans(), length=st.integers(1, 4))
@settings(max_examples=300)
def test_whatever_happens_it_stands_on_a_rung_and_has_one_attempt_open(steps: list[str], asks: bool, length: int) -> None:
    """By the moves of the machine; the open attempt is the one that is being sent, or of which nobody knows."""
    rules = SendingRules(served=SERVED)
    channels = (TELEGRAM, ZALO, ZNS, SMS)[-length:]
    message = Message(
        id=uuid4(),
        status=MessageStatus.QUEUED,
        channels=channels,
        is_question=asks,
        not_before=NOW,
        not_after=NOW + timedelta(minutes=9),
    )
    opened = 0
    for step in steps:
        before, rung = message.status, message.rung
        message = _after(step, message, rules)
        opened += before is MessageStatus.QUEUED and message.status is MessageStatus.SENDING
        opened -= before in IN_FLIGHT and message.status not in IN_FLIGHT
        assert opened == (message.status in IN_FLIGHT), "never two open attempts at once"
        assert rung <= message.rung < len(channels)
        assert (message.climb_at is None) or message.status is MessageStatus.SUBMITTED
        if before in ENDED:
            assert message.status is before


def _after(step: str, message: Message, rules: SendingRules) -> Message:
    if step == "begin":
        return begin(message, uuid4(), NOW, rules) if message.status is MessageStatus.QUEUED else message
    if step == "submitted":
        moved = submitted(message, NOW).message
        return moved._replace(climb_at=NOW) if moved.status is MessageStatus.SUBMITTED else moved
    attempt = message.attempt_id or uuid4()
    return {
        "refused": lambda: refused(message, NOW, rules, permanent=True),
        "lost": lambda: lost(message, NOW, rules),
        "given_up": lambda: given_up(message, NOW, rules),
        "away": lambda: not_taken(message, NOW),
        "time": lambda: waited(message, NOW, rules),
        "delivered": lambda: by_receipt(message, attempt, ReceiptStatus.DELIVERED, NOW, rules),
        "undelivered": lambda: by_receipt(message, attempt, ReceiptStatus.UNDELIVERED, NOW, rules),
        "answered": lambda: waited(message, NOW - timedelta(seconds=1), rules),
    }[step]().message


def test_what_outlives_a_request_does_so_whatever_the_reason() -> None:
    others = {made for (purpose, _), made in BY_REASON.items() if purpose in OUTLIVES}
    assert others <= OUTLIVES, "a warning of fraud is not taken back because the request is called off"
