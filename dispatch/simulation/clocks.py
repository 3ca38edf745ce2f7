"""Epoch seconds against the calendar, as the simulation counts."""

from datetime import UTC, datetime

from dispatch.shifts.shift import LOCAL
from shared.events.contract import Priority
from shared.service_levels import elapsed_seconds, starts_at


def moment_of(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def hour_of(seconds: float) -> int:
    """Local."""
    return moment_of(seconds).astimezone(LOCAL).hour


def opening(priority: Priority, seconds: float) -> float:
    """When work of this tier may begin: at once, or when somebody is there again."""
    moment = moment_of(seconds)
    opens = starts_at(priority, moment)
    return seconds if opens <= moment else opens.timestamp()


def tier_seconds(priority: Priority, start: float, end: float) -> float:
    """How much of the tier's clock ran."""
    return elapsed_seconds(priority, moment_of(start), moment_of(end))
