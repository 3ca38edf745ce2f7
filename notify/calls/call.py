"""A call task: somebody telephones, with an owner and a time, always. Its states and moves. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from notify.purpose import Purpose
from shared.calendar import OFFICE_HOURS, StaffedHours
from shared.errors import Refused
from shared.events.contract import Priority, Role
from shared.service_levels import SERVICE_LEVELS, TierClock

CITY_DESK: Final = "city_desk"
TAKEN_SECONDS: Final = 15 * 60.0  # who takes a call makes it within this, or it falls back to the desk
DUE_SECONDS: Final[Mapping[Priority, float]] = {
    Priority.P1: 300.0,
    Priority.P2: 900.0,
    Priority.P3: 3600.0,
    Priority.P4: 4 * 3600.0,
}


class CallStatus(StrEnum):
    OPEN = "open"  # the desk owns it; anybody there may take it
    TAKEN = "taken"  # one operator is on the telephone
    DONE = "done"  # somebody called; the outcome says what came of it
    DROPPED = "dropped"  # no longer to be said


class CallOutcome(StrEnum):
    TOLD = "told"  # the person knows
    UNREACHED = "unreached"  # nobody picked up, after trying
    WRONG_NUMBER = "wrong_number"
    OVERTAKEN = "overtaken"  # events made the call pointless
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTask:
    id: UUID
    cause_event_id: UUID
    contact_point_id: UUID
    key_id: UUID
    address: str | None
    body: str | None
    peer: str | None = None
    city: str
    request_id: UUID
    job_id: UUID | None
    offer_id: UUID | None
    role: Role
    purpose: str
    priority: Priority
    status: CallStatus = CallStatus.OPEN
    owner: str = CITY_DESK
    due_at: datetime
    raised: int = 0
    version: int = 1
    outcome: CallOutcome | None = None
    created_at: datetime
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    commune_code: str | None = None  # whose operators may take it, too; None: the city's alone


def due_at(priority: Priority, now: datetime, calendar: StaffedHours = OFFICE_HOURS) -> datetime:
    """Until when somebody has called; P3 and P4 run on staffed hours, because a desk calls nobody at night."""
    if SERVICE_LEVELS[priority].clock is TierClock.STAFFED:
        return calendar.add_staffed(now, DUE_SECONDS[priority])
    return now + timedelta(seconds=DUE_SECONDS[priority])


def urgency(purpose: str, priority: Priority) -> Priority:
    """By which a call is due, first and each time it was missed."""
    return Priority.P1 if purpose == Purpose.REMOTE_CALL else priority  # somebody sits there and waits for it


def taken(task: CallTask, operator: str, now: datetime) -> CallTask:
    """Taking what one already has is no change; what another has is refused."""
    if task.status is CallStatus.TAKEN and task.owner == operator:
        return task
    if task.status is not CallStatus.OPEN:
        raise Refused("call_not_open", "somebody else has this call; take another one from the list")
    until = now + timedelta(seconds=TAKEN_SECONDS)
    return replace(task, status=CallStatus.TAKEN, owner=operator, taken_at=now, due_at=until, version=task.version + 1)


def done(task: CallTask, operator: str, outcome: CallOutcome, now: datetime) -> CallTask:
    """Whoever called may say so, even without having taken it; the same word twice is no change."""
    if task.status is CallStatus.DONE and task.outcome is outcome:
        return task
    if task.ended_at is not None:
        raise Refused("call_closed", "this call is closed; nothing is left to do")
    return replace(task, status=CallStatus.DONE, owner=operator, outcome=outcome, ended_at=now, version=task.version + 1)


def dropped(task: CallTask, outcome: CallOutcome, now: datetime) -> CallTask:
    if task.ended_at is not None:
        return task
    return replace(task, status=CallStatus.DROPPED, outcome=outcome, ended_at=now, version=task.version + 1)


def overdue(task: CallTask, now: datetime, calendar: StaffedHours = OFFICE_HOURS) -> CallTask:
    """Nobody called in time: it goes up to the city desk, with a new time and a mark that everybody sees."""
    if task.ended_at is not None or task.due_at > now:
        return task
    again = due_at(urgency(task.purpose, task.priority), now, calendar)
    return replace(task, status=CallStatus.OPEN, owner=CITY_DESK, due_at=again, raised=task.raised + 1, version=task.version + 1)


def call_of(row: Any) -> CallTask:
    fields = {name: row[name] for name in CallTask.__slots__}
    fields["role"], fields["priority"] = Role(row["role"]), Priority(row["priority"])
    fields["status"] = CallStatus(row["status"])
    fields["outcome"] = CallOutcome(row["outcome"]) if row["outcome"] else None
    return CallTask(**fields)
