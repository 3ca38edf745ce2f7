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
Part = tuple[UUID, bool, bool]  # a phone, whether somebody is written to there as a resident, whether they are answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most `n` texts in each window; nothing between `quiet_from` and `quiet_until` (local) below P2.

    Whoever answers for a ward or the city is left in peace after a burst only: while nobody can be found they are the ones who
    have to hear of it, and a quarter of an hour later they may.

    An answer to what somebody has just done themselves is no bother: it is counted apart, and by far more. What bounds it is that
    whoever floods us with words (or with those of a number that is not theirs) must not make us pay without end. `flood_windows`:
    no hand writes that much; for answers on which it hangs whether somebody is safe, and for leads, who may name many people.
    `name_windows`: who comes to one request, told to its resident; vital, but a team may type one name after the other.
    """

    windows: Windows = (
        (5, timedelta(minutes=15)),
        (11, timedelta(hours=1)),
        (21, LONGEST_WINDOW),
    )
    lead_windows: Windows = ((10, timedelta(minutes=15)),)
    answer_windows: Windows = ((20, timedelta(minutes=15)), (60, LONGEST_WINDOW))
    flood_windows: Windows = ((60, timedelta(minutes=15)), (180, LONGEST_WINDOW))
    name_windows: Windows = ((5, timedelta(hours=1)),)
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
    answers: bool = False,
    vital: bool = False,
) -> NotYet | None:
    """None: yes. `sent`: when this person was written to in this part (`Part`), in any order. `own_act`: they are awake, having
    just done something. `answers`: exactly that. `vital`: counts, but is not held back by what was sent before; by a flood of
    answers it is."""
    earliest = _after_limits(sent, now, _windows(limits, role, answers=answers, vital=vital))
    allowed = earliest if own_act or priority in {Priority.P1, Priority.P2} else _after_quiet(earliest, limits)
    if allowed <= now:
        return None
    reason = FailureReason.LIMIT if earliest > now else FailureReason.QUIET_HOURS
    return NotYet(reason, allowed)


def _windows(limits: Limits, role: Role, *, answers: bool, vital: bool) -> Windows:
    if answers:
        return limits.flood_windows if vital or role is Role.LEAD else limits.answer_windows
    if vital:
        return ()
    return limits.lead_windows if role is Role.LEAD else limits.windows


def _after_limits(sent: Sequence[datetime], now: datetime, windows: Windows) -> datetime:
    """The n-th newest send must have left its window."""
    newest_first = sorted(sent, reverse=True)
    frees = [newest_first[n - 1] + window for n, window in windows if len(newest_first) >= n]
    return max([now, *frees])


def names_from(told: Sequence[datetime], now: datetime, limits: Limits) -> datetime:
    """From when on a resident may be told the next name of who comes. `told`: names for the same request so far."""
    return _after_limits(told, now, limits.name_windows)


def part(phone: UUID, role: Role, *, answers: bool) -> Part:
    """Texts are counted by it: anybody can have a resident written to, by filing with that number, and must not be able to keep
    by it a helper or a lead from what they are asked. Nor must whoever writes to us much, by what we answer: an offer that comes
    after too many texts goes to the next helper."""
    return phone, role is Role.RESIDENT, answers


def _after_quiet(at: datetime, limits: Limits) -> datetime:
    local = at.astimezone(LOCAL)
    if limits.quiet_until <= local.time() < limits.quiet_from:
        return at
    opening = datetime.combine(local.date(), limits.quiet_until, LOCAL)
    if local.time() >= limits.quiet_from:
        opening += timedelta(days=1)
    return opening.astimezone(at.tzinfo)
