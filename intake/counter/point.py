"""A service point where people walk in: where it is and when it is open. Data of a deployment; no SQL, no clock of its own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from shared.calendar import OFFICE_HOURS

DAY_MINUTES: Final = 24 * 60
_LONGEST_BREAK: Final = 60  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePoint:
    """`days` are ISO weekdays ("12345" is Monday to Friday); `opens` and `closes` minutes of the local day, 1440 is midnight."""

    id: str
    name: str
    commune_code: str
    days: str = "12345"
    opens: int = 8 * 60
    closes: int = 17 * 60
    on_holidays: bool = False
    active: bool = True

    def hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when it is open on this local day; None: not at all."""
        if not self.active or str(day.isoweekday()) not in self.days:
            return None
        if OFFICE_HOURS.is_holiday(day) and not self.on_holidays:
            return None
        midnight = datetime.combine(day, time(), tzinfo=OFFICE_HOURS.timezone)
        return midnight + timedelta(minutes=self.opens), midnight + timedelta(minutes=self.closes)

    def closes_at(self, now: datetime) -> datetime | None:
        """When it closes today; None while it is closed."""
        hours = self.hours_on(OFFICE_HOURS.local_day(now))
        return hours[1] if hours is not None and hours[0] <= now < hours[1] else None

    def next_opening(self, now: datetime) -> datetime | None:
        """After `now`; None for a point that does not open any more."""
        today = OFFICE_HOURS.local_day(now)
        for ahead in range(_LONGEST_BREAK):
            hours = self.hours_on(today + timedelta(days=ahead))
            if hours is not None and hours[0] > now:
                return hours[0]
        return None


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
