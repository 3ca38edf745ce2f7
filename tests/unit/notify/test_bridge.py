"""A call that is left to a provider: what each of its words makes of the task, and when a person takes over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notify.calls.bridge import BRIDGE, CLAIMED, RINGS_FOR, BridgeStatus, after, claimed
from notify.calls.call import CITY_DESK, CallOutcome, CallStatus, CallTask, dropped, taken
from shared.events.contract import Priority, Role

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
B, C = BridgeStatus, CallStatus


def a_task() -> CallTask:
    return CallTask(
        id=uuid4(), cause_event_id=uuid4(), contact_point_id=uuid4(), key_id=uuid4(), address="box", body="box", peer="{}",
        city="hanoi", request_id=uuid4(), job_id=uuid4(), offer_id=None, role=Role.RESIDENT, purpose="remote_call",
        priority=Priority.P3, due_at=NOW, created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "seconds", "becomes"),
    [
        (B.RINGING, 5, (C.TAKEN, BRIDGE, None)),
        (None, 5, (C.TAKEN, BRIDGE, None)),
        (B.CONNECTED, 5, (C.DONE, BRIDGE, CallOutcome.TOLD)),
        (B.ENDED, 5, (C.DONE, BRIDGE, CallOutcome.TOLD)),
        (B.FAILED, 5, (C.OPEN, CITY_DESK, None)),
        (B.RINGING, RINGS_FOR.total_seconds(), (C.OPEN, CITY_DESK, None)),
        (None, RINGS_FOR.total_seconds(), (C.OPEN, CITY_DESK, None)),  # nobody can say: a person tries
        (B.CONNECTED, RINGS_FOR.total_seconds(), (C.DONE, BRIDGE, CallOutcome.TOLD)),
    ],
)
def test_what_the_provider_says(status: B | None, seconds: float, becomes: tuple[object, ...]) -> None:
    task = after(claimed(a_task(), NOW), status, NOW + timedelta(seconds=seconds))
    assert (task.status, task.owner, task.outcome) == becomes


def test_a_claim_lasts_longer_than_a_ring_and_the_time_to_ring_runs_from_the_first() -> None:
    first = claimed(a_task(), NOW)
    again = claimed(first, NOW + timedelta(seconds=30))
    assert (first.due_at, again.taken_at, again.due_at) == (NOW + CLAIMED, NOW, NOW + timedelta(seconds=30) + CLAIMED)


def test_of_a_call_that_is_over_or_somebody_else_s_nothing_follows() -> None:
    over = dropped(claimed(a_task(), NOW), CallOutcome.OVERTAKEN, NOW)
    theirs = taken(a_task(), "Bình", NOW)
    by_desk = replace(claimed(a_task(), NOW), owner=CITY_DESK)
    for task in (over, theirs, by_desk):
        assert after(task, B.CONNECTED, NOW) == task


def test_what_a_machine_could_not_do_is_marked_for_a_person() -> None:
    task = after(claimed(a_task(), NOW), B.FAILED, NOW)
    assert (task.raised, task.due_at) == (1, NOW + timedelta(minutes=5))
