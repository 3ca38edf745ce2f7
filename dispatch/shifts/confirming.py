"""A shift is asked about before it begins: when, whom, and what an answer does to it; no I/O, `now` is handed in.

    planned → confirmed ⇄ declined      (until it is over; a yes after all counts while nobody has taken the place)
       ↓          ↑
     silent ──────┘

Nobody is woken: what would be asked between 21:00 and 07:00 local is asked before or after, early enough that others can still be
asked to step in.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.matching.policy import QUIET_FROM, QUIET_UNTIL, is_quiet
from dispatch.shifts.shift import DAY, LOCAL, Window, moment_of
from shared.events.messages import FailureReason


class ShiftStatus(StrEnum):
    PLANNED = "planned"  # nobody has said anything of it
    CONFIRMED = "confirmed"  # they say that they will be there
    DECLINED = "declined"  # they say that they will not
    SILENT = "silent"  # they were asked, and did not say in time
    GIVEN = "given"  # a colleague works in their place
    MISSED = "missed"  # they had said that they would be there, and answered nothing all the while


class Step(IntEnum):
    """Of the questions about one shift; the guard of its timers."""

    FIRST = 1  # a day before
    AGAIN = 2  # who has not answered, hours before
    DEADLINE = 3  # who has not answered is counted out
    BEGINS = 4  # of a shift that was promised: what its person was asked and answered until then
    ENDS = 5  # … and whether they answered anything since


# Silence in which we had a part is none, here and in a drill (roster/drill.py). A phone that is dead is silent by itself.
NOT_THEIRS: Final = frozenset(
    {
        FailureReason.LIMIT,
        FailureReason.QUIET_HOURS,
        FailureReason.TOO_LATE,
        FailureReason.UNKNOWN,
        FailureReason.BUDGET,
        FailureReason.UNWANTED,
        FailureReason.OUTAGE,
    }
)
STANDING: Final = frozenset({ShiftStatus.PLANNED, ShiftStatus.CONFIRMED})  # somebody is counted on

FIRST: Final = timedelta(hours=24)  # before it begins
AGAIN: Final = timedelta(hours=2)
ANSWER: Final = timedelta(hours=1)  # after the second question, then somebody else is sought
COURTESY: Final = timedelta(hours=2)  # who would have less to answer in is not asked, and not counted out
FAIR: Final = timedelta(minutes=30)  # who was asked later than so long before the deadline is not counted out
EVENING: Final = time(18, 30)  # the second question about a shift that begins at night or early in the morning
MISSED_OFFERS: Final = 3  # who was asked so often in a shift they had promised, and never said yes or no, was not there
LONGEST: Final = DAY  # who is there day and night has no shift to confirm


@dataclass(frozen=True, slots=True)
class Times:
    first_at: datetime
    again_at: datetime
    deadline: datetime  # who has not said yes by then is counted out


def is_asked_about(window: Window) -> bool:
    return window.ends_at - window.starts_at < LONGEST


def times_of(window: Window, zone: ZoneInfo = LOCAL) -> Times:
    """In elapsed hours before the shift, but for nights: local hours there, because people sleep by the clock on the wall."""
    again_at = window.starts_at - AGAIN
    if not _by_day(again_at, window.starts_at, zone):
        again_at = _evening_before(again_at, zone)
    first_at = window.starts_at - FIRST
    if is_quiet(first_at.astimezone(zone).time()):
        first_at = _next_morning(first_at, zone)
    return Times(first_at, again_at, again_at + ANSWER)


def first_step(window: Window, now: datetime, zone: ZoneInfo = LOCAL) -> datetime | None:
    """When somebody is asked about a shift that is new at `now`; None: too late for a question that can be fair."""
    times = times_of(window, zone)
    if not is_asked_about(window) or now + COURTESY > times.deadline:
        return None
    return max(times.first_at, now)


def was_missed(*, asked: int, answered: int, visits: int) -> bool:
    """Of a promised shift that is over. Any answer is a sign of life, a no as well; so is a visit that is under way."""
    return asked >= MISSED_OFFERS and answered == 0 and visits == 0


def may_ask_at(now: datetime, zone: ZoneInfo = LOCAL) -> datetime:
    """Now, or when the night is over."""
    return _next_morning(now, zone) if is_quiet(now.astimezone(zone).time()) else now


def _by_day(again_at: datetime, starts_at: datetime, zone: ZoneInfo) -> bool:
    """The second question, its deadline and the search for others all fall into one day's waking hours."""
    first, last = again_at.astimezone(zone), starts_at.astimezone(zone)
    return first.date() == last.date() and first.time() >= QUIET_UNTIL and last.time() <= QUIET_FROM


def _evening_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The last evening that is not after `at`."""
    today = at.astimezone(zone).date()
    evening = moment_of(today, EVENING, zone)
    return evening if evening <= at else moment_of(today - DAY, EVENING, zone)


def _next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    today = at.astimezone(zone).date()
    morning = moment_of(today, QUIET_UNTIL, zone)
    return morning if morning > at else moment_of(today + DAY, QUIET_UNTIL, zone)
