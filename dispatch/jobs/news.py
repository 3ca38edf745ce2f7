"""What a resident hears who has heard nothing for a while: how it stands, computed from the job, never what was promised; no I/O.

Until somebody is with them. How often, the tier says (shared/service_levels.py); a pause that the resident asked for is silent.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from dispatch.jobs.case import Case
from dispatch.jobs.job import Job, standing_still
from dispatch.jobs.timer import TimerKind
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType
from shared.pauses import Pause, stops
from shared.service_levels import Stage, deadline

SILENT: Final = frozenset({JobStatus.ON_SCENE, JobStatus.FROZEN})  # somebody is there, or somebody calls


class Truth(StrEnum):
    """The words that `job.news` carries."""

    ON_THE_WAY = "on_the_way"
    TAKEN = "taken"  # somebody has it and has not set out
    PAUSED = "paused"
    INCIDENT = "incident"  # held by a fault of the whole city that goes on
    ASKING = "asking"  # some people may still answer
    WITH_LEAD = "with_lead"  # nobody was found; somebody answers for it
    SEARCHING = "searching"


def truth(case: Case) -> Truth:
    job = case.job
    if job.status is JobStatus.EN_ROUTE:
        return Truth.ON_THE_WAY
    if job.status is JobStatus.ACCEPTED:
        return Truth.TAKEN
    if job.pause is Pause.INCIDENT and job.aftercare.check is None:
        return Truth.INCIDENT
    if job.not_before is not None:
        return Truth.PAUSED
    if case.having(OfferKind.VISIT, OfferStatus.PENDING):
        return Truth.ASKING
    return Truth.WITH_LEAD if job.escalated_to else Truth.SEARCHING


def news_due(job: Job) -> datetime | None:
    """When the next word is due. None: this tier hears of changes only."""
    since = last_word(job)
    if job.not_before is not None and stops(standing_still(job), Stage.NEWS):
        since = job.not_before
    return deadline(job.priority, Stage.NEWS, since)


def last_word(job: Job) -> datetime:
    """Of all that the resident was told of this round. Being handed from one lead to the next is none of it."""
    told = (job.accepted_at, job.en_route_at, job.waiting_since if job.visit else None, job.paused_at, job.news_at)
    return max([job.filed_at, *(at for at in told if at is not None)])


def begin_news(case: Case) -> None:
    """From the first moment of a promise on, and again after a visit that came to nothing."""
    due_at = news_due(case.job)
    if due_at is not None:
        # Two that look at the same moment are one row.
        case.set_timer(TimerKind.NEWS, due_at, guard=int(due_at.timestamp()))


def tell_news(case: Case) -> None:
    """When it is time, and then for the next time. A timer that comes early, or twice, says nothing."""
    due_at = news_due(case.job)
    if case.job.status in SILENT or due_at is None:
        return
    if due_at <= case.now:
        case.job = replace(case.job, news_at=case.now)
        asked = len(case.having(OfferKind.VISIT, OfferStatus.PENDING))
        case.tell(EventType.JOB_NEWS, recipients=case.resident(), reason=truth(case), until=news_due(case.job), asked=asked)
    begin_news(case)
