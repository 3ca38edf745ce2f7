"""A visit is stopped because somebody may come to harm; no I/O. Nobody is offered it until the city desk has looked at it.

Frozen is a status of its own: whatever looks for jobs that wait, for a yes or for the matcher, does not see it. The resident and
the helper hear of it in the same breath; those who answer for the ward are asked by a timer that is due at once.
"""

from dataclasses import replace
from typing import Final

from dispatch.jobs import job as jobs
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import first_due
from dispatch.jobs.job import IllegalMove, Job
from dispatch.jobs.news import begin_news
from dispatch.jobs.pausing import pause_off_hours
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.visiting import close_visit
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from shared.categories import FRAUD
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType

UNSAFE: Final = "unsafe"  # the helper's word, not a doubt about the helper: nobody goes there until a person decides


class FraudIsForLeads(Refused):
    def __init__(self) -> None:
        super().__init__(
            "fraud_is_for_leads", "suspected fraud is never offered to volunteers; close it, or correct its category first"
        )


def freeze(case: Case, reason: str) -> None:
    """The helper is taken off and told, questions are taken back, the phrase is worthless from now on. Twice changes nothing.

    A job that is over stays over, but it is told all the same: whoever stood at that door stood there, and somebody has to call.
    """
    if case.job.status is JobStatus.FROZEN:
        return
    if case.job.closed_at is not None:
        case.tell(EventType.JOB_FROZEN, recipients=case.resident(), reason=reason)
        return
    owner = case.owner()
    offer = close_visit(case, OfferStatus.RELEASED)
    gone = withdrawn_offers(case, OfferKind.VISIT, "frozen") + end_escalation(case, "frozen")
    case.job = _stopped(jobs.frozen(case.job, now=case.now), reason)
    case.tell(EventType.JOB_FROZEN, offer=offer, recipients=case.resident() + owner, reason=reason)
    tell_withdrawn(case, gone)
    case.set_timer(TimerKind.FROZEN, case.now)


def lift(case: Case) -> None:
    """The city desk has looked at it: offered again, without the helper who was taken off, under the new phrase."""
    if case.job.status is not JobStatus.FROZEN:
        raise IllegalMove(case.job.status, JobStatus.PENDING)
    if case.job.category == FRAUD:
        raise FraudIsForLeads
    asked = end_escalation(case, "lifted")
    free = jobs.moved(case.job, JobStatus.PENDING, waiting_since=case.now, escalated_to=None, escalated_at=None)
    case.job = _stopped(free, None)
    case.tell(EventType.JOB_LIFTED, recipients=case.resident(), reason="lifted")
    tell_withdrawn(case, asked)
    case.set_timer(TimerKind.ESCALATE, first_due(case.job.priority, case.now))
    begin_news(case)
    pause_off_hours(case)


def _stopped(job: Job, reason: str | None) -> Job:
    return replace(job, aftercare=replace(job.aftercare, stopped=UNSAFE if reason == UNSAFE else None))
