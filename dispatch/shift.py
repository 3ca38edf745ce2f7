"""When somebody works: weekly rules in local time, and the half-open UTC windows they make; no I/O.

`ends` at or before `starts` is a night over midnight; 00:00 to 00:00 is the whole day. Rotations are local rules, so that a
change of the clocks moves the window and not the working hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.errors import Invalid

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
HORIZON_DAYS: Final = 14  # so far ahead rotations are made into windows
EXAMPLES: Final = "`Mon-Fri 08:00-17:00`, `Sat,Sun 22:00-06:00`, `2026-11-23 22:00-06:00` or `always`"
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """[starts_at, ends_at) in UTC."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """`weekdays` are ISO, 1 Monday to 7 Sunday: the local day on which a shift starts."""

    id: UUID
    responder_id: UUID
    weekdays: frozenset[int]
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None = None


def window_on(day: date, starts: time, ends: time) -> Window:
    """The window of one local day, over midnight when it ends before it starts."""
    last = day if ends > starts else day + timedelta(days=1)
    return Window(datetime.combine(day, starts, LOCAL).astimezone(UTC), datetime.combine(last, ends, LOCAL).astimezone(UTC))


def windows_of(rotation: Rotation, first: date, last: date) -> Iterator[Window]:
    """Those that start on the local days `first` to `last`, both included."""
    day = max(first, rotation.valid_from)
    last = min(last, rotation.valid_until) if rotation.valid_until else last
    while day <= last:
        if day.isoweekday() in rotation.weekdays:
            yield window_on(day, rotation.starts, rotation.ends)
        day += timedelta(days=1)


def horizon(now: datetime) -> tuple[date, date]:
    """The local days whose windows must exist: from yesterday, whose night may still run, to 14 days ahead."""
    today = now.astimezone(LOCAL).date()
    return today - timedelta(days=1), today + timedelta(days=HORIZON_DAYS)


def next_midnight(now: datetime) -> datetime:
    """When another day comes into view."""
    tomorrow = now.astimezone(LOCAL).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), LOCAL).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of somebody's hours: a weekly rule, or a dated window."""

    weekdays: frozenset[int]
    starts: time
    ends: time
    day: date | None = None


def parse_rules(text: str) -> tuple[Rule, ...]:
    """`Mon-Fri 08:00-17:00; Sat,Sun 22:00-06:00; 2026-11-23 08:00-12:00; always`. Raises Invalid with the piece's number."""
    rules = []
    for number, piece in enumerate(filter(None, (part.strip() for part in text.split(";"))), start=1):
        try:
            rules.append(_parse_rule(piece))
        except ValueError:
            raise Invalid("shifts", f"piece {number} must read like {EXAMPLES}") from None
    return tuple(rules)


def _parse_rule(piece: str) -> Rule:
    if piece.lower() == "always":
        return Rule(frozenset(range(1, 8)), time(), time())
    days, hours = piece.split()
    starts, ends = (time.fromisoformat(hour.zfill(5)) for hour in hours.replace("24:00", "00:00").split("-"))
    if days[0].isdigit():
        return Rule(frozenset(), starts, ends, date.fromisoformat(days))
    return Rule(frozenset().union(*(_weekdays(part) for part in days.split(","))), starts, ends)


def _weekdays(part: str) -> frozenset[int]:
    """`Mon` or `Fri-Mon`, which goes over the weekend."""
    first, _, last = part.partition("-")
    start = DAYS.index(first.title())
    end = DAYS.index((last or first).title())
    return frozenset((start + step) % 7 + 1 for step in range((end - start) % 7 + 1))
