"""When are people at work? Staffed hours as half-open days in local time, asked and answered in aware UTC.

One calendar for timers, reports and what residents are told, so that no two of them ever disagree. Holidays come from the
`holidays` package, with the make-up days it knows; `calendar.json` adds what a ministry decides at short notice.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from shared.errors import Misconfigured

_LONGEST_BREAK: Final = 60  # days; a calendar that stays shut for longer is a mistake in its data, not a long Tet


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffedHours:
    """Open from `opens` to `closes` on `weekdays` (Monday is 0) that are no holiday, and on every make-up day."""

    timezone: ZoneInfo
    opens: time
    closes: time
    weekdays: frozenset[int]
    country: str | None = None  # ISO 3166, for the public holidays
    extra_holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    _public: holidays.HolidayBase = field(init=False, repr=False, compare=False)
    _known: dict[date, tuple[datetime, datetime]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Misconfigured("the calendar closes before it opens")
        public = holidays.country_holidays(self.country) if self.country else holidays.HolidayBase()
        object.__setattr__(self, "_public", public)

    def is_staffed_day(self, day: date) -> bool:
        if day in self.extra_holidays:
            return False
        public_holiday = day in self._public  # asked first: it loads the year, with its make-up days
        if day in self.make_up_days or day in self._public.weekend_workdays:
            return True
        return day.weekday() in self.weekdays and not public_holiday

    def is_holiday(self, day: date) -> bool:
        """A public one, or one of ours; a Sunday is none."""
        return day in self.extra_holidays or (day in self._public and day not in self.make_up_days)

    def is_open(self, now: datetime) -> bool:
        opens, closes = self._hours(self.local_day(now))
        return opens <= now < closes

    def next_opening(self, now: datetime) -> datetime:
        """`now` while it is open, else the moment it opens again."""
        opens, _ = self._next_hours(now)
        return max(opens, now)

    def closing(self, now: datetime) -> datetime:
        """The end of the shift that runs, or of the next one when it is closed."""
        return self._next_hours(now)[1]

    def add_staffed(self, start: datetime, seconds: float) -> datetime:
        """The moment `seconds` of open time after `start` are over. Zero gives the moment the clock would start to run."""
        left = timedelta(seconds=seconds)
        at = start
        while True:
            opens, closes = self._next_hours(at)
            at = max(opens, at)
            if at + left <= closes:
                return (at + left).astimezone(UTC)
            left -= closes - at
            at = closes

    def staffed_between(self, start: datetime, end: datetime) -> float:
        """Open seconds in [start, end); 0 when `end` is not after `start`."""
        total = timedelta()
        day, last = self.local_day(start), self.local_day(end)
        while day <= last:
            opens, closes = self._hours(day)
            total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total.total_seconds()

    def local_day(self, moment: datetime) -> date:
        """The day that it is there, staffed or not."""
        return moment.astimezone(self.timezone).date()

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """An empty interval on a day that is not staffed. Kept: a report asks about the same days again and again."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._made(day)
        return known

    def _made(self, day: date) -> tuple[datetime, datetime]:
        opens = datetime.combine(day, self.opens, self.timezone).astimezone(UTC)
        if not self.is_staffed_day(day):
            return opens, opens
        return opens, datetime.combine(day, self.closes, self.timezone).astimezone(UTC)

    def _next_hours(self, now: datetime) -> tuple[datetime, datetime]:
        """The open interval that holds `now`, else the next one."""
        first = self.local_day(now)
        for days in range(_LONGEST_BREAK):
            opens, closes = self._hours(first + timedelta(days=days))
            if opens < closes and now < closes:
                return opens.astimezone(UTC), closes
        raise Misconfigured(f"the calendar has no staffed day in the {_LONGEST_BREAK} days after {first}")


def load_calendar(text: str) -> StaffedHours:
    """`text` is JSON of the shape of `shared/calendar.json`."""
    raw = json.loads(text)
    return StaffedHours(
        timezone=ZoneInfo(raw["timezone"]),
        opens=time.fromisoformat(raw["opens"]),
        closes=time.fromisoformat(raw["closes"]),
        weekdays=frozenset(raw["weekdays"]),
        country=raw["country"],
        extra_holidays=frozenset(map(date.fromisoformat, raw["extra_holidays"])),
        make_up_days=frozenset(map(date.fromisoformat, raw["make_up_days"])),
    )


OFFICE_HOURS: Final = load_calendar(files("shared").joinpath("calendar.json").read_text("utf-8"))

next_opening = OFFICE_HOURS.next_opening
is_open = OFFICE_HOURS.is_open
add_staffed = OFFICE_HOURS.add_staffed
staffed_between = OFFICE_HOURS.staffed_between
