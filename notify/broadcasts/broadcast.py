"""A broadcast: what it may become, whom it may not reach, and how fast. Pure: `now` is handed in.

draft → running ⇄ paused; whatever is not over → stopped; running → done
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.errors import Refused

# So much of the pace may be made up for, no more: a provider that is asked too much shuts the way of offers, too.
BURST: Final = timedelta(seconds=0.25)
SECOND: Final = timedelta(seconds=1)
HELD_BACK: Final = 10  # a tenth of the pace: what a process that stood still for a moment sends late comes on top of a second
GIVES_WAY: Final = timedelta(seconds=0.2)  # something urgent that has waited so long goes first
ROUNDING: Final = 1e-4  # of a text: moments are kept in millionths of a second


class BroadcastStatus(StrEnum):
    DRAFT = "draft"  # its people are being counted; nobody hears anything before somebody starts it
    RUNNING = "running"
    PAUSED = "paused"  # by a person; what has left has left
    STOPPED = "stopped"  # by a person, for good
    DONE = "done"  # everybody was told, or was left out for a reason that is counted


class BroadcastKind(StrEnum):
    """What it is about; in this order they go when several run. An outage is news for an hour, a campaign for a week."""

    OUTAGE = "outage"
    SESSION = "session"
    CAMPAIGN = "campaign"

    @property
    def purpose(self) -> str:
        return f"broadcast_{self.value}"


BULK: Final = frozenset(kind.purpose for kind in BroadcastKind)
BULK_URGENCY: Final = 8  # of messages: behind the eight of everything else


class PersonStatus(StrEnum):
    """How one person of it stands."""

    WAITING = "waiting"  # not yet written to
    WRITTEN = "written"  # there is a message, which knows what became of it
    SKIPPED = "skipped"  # `reason` says why nothing was written


class Skip(StrEnum):
    """Why somebody is left out, beside the reasons of messages: too_late, limit, quiet_hours, erased, undeliverable, unwanted."""

    CALL = "call"  # reached by telephone only
    STOPPED = "stopped"  # of the whole broadcast, before it was their turn


MOVES: Final[Mapping[BroadcastStatus, frozenset[BroadcastStatus]]] = {
    BroadcastStatus.DRAFT: frozenset({BroadcastStatus.RUNNING, BroadcastStatus.STOPPED}),
    BroadcastStatus.RUNNING: frozenset({BroadcastStatus.PAUSED, BroadcastStatus.STOPPED, BroadcastStatus.DONE}),
    BroadcastStatus.PAUSED: frozenset({BroadcastStatus.RUNNING, BroadcastStatus.STOPPED}),
}


class Order(StrEnum):
    """What a person says of one."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


_MEANT: Final[Mapping[Order, BroadcastStatus]] = {
    Order.START: BroadcastStatus.RUNNING,
    Order.PAUSE: BroadcastStatus.PAUSED,
    Order.RESUME: BroadcastStatus.RUNNING,
    Order.STOP: BroadcastStatus.STOPPED,
}
# Both would make it run, but whoever says so takes it for another one than it is: somebody has paused it, or it never began.
_OTHER_WORD: Final[Mapping[tuple[Order, BroadcastStatus], str]] = {
    (Order.START, BroadcastStatus.PAUSED): "somebody has paused it: resume it, and those who have not been told yet are told",
    (Order.RESUME, BroadcastStatus.DRAFT): "it has not begun, and nobody has been told: start it",
}


class IllegalBroadcastMove(Refused):
    def __init__(self, status: BroadcastStatus, target: BroadcastStatus) -> None:
        super().__init__(f"broadcast_{status}", f"a broadcast that is {status} does not become {target}")


class TooLate(Refused):
    def __init__(self) -> None:
        super().__init__("too_late", "its time is over: make a new one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """The row as decisions see it. `paced_at`: up to then its pace is used up."""

    id: UUID
    city: str
    kind: BroadcastKind
    status: BroadcastStatus
    text_vi: str
    text_en: str
    not_after: datetime
    per_second: int | None
    gathered_at: datetime | None  # everybody it is for has been named
    started_at: datetime | None
    ended_at: datetime | None
    paced_at: datetime

    def text(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_vi


def ordered(broadcast: Broadcast, order: Order, now: datetime) -> Broadcast:
    """Raises Refused."""
    if advice := _OTHER_WORD.get((order, broadcast.status)):
        raise Refused(f"broadcast_{broadcast.status}", advice)
    return moved(broadcast, _MEANT[order], now)


def moved(broadcast: Broadcast, target: BroadcastStatus, now: datetime) -> Broadcast:
    """Raises Refused. Where it is already, it stays: a second tap on "pause" is no mistake."""
    if broadcast.status is target:
        return broadcast
    if target not in MOVES.get(broadcast.status, frozenset()):
        raise IllegalBroadcastMove(broadcast.status, target)
    if target is BroadcastStatus.RUNNING and broadcast.not_after <= now:
        raise TooLate
    over = target in {BroadcastStatus.STOPPED, BroadcastStatus.DONE}
    began = broadcast.started_at or (now if target is BroadcastStatus.RUNNING else None)
    return replace(broadcast, status=target, started_at=began, ended_at=now if over else None)


@dataclass(frozen=True, slots=True)
class Pace:
    """Of all broadcasts on all replicas, as the row of the lane has it. `left`: when how many have left, in the last second."""

    paced_at: datetime
    left: tuple[tuple[datetime, int], ...] = ()

    def allowance(self, now: datetime, per_second: int) -> int:
        """Neither more than the pace allows by now, nor more within any second than a provider takes in one."""
        within = sum(many for at, many in self.left if now - SECOND < at <= now)
        return max(0, min(allowance(self.paced_at, now, per_second), at_most(per_second) - within))

    def after(self, now: datetime, per_second: int, many: int) -> "Pace":
        recent = tuple(one for one in self.left if now - SECOND < one[0] <= now)
        return Pace(paced(self.paced_at, now, per_second, many), (*recent, (now, many)))


def at_most(per_second: int) -> int:
    """So many are handed out in one second."""
    return per_second - per_second // HELD_BACK


def allowance(paced_at: datetime, now: datetime, per_second: int) -> int:
    """How many may leave now. Time that nobody used is not saved up beyond a burst; a clock that was set back begins anew."""
    since = _since(paced_at, now, per_second)
    return int((now - since) / timedelta(seconds=1) * per_second + ROUNDING)


def paced(paced_at: datetime, now: datetime, per_second: int, many: int) -> datetime:
    """From when on the next allowance counts, after so many have left."""
    return _since(paced_at, now, per_second) + timedelta(seconds=many / per_second)


def _since(paced_at: datetime, now: datetime, per_second: int) -> datetime:
    return now if paced_at > now else max(paced_at, now - max(BURST, timedelta(seconds=1 / per_second)))
