"""How much one person is written to, and when they are left alone. Pure: the sends so far are handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.events.contract import ChannelKind, Priority, Role
from shared.events.messages import FailureReason

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
SILENT: Final = frozenset({ChannelKind.EMAIL})  # may come at night; whatever else a phone takes makes a sound, chats, too
LONGEST_WINDOW: Final = timedelta(hours=3)

Windows = tuple[tuple[int, timedelta], ...]
Part = tuple[UUID, bool]  # a phone, and whether somebody is written to there as a resident


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most `n` texts in each window; nothing between `quiet_from` and `quiet_until` (local) below P2.

    Whoever answers for a ward or the city is left in peace after a burst only: while nobody can be found they are the ones who
    have to hear of it, and a quarter of an hour later they may.
    """

    windows: Windows = (
        (5, timedelta(minutes=15)),
        (11, timedelta(hours=1)),
        (21, LONGEST_WINDOW),
    )
    lead_windows: Windows = ((10, timedelta(minutes=15)),)
    quiet_from: time = time(21)
    quiet_until: time = time(7)


@dataclass(frozen=True, slots=True)
class NotYet:
    """`retry_at` is the first moment at which nothing speaks against it, if nothing else is sent until then."""

    reason: FailureReason
    retry_at: datetime


def may_send(
    sent: Sequence[datetime],
    now: datetime,
    priority: Priority,
    limits: Limits,
    *,
    role: Role = Role.RESPONDER,
    own_act: bool = False,
    vital: bool = False,
) -> NotYet | None:
    """None: yes. `sent`: when this person was written to in this part (`Part`), in any order. `own_act`: answers what they just
    did themselves. `vital`: counts, but is not held back by what was sent before."""
    windows = limits.lead_windows if role is Role.LEAD else limits.windows
    earliest = now if vital else _after_limits(sent, now, windows)
    allowed = earliest if own_act or priority in {Priority.P1, Priority.P2} else _after_quiet(earliest, limits)
    if allowed <= now:
        return None
    reason = FailureReason.LIMIT if earliest > now else FailureReason.QUIET_HOURS
    return NotYet(reason, allowed)


def _after_limits(sent: Sequence[datetime], now: datetime, windows: Windows) -> datetime:
    """The n-th newest send must have left its window."""
    newest_first = sorted(sent, reverse=True)
    frees = [newest_first[n - 1] + window for n, window in windows if len(newest_first) >= n]
    return max([now, *frees])


def part(phone: UUID, role: Role) -> Part:
    """Texts are counted by it: anybody can have a resident written to, by filing with that number, and must not be able to keep
    by it a helper or a lead from what they are asked."""
    return phone, role is Role.RESIDENT


def _after_quiet(at: datetime, limits: Limits) -> datetime:
    local = at.astimezone(LOCAL)
    if limits.quiet_until <= local.time() < limits.quiet_from:
        return at
    opening = datetime.combine(local.date(), limits.quiet_until, LOCAL)
    if local.time() >= limits.quiet_from:
        opening += timedelta(days=1)
    return opening.astimezone(at.tzinfo)
