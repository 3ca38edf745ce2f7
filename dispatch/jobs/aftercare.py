"""What is kept of a visit beside its status: what it waits for, who helps first when it goes on, what was asked, an alarm. Pure.

One value, one column: most jobs end without ever having any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from shared.calendar import OFFICE_HOURS
from shared.categories import CATEGORIES
from shared.events.contract import Priority, Sealed
from shared.service_levels import HOUR, MINUTE, SERVICE_LEVELS, TierClock

WATCH_MINUTES: Final = 45  # of a category that nobody knows any more
GIVE_UP: Final = timedelta(minutes=30)  # before the hour of a session
MOST_ABSENCES: Final = 2  # so often nobody opened: it ends as unreached, never as solved


class Wait(StrEnum):
    """Why a job is offered to nobody for a while, though somebody will come; also the reason of `clock.paused`."""

    ABSENT = "absent"  # nobody opened: the desk calls for another hour
    WRONG_ADDRESS = "wrong_address"  # the desk asks where it is; once that is known it goes on at once
    SECOND_VISIT = "second_visit"  # one more is needed: the desk calls for an hour
    SLOT = "slot"  # an hour is agreed


class Asked(StrEnum):
    """What the helper was asked of our own accord and has not answered."""

    GOING = "going"  # accepted, and no sign of life: will you go?
    WELL = "well"  # there for a while: is all well?


class Alarm(StrEnum):
    """Somebody may need help. Ends only by a person, whatever becomes of the job."""

    SOS = "sos"  # somebody at the visit wrote it
    SILENT = "silent"  # asked whether all is well, called, and still nothing


# How long it waits when nobody says anything else, on the clock of the tier: what a call takes, and time to come home.
WAIT_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 30 * MINUTE,
    Priority.P2: 2 * HOUR,
    Priority.P3: 4 * HOUR,
    Priority.P4: 10 * HOUR,
}


# Who has accepted and not set out is asked after this, and has so long to answer; on the clock of the tier.
SIGN_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 10 * MINUTE,
    Priority.P2: 30 * MINUTE,
    Priority.P3: 4 * HOUR,
    Priority.P4: 10 * HOUR,
}
# Who is on the way is asked after this whether all is well: by the clock on the wall, for a way takes no longer at night.
WAY_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 30 * MINUTE,
    Priority.P2: HOUR,
    Priority.P3: 2 * HOUR,
    Priority.P4: 2 * HOUR,
}
# A call is over sooner than a visit has begun; who is asked how it went has the telephone in hand.
CALL_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 10 * MINUTE,
    Priority.P2: 15 * MINUTE,
    Priority.P3: 30 * MINUTE,
    Priority.P4: HOUR,
}
CALL_ANSWER_SECONDS: Final = 10 * MINUTE
ANSWER_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 5 * MINUTE,
    Priority.P2: 10 * MINUTE,
    Priority.P3: HOUR,
    Priority.P4: 2 * HOUR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare:
    travels: bool = False  # a call cannot help: there is no smartphone. Somebody goes from the start
    meeting: bool = False  # the resident has opened a meeting on the web for the call that goes on
    waits_for: Wait | None = None  # counts only while the job has a `not_before`
    absences: int = 0
    first: UUID | None = None  # who was there last: asked before others when it goes on
    stopped: str | None = None  # why it is frozen, when that is not suspicion: "unsafe"
    watch_at: datetime | None = None  # when to look at this visit again; a timer at any other moment is an old one
    asked: Asked | None = None
    called: bool = False  # after silence the desk was asked to call
    incident: UUID | None = None  # the last that has held it: each holds a job once
    check: UUID | None = None  # what its resident was asked last: does it work again, or do they come to a session
    session_at: datetime | None = None  # the hour of its group visit
    venue: Sealed | None = None  # where that is, under the resident's key
    coming: bool | None = None  # they have said that they come; None: not yet
    alarm: Alarm | None = None
    alarmed_at: datetime | None = None


NOTHING: Final = Aftercare()
_WORDS: Final[Mapping[str, type[StrEnum]]] = {"waits_for": Wait, "asked": Asked, "alarm": Alarm}
_MOMENTS: Final = frozenset({"watch_at", "alarmed_at", "session_at"})
_IDS: Final = frozenset({"first", "incident", "check"})


def alone(care: Aftercare) -> Aftercare:
    """Of no session any more."""
    if care.session_at is None:
        return care
    return replace(care, session_at=None, venue=None, coming=None, check=None)


def is_too_late(care: Aftercare, now: datetime) -> bool:
    """Nobody has taken the session, and soon people set out for it: they are helped one by one, and hear so."""
    return care.session_at is not None and now >= care.session_at - GIVE_UP


def unwatched(care: Aftercare) -> Aftercare:
    """Nobody is there, or on the way there, who could be asked."""
    return replace(care, watch_at=None, asked=None, called=False)


def after(priority: Priority, now: datetime, seconds: float) -> datetime:
    """On the clock of the tier: what waits for staffed hours does so at night, too."""
    if SERVICE_LEVELS[priority].clock is TierClock.STAFFED:
        return OFFICE_HOURS.add_staffed(now, seconds)
    return now + timedelta(seconds=seconds)


def goes_on_at(priority: Priority, now: datetime) -> datetime:
    """When a visit that waits goes on if nobody says otherwise."""
    return after(priority, now, WAIT_SECONDS[priority])


def sign_due(priority: Priority, now: datetime) -> datetime:
    """When somebody who may set out now, and has not, is asked."""
    return after(priority, now, SIGN_SECONDS[priority])


def call_due(priority: Priority, now: datetime) -> datetime:
    """When somebody who helps by phone, and has not said what came of it, is asked; silent then, somebody goes."""
    return after(priority, now, CALL_SECONDS[priority])


def way_due(priority: Priority, now: datetime) -> datetime:
    """When somebody who has set out, and has not said that they are there, is asked whether all is well."""
    return now + timedelta(seconds=WAY_SECONDS[priority])


def well_due(category: str, now: datetime) -> datetime:
    """When somebody who is there now is asked whether all is well."""
    known = CATEGORIES.get(category)
    return now + timedelta(minutes=known.watch_minutes if known else WATCH_MINUTES)


def stored(care: Aftercare) -> dict[str, Any]:
    """As JSON: only what is said."""
    said = {field.name: getattr(care, field.name) for field in fields(care)}
    found = {name: value for name, value in said.items() if value != getattr(NOTHING, name)}
    return {**found, "venue": care.venue.model_dump(mode="json")} if care.venue else found


def read(found: Mapping[str, Any]) -> Aftercare:
    if not found:
        return NOTHING
    values = {name: _value(name, value) for name, value in found.items()}
    return Aftercare(**values)


def _value(name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name == "venue":
        return Sealed.model_validate(value)
    if name in _IDS:
        return UUID(value)
    return _WORDS[name](value) if name in _WORDS else value
