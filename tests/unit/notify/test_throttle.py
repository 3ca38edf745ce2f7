"""Limits and quiet hours: how much is enough, and when it may go on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.sending.throttle import Limits, NotYet, may_send
from shared.events.contract import Priority, Role
from shared.events.messages import FailureReason

LIMITS = Limits()
DAY = datetime(2026, 3, 2, 3, tzinfo=UTC)  # 10:00 in Hanoi


def local(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def minutes_ago(*minutes: float) -> list[datetime]:
    return [DAY - timedelta(minutes=m) for m in minutes]


@pytest.mark.parametrize(
    ("sent", "free_in_minutes"),
    [
        ([], None),
        ([1, 2, 3, 4], None),
        ([1, 2, 3, 4, 5], 10),  # the fifth newest leaves the quarter of an hour
        ([1, 2, 3, 4, 14.5], 0.5),
        ([1, 2, 3, 4, 15], None),  # exactly a quarter of an hour ago is out
        ([1, 2, 3, 4, 16, 17, 18, 19, 30, 40, 50], 10),  # eleven in the hour
        ([*range(20, 55, 4), *range(65, 180, 10)], 5),  # twenty-one in three hours; the oldest is 175 minutes old
    ],
)
def test_the_windows(sent: list[float], free_in_minutes: float | None) -> None:
    found = may_send(minutes_ago(*sent), DAY, Priority.P1, LIMITS)
    if free_in_minutes is None:
        assert found is None
    else:
        assert found == NotYet(FailureReason.LIMIT, DAY + timedelta(minutes=free_in_minutes))


def test_who_answers_for_a_ward_or_the_city_waits_after_a_burst_only() -> None:
    many = minutes_ago(*range(16, 170, 3), *range(1, 10))
    assert may_send(many, DAY, Priority.P1, LIMITS, role=Role.LEAD) is None
    found = may_send(minutes_ago(*range(1, 11)), DAY, Priority.P1, LIMITS, role=Role.LEAD)
    assert found == NotYet(FailureReason.LIMIT, DAY + timedelta(minutes=5))


def test_what_is_vital_is_said_after_any_number_of_texts_but_not_at_night() -> None:
    assert may_send(minutes_ago(*range(1, 30)), DAY, Priority.P3, LIMITS, vital=True) is None
    assert may_send([], local(23), Priority.P3, LIMITS, vital=True) == NotYet(FailureReason.QUIET_HOURS, local(7, day=3))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(20, 59), None),
        (local(21), local(7, day=3)),
        (local(23, 59), local(7, day=3)),
        (local(0, 30), local(7)),
        (local(6, 59), local(7)),
        (local(7), None),
    ],
)
def test_quiet_hours(at: datetime, until: datetime | None) -> None:
    for priority in (Priority.P3, Priority.P4):
        assert may_send([], at, priority, LIMITS) == (NotYet(FailureReason.QUIET_HOURS, until) if until else None)
    for priority in (Priority.P1, Priority.P2):
        assert may_send([], at, priority, LIMITS) is None
    assert may_send([], at, Priority.P4, LIMITS, own_act=True) is None, "who has just written is awake"


def test_a_limit_that_ends_in_the_night_ends_in_the_morning() -> None:
    now = local(20, 58)
    found = may_send([now - timedelta(minutes=m) for m in (1, 2, 3, 4, 5)], now, Priority.P3, LIMITS)
    assert found == NotYet(FailureReason.LIMIT, local(7, day=3))


@given(st.lists(st.integers(0, 200 * 60), max_size=40), st.sampled_from(list(Priority)), st.integers(0, 86400))
def test_whoever_waits_until_retry_at_may_then_send(ago: list[int], priority: Priority, shift: int) -> None:
    now = DAY + timedelta(seconds=shift)
    sent = [now - timedelta(seconds=seconds) for seconds in ago]
    found = may_send(sent, now, priority, LIMITS)
    if found is not None:
        assert found.retry_at > now
        assert may_send(sent, found.retry_at, priority, LIMITS) is None


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60))
def test_who_obeys_never_exceeds_a_window(gaps: list[int]) -> None:
    now, sent = DAY, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        if may_send(sent, now, Priority.P1, LIMITS) is None:
            sent.append(now)
    for n, window in LIMITS.windows:
        for start in sent:
            assert sum(start <= at < start + window for at in sent) <= n


@pytest.mark.parametrize(
    ("role", "vital", "most"), [(Role.RESPONDER, False, 20), (Role.RESPONDER, True, 60), (Role.LEAD, False, 60)]
)
def test_answers_have_an_allowance_of_their_own_that_a_person_does_not_exhaust(role: Role, vital: bool, most: int) -> None:
    sent = [DAY - timedelta(seconds=10 * number) for number in range(1, most)]
    assert may_send(sent, DAY, Priority.P2, LIMITS, role=role, answers=True, vital=vital) is None
    found = may_send([*sent, DAY - timedelta(minutes=14)], DAY, Priority.P2, LIMITS, role=role, answers=True, vital=vital)
    assert found == NotYet(FailureReason.LIMIT, DAY + timedelta(minutes=1))
