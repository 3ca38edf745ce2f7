"""What we promise per priority, in one table, and until when, by the clock of the tier.

Timers, SLA buckets, reports and the time a resident is told all read these numbers; nobody writes one down again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.calendar import OFFICE_HOURS, StaffedHours
from shared.events.contract import Priority

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
WORKING_DAY: Final = 10 * HOUR  # staffed hours from opening to closing; a test holds it against the calendar
CLOSED_BY_SILENCE: Final = timedelta(hours=72)  # an unanswered "is it fixed?"; counted apart from a confirmed closing
POSITION_STALE_SECONDS: Final = 30 * MINUTE  # after this the home or the commune centre counts, flagged


class TierClock(StrEnum):
    ALWAYS = "always"  # 24/7
    STAFFED = "staffed"  # stands still off hours


class Stage(StrEnum):
    """What a deadline is about."""

    FIRST_OFFER = "first_offer"  # filed → an offer reached somebody
    ACCEPT = "accept"  # filed → somebody said yes
    ESCALATE = "escalate"  # filed → the ward lead is asked when nobody did
    ARRIVAL = "arrival"  # filed → at the place, or the remote session began
    RESOLVE = "resolve"  # filed → done
    NEWS = "news"  # last word → next word the resident hears


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """Seconds run on `clock`. None: the tier has no such limit (`escalate_seconds` None: at the end of the shift)."""

    first_offer_seconds: float  # P90
    lease_seconds: float
    wave_size: int
    accept_seconds: float  # 90 %
    escalate_seconds: float | None
    empty_waves: int | None  # escalate earlier after so many waves without an answer
    arrival_seconds: float  # 90 %
    resolve_seconds: float  # 90 %
    news_seconds: float | None  # None: on change
    clock: TierClock

    def seconds(self, stage: Stage) -> float | None:
        match stage:
            case Stage.FIRST_OFFER:
                return self.first_offer_seconds
            case Stage.ACCEPT:
                return self.accept_seconds
            case Stage.ESCALATE:
                return self.escalate_seconds
            case Stage.ARRIVAL:
                return self.arrival_seconds
            case Stage.RESOLVE:
                return self.resolve_seconds
            case Stage.NEWS:
                return self.news_seconds


SERVICE_LEVELS: Final = {
    Priority.P1: ServiceLevel(
        first_offer_seconds=30,
        lease_seconds=90,
        wave_size=5,
        accept_seconds=5 * MINUTE,
        escalate_seconds=5 * MINUTE,
        empty_waves=2,
        arrival_seconds=30 * MINUTE,
        resolve_seconds=4 * HOUR,
        news_seconds=15 * MINUTE,
        clock=TierClock.ALWAYS,
    ),
    Priority.P2: ServiceLevel(
        first_offer_seconds=60,
        lease_seconds=3 * MINUTE,
        wave_size=3,
        accept_seconds=15 * MINUTE,
        escalate_seconds=15 * MINUTE,
        empty_waves=None,
        arrival_seconds=2 * HOUR,
        resolve_seconds=8 * HOUR,
        news_seconds=HOUR,
        clock=TierClock.ALWAYS,
    ),
    Priority.P3: ServiceLevel(
        first_offer_seconds=5 * MINUTE,
        lease_seconds=5 * MINUTE,
        wave_size=3,
        accept_seconds=60 * MINUTE,
        escalate_seconds=60 * MINUTE,
        empty_waves=None,
        arrival_seconds=8 * HOUR,
        resolve_seconds=2 * WORKING_DAY,
        news_seconds=WORKING_DAY,
        clock=TierClock.STAFFED,
    ),
    Priority.P4: ServiceLevel(
        first_offer_seconds=15 * MINUTE,  # "next batch": one lease at most, as a batch of booked advice waits for the one before
        lease_seconds=15 * MINUTE,
        wave_size=2,
        accept_seconds=8 * HOUR,
        escalate_seconds=None,
        empty_waves=None,
        arrival_seconds=5 * WORKING_DAY,  # without a booked slot, the resolve limit
        resolve_seconds=5 * WORKING_DAY,
        news_seconds=None,
        clock=TierClock.STAFFED,
    ),
}


def deadline(
    priority: Priority, stage: Stage, start: datetime, *, held_seconds: float = 0.0, calendar: StaffedHours = OFFICE_HOURS
) -> datetime | None:
    """Until when, if the clock began to run at `start` and stood still for `held_seconds` of its own. None: no such limit."""
    level = SERVICE_LEVELS[priority]
    seconds = level.seconds(stage)
    if seconds is None:
        return calendar.closing(start) if stage is Stage.ESCALATE else None
    if level.clock is TierClock.STAFFED:
        return calendar.add_staffed(start, seconds + held_seconds)
    return start + timedelta(seconds=seconds + held_seconds)


def elapsed_seconds(priority: Priority, start: datetime, end: datetime, *, calendar: StaffedHours = OFFICE_HOURS) -> float:
    """How much of the tier's clock ran between two moments; what SLA figures measure."""
    if SERVICE_LEVELS[priority].clock is TierClock.STAFFED:
        return calendar.staffed_between(start, end)
    return max((end - start).total_seconds(), 0.0)


def starts_at(priority: Priority, now: datetime, *, calendar: StaffedHours = OFFICE_HOURS) -> datetime:
    """When work on a request of this tier may begin: at once, or for P3 and P4 when somebody is there again."""
    if SERVICE_LEVELS[priority].clock is TierClock.STAFFED:
        return calendar.next_opening(now)
    return now
