"""What a broadcast may become, and how many may leave: a table, and a clock that does whatever it likes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notify.broadcasts.broadcast import (
    BURST,
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    IllegalBroadcastMove,
    Order,
    Pace,
    TooLate,
    allowance,
    moved,
    ordered,
    paced,
)
from notify.broadcasts.counting import counted
from shared.errors import Refused

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DRAFT, RUNNING, PAUSED, STOPPED, DONE = BroadcastStatus
ALLOWED = {
    (DRAFT, RUNNING), (DRAFT, STOPPED), (RUNNING, PAUSED), (RUNNING, STOPPED), (RUNNING, DONE), (PAUSED, RUNNING),
    (PAUSED, STOPPED),
}  # fmt: skip


def a_broadcast(status: BroadcastStatus = RUNNING) -> Broadcast:
    return Broadcast(
        id=uuid4(), city="hanoi", kind=BroadcastKind.OUTAGE, status=status, text_vi="a", text_en="b", per_second=None,
        not_after=NOW + timedelta(hours=1), gathered_at=None, started_at=None, ended_at=None, paced_at=EPOCH,
    )  # fmt: skip


@pytest.mark.parametrize("source", BroadcastStatus)
@pytest.mark.parametrize("target", BroadcastStatus)
def test_every_move_is_in_the_table_or_refused(source: BroadcastStatus, target: BroadcastStatus) -> None:
    broadcast = a_broadcast(source)
    if source is target:
        assert moved(broadcast, target, NOW) == broadcast
    elif (source, target) in ALLOWED:
        after = moved(broadcast, target, NOW)
        assert after.status is target
        assert (after.ended_at is not None) == (target in {STOPPED, DONE})
        assert (after.started_at is not None) == (target is RUNNING)
    else:
        with pytest.raises(IllegalBroadcastMove):
            moved(broadcast, target, NOW)


@pytest.mark.parametrize(
    ("order", "status", "instead"),
    [(Order.START, PAUSED, "resume it"), (Order.RESUME, DRAFT, "start it")],
)
def test_who_takes_it_for_another_one_than_it_is_hears_what_to_say(order: Order, status: BroadcastStatus, instead: str) -> None:
    with pytest.raises(Refused, match=instead) as refused:
        ordered(a_broadcast(status), order, NOW)
    assert refused.value.reason == f"broadcast_{status}"


@pytest.mark.parametrize(
    ("order", "status", "becomes"),
    [
        (Order.START, DRAFT, RUNNING), (Order.START, RUNNING, RUNNING), (Order.PAUSE, RUNNING, PAUSED),
        (Order.RESUME, PAUSED, RUNNING), (Order.RESUME, RUNNING, RUNNING), (Order.STOP, PAUSED, STOPPED),
    ],
)  # fmt: skip
def test_an_order_does_what_it_says(order: Order, status: BroadcastStatus, becomes: BroadcastStatus) -> None:
    assert ordered(a_broadcast(status), order, NOW).status is becomes


def test_what_is_worth_nothing_any_more_is_not_started() -> None:
    with pytest.raises(TooLate):
        moved(a_broadcast(PAUSED), RUNNING, NOW + timedelta(hours=1))
    assert moved(a_broadcast(PAUSED), STOPPED, NOW + timedelta(hours=1)).status is STOPPED


def test_a_rest_is_not_saved_up_and_a_clock_set_back_begins_anew() -> None:
    assert allowance(EPOCH, NOW, 250) == 62
    assert allowance(paced(EPOCH, NOW, 250, 62), NOW, 250) == 0
    assert allowance(NOW, NOW + timedelta(seconds=0.1), 250) == 25
    assert allowance(NOW + timedelta(days=1), NOW, 250) == 0
    assert allowance(paced(NOW + timedelta(days=1), NOW, 250, 0), NOW + timedelta(seconds=0.1), 250) == 25
    assert allowance(EPOCH, NOW, 1) == 1, "also the slowest begins"


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=60),
    per_second=st.integers(1, 1000),
)
def test_whatever_looks_come_when_no_more_leave_than_the_pace_and_a_burst(
    steps: list[tuple[float, float]], per_second: int
) -> None:
    now, at, told = NOW, EPOCH, 0
    for seconds, share in steps:
        now += timedelta(seconds=seconds)
        many = int(allowance(at, now, per_second) * share)
        at, told = paced(at, now, per_second, many), told + many
    burst = max(BURST.total_seconds() * per_second, 1)
    assert told <= (now - NOW).total_seconds() * per_second + burst + 0.01


@settings(max_examples=200)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from((0.01, 0.1, 0.2, 0.25, 1.0)), st.sampled_from((1, 40, 1000))), min_size=1, max_size=60
    ),
    per_second=st.integers(1, 1000),
)
def test_in_no_second_more_leave_than_a_provider_takes_in_one(steps: list[tuple[float, int]], per_second: int) -> None:
    """However unevenly whoever hands out looks, and however much room they have."""
    pace, now, told = Pace(EPOCH), NOW, [(NOW, 0)]
    for seconds, room in steps:
        now += timedelta(seconds=seconds)
        many = min(room, pace.allowance(now, per_second))
        if many:
            pace = pace.after(now, per_second, many)
            told.append((now, many))
    for until, _ in told:
        assert sum(many for at, many in told if until - timedelta(seconds=1) < at <= until) <= per_second - per_second // 10, (
            "a tenth is held back"
        )


def test_a_lane_that_looks_often_enough_uses_nine_tenths_of_each_second() -> None:
    pace, told = Pace(EPOCH), 0
    for tick in range(600):
        now = NOW + timedelta(seconds=0.1 * tick)
        many = pace.allowance(now, 250)
        pace, told = pace.after(now, 250, many), told + many
    assert told >= 60 * 225 - 1, "30,000 take 134 s at most"
    assert len(pace.left) <= 11


@pytest.mark.parametrize(("own", "minutes"), [(None, 2.2), (250, 2.2), (50, 10.0)])
def test_how_long_it_takes_is_told_with_what_leaves_in_a_second(own: int | None, minutes: float) -> None:
    row = {"status": DRAFT, "per_second": own, "text_vi": "a", "text_en": "b"}
    people = [{"status": "waiting", "reason": None, "channel": "sms", "language": "vi", "people": 30_000}]
    assert counted(row, people, (), per_second=250, price_vnd=350)["minutes"] == minutes


def test_a_clock_that_was_set_back_begins_the_second_anew() -> None:
    pace = Pace(EPOCH).after(NOW + timedelta(days=1), 250, 225)
    assert pace.allowance(NOW, 250) == 0
    assert pace.after(NOW, 250, 0).allowance(NOW + timedelta(seconds=0.2), 250) == 50
