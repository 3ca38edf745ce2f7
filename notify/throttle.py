"""How much one person is written to, and when they are left alone. Pure: the sends so far are handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.events.contract import Priority
from shared.events.messages import FailureReason

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_WINDOW: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most `n` texts in each window; nothing between `quiet_from` and `quiet_until` (local) below P2."""

    windows: tuple[tuple[int, timedelta], ...] = (
        (5, timedelta(minutes=15)),
        (11, timedelta(hours=1)),
        (21, LONGEST_WINDOW),
    )
    quiet_from: time = time(21)
    quiet_until: time = time(7)


@dataclass(frozen=True, slots=True)
class NotYet:
    """`retry_at` is the first moment at which nothing speaks against it, if nothing else is sent until then."""

    reason: FailureReason
    retry_at: datetime


def may_send(
    sent: Sequence[datetime], now: datetime, priority: Priority, limits: Limits, *, own_act: bool = False, vital: bool = False
) -> NotYet | None:
    """None: yes. `sent`: when this person was written to, in any order. `own_act`: answers what they just did themselves.
    `vital`: counts, but is not held back by what was sent before."""
    earliest = now if vital else _after_limits(sent, now, limits)
    allowed = earliest if own_act or priority in {Priority.P1, Priority.P2} else _after_quiet(earliest, limits)
    if allowed <= now:
        return None
    reason = FailureReason.LIMIT if earliest > now else FailureReason.QUIET_HOURS
    return NotYet(reason, allowed)


def _after_limits(sent: Sequence[datetime], now: datetime, limits: Limits) -> datetime:
    """The n-th newest send must have left its window."""
    newest_first = sorted(sent, reverse=True)
    frees = [newest_first[n - 1] + window for n, window in limits.windows if len(newest_first) >= n]
    return max([now, *frees])


def _after_quiet(at: datetime, limits: Limits) -> datetime:
    local = at.astimezone(LOCAL)
    if limits.quiet_until <= local.time() < limits.quiet_from:
        return at
    opening = datetime.combine(local.date(), limits.quiet_until, LOCAL)
    if local.time() >= limits.quiet_from:
        opening += timedelta(days=1)
    return opening.astimezone(at.tzinfo)
