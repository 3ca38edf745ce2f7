"""The promises of one job as a list of moments: a warning, then a breach, for each stage not reached in time; no I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch.jobs.job import LIVE, Job
from shared.events.assignments import JobStatus
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.service_levels import Stage, deadline

WARNING_SHARE: Final = 0.8  # a warning when so much of the time is gone
STAGES: Final = (Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE)
REACHED: Final = {
    Stage.ACCEPT: frozenset({JobStatus.ACCEPTED, JobStatus.EN_ROUTE, JobStatus.ON_SCENE}),
    Stage.ARRIVAL: frozenset({JobStatus.ON_SCENE}),
    Stage.RESOLVE: frozenset[JobStatus](),
}


@dataclass(frozen=True, slots=True, order=True)
class Milestone:
    at: datetime
    stage: Stage
    type: EventType
    until: datetime  # the promise itself


def milestones(priority: Priority, filed_at: datetime, *, held_seconds: float = 0.0) -> tuple[Milestone, ...]:
    """In the order of time; a job counts in `promises_told` how many of them were dealt with. `held_seconds`: of the tier's
    clock, spent in pauses that stop the promises."""
    found = []
    for stage in STAGES:
        until = deadline(priority, stage, filed_at, held_seconds=held_seconds)
        if until is not None:
            warn_at = filed_at + (until - filed_at) * WARNING_SHARE
            found += [
                Milestone(warn_at, stage, EventType.SLA_WARNING, until),
                Milestone(until, stage, EventType.SLA_BREACHED, until),
            ]
    return tuple(sorted(found))


def first_moment(priority: Priority, filed_at: datetime) -> datetime:
    """When the first of them is: a warning, for every warning comes before its breach."""
    promises = [until for stage in STAGES if (until := deadline(priority, stage, filed_at)) is not None]
    return filed_at + (min(promises) - filed_at) * WARNING_SHARE


def is_missed(job: Job, milestone: Milestone) -> bool:
    """False when the stage was reached, or the job is over."""
    return job.status in LIVE and job.status not in REACHED[milestone.stage]
