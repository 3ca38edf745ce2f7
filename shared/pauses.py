"""Why a job stands still, which of its clocks stand with it, and how long at most: one table for timers, figures and texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.calendar import OFFICE_HOURS, StaffedHours
from shared.service_levels import WORKING_DAY, Stage, TierClock

DAY: Final = 86_400.0


class Pause(StrEnum):
    OFF_HOURS = "off_hours"  # P3 and P4 while nobody is at work: the calendar of the tier stands still by itself
    RESIDENT_LATER = "resident_later"  # the resident asked for another time
    WAITING_OFFICE = "waiting_office"  # an office has to do something first
    INCIDENT = "incident"  # a fault of the whole city: nobody could help just now, and the resident is asked when it is over
    SESSION = "session"  # an hour at which several people are helped in one place
    ABSENT = "absent"  # nobody opened: the desk calls for another hour
    WRONG_ADDRESS = "wrong_address"  # the desk asks where it is
    SECOND_VISIT = "second_visit"  # one more is needed: the desk calls for an hour
    NIGHT = "night"  # two people have to go at night, and nobody can send two
    SLOT = "slot"  # after a visit that came to nothing, an hour is agreed


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRule:
    """`stops`: the clocks that stand still; all others run on. `cap_seconds` on `clock`, from the beginning; None: no cap."""

    stops: frozenset[Stage]
    cap_seconds: float | None
    clock: TierClock = TierClock.ALWAYS


_SEARCH: Final = frozenset({Stage.FIRST_OFFER, Stage.ESCALATE})
PROMISES: Final = frozenset({Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE})

PAUSES: Final[Mapping[Pause, PauseRule]] = MappingProxyType(
    {
        Pause.OFF_HOURS: PauseRule(stops=_SEARCH, cap_seconds=None),
        Pause.RESIDENT_LATER: PauseRule(stops=_SEARCH | PROMISES | {Stage.NEWS}, cap_seconds=14 * DAY),
        Pause.WAITING_OFFICE: PauseRule(stops=_SEARCH | PROMISES, cap_seconds=5 * WORKING_DAY, clock=TierClock.STAFFED),
        # Nobody could keep a promise meanwhile; what the resident hears goes on.
        Pause.INCIDENT: PauseRule(stops=_SEARCH | PROMISES, cap_seconds=2 * DAY),
        # A person has chosen the hour, and told it; nothing is promised sooner, and nothing is news until then.
        Pause.SESSION: PauseRule(stops=_SEARCH | PROMISES | {Stage.NEWS}, cap_seconds=14 * DAY),
        Pause.NIGHT: PauseRule(stops=_SEARCH | PROMISES, cap_seconds=None),
        # After a visit: somebody was there in time, and the desk calls; only an agreed hour is silent until then.
        Pause.ABSENT: PauseRule(stops=_SEARCH, cap_seconds=None),
        Pause.WRONG_ADDRESS: PauseRule(stops=_SEARCH, cap_seconds=None),
        Pause.SECOND_VISIT: PauseRule(stops=_SEARCH, cap_seconds=None),
        Pause.SLOT: PauseRule(stops=_SEARCH | {Stage.NEWS}, cap_seconds=30 * DAY),
    }
)
BY_PEOPLE: Final = frozenset({Pause.RESIDENT_LATER, Pause.WAITING_OFFICE})  # asked for, with a cap


def stops(reason: str | None, stage: Stage) -> bool:
    """An unknown reason stops nothing."""
    return reason is not None and reason in set(Pause) and stage in PAUSES[Pause(reason)].stops


def latest_end(reason: Pause, since: datetime, *, calendar: StaffedHours = OFFICE_HOURS) -> datetime | None:
    """When a pause that began at `since` is over, whatever anybody wished. None: only the calendar ends it."""
    rule = PAUSES[reason]
    if rule.cap_seconds is None:
        return None
    if rule.clock is TierClock.STAFFED:
        return calendar.add_staffed(since, rule.cap_seconds)
    return since + timedelta(seconds=rule.cap_seconds)
