"""A job under an incident: held, its resident asked when it is over, and what their answer does; no I/O.

Nothing is closed by silence, and nobody is held twice by the same incident. What somebody has taken goes on.
"""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from dispatch.jobs import job as jobs
from dispatch.jobs.aftercare import after
from dispatch.jobs.case import Case
from dispatch.jobs.job import OPEN, on_hold
from dispatch.jobs.pausing import pause, resume_now, wake_up
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferState, OfferStatus, Outcome
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.pauses import Pause
from shared.service_levels import HOUR, MINUTE

OVER: Final = "incident_over"  # the reason of an ending that the resident vouches for
# For an answer, on the clock of the tier: after that it goes on as any other job.
ANSWER_SECONDS: Final = MappingProxyType(
    {Priority.P1: 15 * MINUTE, Priority.P2: HOUR, Priority.P3: 4 * HOUR, Priority.P4: 4 * HOUR}
)


class NotAsked(Refused):
    def __init__(self) -> None:
        super().__init__("not_asked", "nothing was asked about this request, or somebody has it already; read its state again")


def may_hold(case: Case, incident_id: UUID) -> bool:
    """Nobody has it, it waits for nothing else, no lead has said "mine", and this incident has not held it before."""
    job = case.job
    taken_care_of = case.having(OfferKind.ESCALATION, OfferStatus.ACCEPTED)
    free = job.status in OPEN and job.pause is None and on_hold(job) is None
    return free and not taken_care_of and job.aftercare.incident != incident_id


def hold(case: Case, incident_id: UUID) -> None:
    """It waits for the end of the incident; who was asked to go hears that it is over. A second time changes nothing."""
    if may_hold(case, incident_id):
        case.job = replace(case.job, aftercare=replace(case.job.aftercare, incident=incident_id, check=None))
        pause(case, Pause.INCIDENT, None)


def check_id(incident_id: UUID, job_id: UUID) -> UUID:
    """Always the same: whoever asks twice asks the same question."""
    return uuid5(incident_id, str(job_id))


def answer_until(priority: Priority, now: datetime) -> datetime:
    return after(priority, now, ANSWER_SECONDS[priority])


def ask_whether_it_works(case: Case) -> None:
    """The incident is over: whoever waited is asked, once. It waits on until they answer, at most until its time is over."""
    job, incident_id = case.job, case.job.aftercare.incident
    if job.status is not JobStatus.PENDING or job.pause is not Pause.INCIDENT or incident_id is None or job.aftercare.check:
        return
    ask_id, until = check_id(incident_id, job.id), answer_until(job.priority, case.now)
    case.job = replace(job, not_before=until, aftercare=replace(job.aftercare, check=ask_id))
    question = OfferState(
        offer_id=ask_id,
        kind=OfferKind.INCIDENT,
        status=OfferStatus.PENDING,
        wave=0,
        responder_id=None,
        contact_point_id=job.resident.contact_point_id,
        lease_seconds=(until - case.now).total_seconds(),
        not_after=until,
    )
    case.tell(EventType.JOB_QUESTIONED, question=question, recipients=case.resident(), reason=OVER, until=until)
    case.set_timer(TimerKind.OPEN, until)


def answered(case: Case, *, works: bool, ask_id: UUID | None = None) -> None:
    """`ask_id`: of the question that was answered; None: somebody talked to them, be the incident over or not.

    Saying it twice changes nothing. Raises NotAsked.
    """
    asked = ask_id is None or ask_id == case.job.aftercare.check
    if works and case.job.outcome is Outcome.SOLVED and asked:
        return
    held = case.job.pause is Pause.INCIDENT
    if case.job.status not in OPEN or not asked or not (held or case.job.aftercare.check):
        raise NotAsked
    if works:
        _works(case)
    elif held:
        resume_now(case)


def _works(case: Case) -> None:
    """They say so themselves: it ends as solved, and the same "not yet" as after any visit reopens it."""
    gone = withdrawn_offers(case, OfferKind.VISIT, "cancelled") + end_escalation(case, "cancelled")
    if case.job.pause is Pause.INCIDENT:
        wake_up(case, tell=False)  # so that what it was held counts in no figure
    waiting = replace(case.job, not_before=None)
    case.job = jobs.moved(waiting, JobStatus.DONE, outcome=Outcome.SOLVED, done_at=case.now, closed_at=case.now)
    case.tell(EventType.ASSIGNMENT_DONE, recipients=case.resident(), reason=OVER)
    tell_withdrawn(case, gone)
