"""When somebody works: rules in local time, and the half-open UTC windows they make; no I/O. The wording is in shift_text.py.

A shift belongs to the local day on which it starts. Rules are local hours, so that a change of the clocks moves the window and
not the working hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
HORIZON_DAYS: Final = 14  # so far ahead rotations are made into windows
MOST_NIGHTS: Final = 3  # how many midnights one shift may run over
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
MONDAY: Final = date(2001, 1, 1)  # where weekly rules begin to count


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """[starts_at, ends_at) in UTC."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Local hours of one shift, over so many midnights. The whole day is 00:00 to 00:00 over one."""

    starts: time
    ends: time
    nights: int = 0

    def minutes(self) -> tuple[int, int]:
        """From the midnight of the day it starts on. The second is not after the first when there is nothing in between."""
        return _minute_of(self.starts), _minute_of(self.ends) + self.nights * 24 * 60


ALL_DAY: Final = Span(time(), time(), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rotation: of each `period_days` days, counted from `anchor` on, those at `places` (0 is the anchor's) have a shift.

    A week is a period of seven. Nothing starts before `anchor` or after `until`.
    """

    anchor: date
    period_days: int
    places: frozenset[int]
    span: Span
    until: date | None = None

    def starts_on(self, day: date) -> bool:
        if day < self.anchor or (self.until is not None and day > self.until):
            return False
        return (day - self.anchor).days % self.period_days in self.places


@dataclass(frozen=True, slots=True)
class DaysOff:
    """No rotation starts a shift on these local days, both included. Dated shifts stand: they were meant."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """All that somebody's cell of a roster says."""

    rules: tuple[Rule, ...] = ()
    dated: tuple[tuple[date, Span], ...] = ()
    days_off: tuple[DaysOff, ...] = ()


def window_on(day: date, span: Span, zone: ZoneInfo = LOCAL) -> Window | None:
    """The window of one local day. None when its hours do not exist: the clocks went forward over all of them."""
    starts_at = moment_of(day, span.starts, zone)
    ends_at = moment_of(day + span.nights * DAY, span.ends, zone)
    return Window(starts_at, ends_at) if starts_at < ends_at else None


def windows_of(
    rule: Rule, first: date, last: date, *, days_off: Sequence[DaysOff] = (), zone: ZoneInfo = LOCAL
) -> Iterator[Window]:
    """Those that start on the local days `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        day = first + number * DAY
        if rule.starts_on(day) and not any(off.holds(day) for off in days_off):
            window = window_on(day, rule.span, zone)
            if window is not None:
                yield window


def merged(windows: Iterable[Window]) -> list[Window]:
    """One window where several overlap or touch."""
    joined: list[Window] = []
    for window in sorted(windows):
        if joined and window.starts_at <= joined[-1].ends_at:
            joined[-1] = Window(joined[-1].starts_at, max(joined[-1].ends_at, window.ends_at))
        else:
            joined.append(window)
    return joined


def on_shift_until(windows: Iterable[Window], now: datetime) -> datetime | None:
    """The end of all that runs on without a gap; None for somebody who is not on shift."""
    return next((window.ends_at for window in merged(windows) if window.holds(now)), None)


def overlaps_itself(rules: Sequence[Rule]) -> bool:
    """Whether a shift of one rotation (rules of one anchor and period) still runs when its next one begins."""
    if not rules:
        return False
    period = rules[0].period_days * 24 * 60
    spans = sorted(_minutes_at(place, rule.span) for rule in rules for place in rule.places)
    starts_again = (spans[0][0] + period, 0)
    return any(one[1] > following[0] for one, following in pairwise([*spans, starts_again]))


@lru_cache(maxsize=8192)
def moment_of(day: date, at: time, zone: ZoneInfo = LOCAL) -> datetime:
    """In UTC, and never earlier for a later local time, so that windows that touch on paper touch on every day of the year.

    A time that comes twice is the first of the two, whatever its `fold` says (for the cache both are one); one that is skipped is
    the moment of the jump.
    """
    moment = datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)
    if moment.astimezone(zone).time() != at:
        while (moment - MINUTE).astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset():
            moment -= MINUTE
    return moment


def horizon(now: datetime, zone: ZoneInfo = LOCAL) -> tuple[date, date]:
    """The local days whose windows must exist: from the first whose shift may still run, to 14 days ahead."""
    today = now.astimezone(zone).date()
    return today - MOST_NIGHTS * DAY, today + HORIZON_DAYS * DAY


def next_midnight(now: datetime, zone: ZoneInfo = LOCAL) -> datetime:
    """When another day comes into view."""
    return moment_of(now.astimezone(zone).date() + DAY, time(), zone)


def _minutes_at(place: int, span: Span) -> tuple[int, int]:
    first, last = span.minutes()
    return place * 24 * 60 + first, place * 24 * 60 + last


def _minute_of(at: time) -> int:
    return at.hour * 60 + at.minute
