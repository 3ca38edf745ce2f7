"""Which promise has to be kept next, and when each clock of a request ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.events.assignments import JobState
from shared.events.contract import Priority
from shared.events.requests import RequestStatus
from shared.service_levels import Stage, deadline

S = RequestStatus
# The promise that a request in this status waits for. Frozen: it is in danger now.
NEXT: Final[Mapping[RequestStatus, Stage]] = {
    S.FILED: Stage.ACCEPT,
    S.WAITING: Stage.ACCEPT,
    S.ASSIGNED: Stage.ARRIVAL,
    S.ON_THE_WAY: Stage.ARRIVAL,
    S.IN_PROGRESS: Stage.RESOLVE,
}
PROMISES: Final[Mapping[RequestStatus, tuple[Stage, ...]]] = {
    S.FILED: (Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE),
    S.WAITING: (Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE),
    S.ASSIGNED: (Stage.ARRIVAL, Stage.RESOLVE),
    S.ON_THE_WAY: (Stage.ARRIVAL, Stage.RESOLVE),
    S.IN_PROGRESS: (Stage.RESOLVE,),
    S.FROZEN: (Stage.RESOLVE,),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """`what` is a Stage, or a word of its own: locate, pause, offer, call, session."""

    what: str
    ends_at: datetime


def clock_of(status: RequestStatus, job: JobState, expected_at: datetime | None, was: datetime | None, at: datetime) -> datetime:
    """The next time that matters, after what dispatch said `at` this time. `was`: the clock of what was frozen before."""
    if job.pause is not None and job.paused_until is not None:
        return job.paused_until
    if status is S.FROZEN:
        return was or at
    stage = NEXT.get(status)
    if stage is None:
        return at
    if stage is Stage.ARRIVAL and (job.session_at or expected_at) is not None:
        return job.session_at or expected_at or at
    return deadline(job.priority, stage, job.filed_at, held_seconds=job.held_seconds) or at


def promises(status: RequestStatus, priority: Priority, filed_at: datetime, held_seconds: float) -> list[Clock]:
    """What is still to be kept, the soonest first."""
    found = [(stage, deadline(priority, stage, filed_at, held_seconds=held_seconds)) for stage in PROMISES.get(status, ())]
    return [Clock(stage, at) for stage, at in found if at is not None]
