"""The port of whoever connects two telephones under the hotline's number, and the moves of a call that is left to them. Pure.

The hotline itself is the default: then a call task is all there is. A provider rings both; what it cannot do is the desk's.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from notify.calls.call import CITY_DESK, CallOutcome, CallStatus, CallTask, done, due_at
from shared.events.contract import Priority

BRIDGE: Final = "bridge"  # who owns a call that the provider makes
LOOK_AGAIN: Final = timedelta(seconds=3)
CLAIMED: Final = timedelta(seconds=20)  # a ring or a question whose end nobody saw within it is asked about
RINGS_FOR: Final = timedelta(seconds=90)  # then a person tries


class BridgeStatus(StrEnum):
    RINGING = "ringing"  # one of the two has not picked up yet
    CONNECTED = "connected"  # both are on the line
    ENDED = "ended"  # both were, and have hung up
    FAILED = "failed"  # one did not pick up, or cannot be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridged:
    """One call. `id` is ours and the provider's key: the same id twice is one call. Numbers in clear: never log them."""

    id: UUID
    helper: str  # E.164; rung first, and hears the hotline's number
    resident: str  # E.164; rung once the helper is on the line


class BridgeDown(Exception):
    """The provider is away and surely rang nobody."""


class BridgeUncertain(Exception):
    """No answer came back: it may be ringing. It is asked about under the same id, never rung under another."""


class CallBridge(Protocol):
    """Bounds itself in time; raises the two errors above and nothing else."""

    async def ring(self, call: Bridged) -> BridgeStatus: ...

    async def look(self, call_id: UUID) -> BridgeStatus | None:
        """None: the provider has never heard of it."""
        ...

    async def hang_up(self, call_id: UUID) -> BridgeStatus | None:
        """Ringing ends; the answer says what it had come to. A call that is connected goes on."""
        ...


def claimed(task: CallTask, now: datetime) -> CallTask:
    """The provider's from now on, or looked at again; nobody else touches it within the lease."""
    return replace(
        task,
        status=CallStatus.TAKEN,
        owner=BRIDGE,
        taken_at=task.taken_at or now,
        due_at=now + CLAIMED,
        version=task.version + 1,
    )


def has_rung_long_enough(task: CallTask, now: datetime) -> bool:
    return task.taken_at is not None and now >= task.taken_at + RINGS_FOR


def after(task: CallTask, status: BridgeStatus | None, now: datetime) -> CallTask:
    """What the provider said. None: it could not be asked, or is away. Of a call that is over by now nothing follows."""
    if task.status is not CallStatus.TAKEN or task.owner != BRIDGE:
        return task
    if status in {BridgeStatus.CONNECTED, BridgeStatus.ENDED}:
        return done(task, BRIDGE, CallOutcome.TOLD, now)
    if status is BridgeStatus.FAILED or has_rung_long_enough(task, now):
        return to_the_desk(task, now)
    return replace(task, due_at=now + LOOK_AGAIN, version=task.version + 1)


def to_the_desk(task: CallTask, now: datetime) -> CallTask:
    """A machine could not; `raised` keeps it from being left to the machine again."""
    due = due_at(Priority.P1, now)
    return replace(task, status=CallStatus.OPEN, owner=CITY_DESK, due_at=due, raised=task.raised + 1, version=task.version + 1)
