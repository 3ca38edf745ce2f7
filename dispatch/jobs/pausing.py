"""A job stands still for a reason, and somebody knows until when; no I/O. Which clocks stand with it: shared/pauses.py.

Off hours P3 and P4 wait by themselves. A person may let a job wait because the resident asked for another time, or because an
office has to do something first; each such pause has a cap, after which the clocks run on and people are told.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead, first_due, lead_of
from dispatch.jobs.job import OPEN, paused_until, withdrawn_wave
from dispatch.jobs.sla import milestones
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from shared.company import Company, is_night, morning
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import Recipient
from shared.events.registry import EventType
from shared.pauses import Pause, latest_end
from shared.service_levels import elapsed_seconds


def pause_off_hours(case: Case) -> None:
    """Nothing while it is staffed, while somebody is still asked, or when it waits already."""
    until = paused_until(case.job, case.now)
    if until is None or case.job.status is not JobStatus.PENDING or case.job.not_before is not None:
        return
    care = replace(case.job.aftercare, waits_for=None)  # from now on it is the hour that it waits for
    case.job = replace(case.job, not_before=until, aftercare=care)
    case.tell(EventType.CLOCK_PAUSED, recipients=case.resident(), reason=Pause.OFF_HOURS, until=until)
    case.set_timer(TimerKind.OPEN, until)


def wait_for_morning(case: Case) -> None:
    """At night two have to go, and nobody can send two. Nothing of anybody else, or when it waits already."""
    job = case.job
    can_wait = job.status is JobStatus.PENDING and job.not_before is None and job.company is Company.TWO_AT_NIGHT
    if not can_wait or not is_night(case.now):
        return
    until = morning(case.now)
    case.job = replace(job, pause=Pause.NIGHT, paused_at=case.now, not_before=until)
    case.tell(EventType.CLOCK_PAUSED, recipients=case.resident(), reason=Pause.NIGHT, since=case.now, until=until)
    case.set_timer(TimerKind.OPEN, until)


def pause(case: Case, reason: Pause, until: datetime | None) -> None:
    """Nobody is asked until then; who was asked hears that it is over. Never longer than the cap of the reason, counted from its
    beginning. Saying it twice changes nothing. Raises Refused."""
    job = case.job
    if job.status not in OPEN:
        raise Refused("job_not_waiting", "somebody has this job, or it is over or stopped; release it first")
    if job.pause not in {None, reason}:
        raise Refused("paused", "this job waits for something else already; resume it first")
    since = job.paused_at or case.now
    cap = latest_end(reason, since)
    ends = min((at for at in (until, cap) if at is not None), default=case.now)
    if ends <= case.now:
        raise Refused("pause_is_over", "this time has passed already, or the longest pause for this reason is over")
    if (job.pause, job.not_before) == (reason, ends):
        return
    gone = withdrawn_offers(case, OfferKind.VISIT, "paused") + end_escalation(case, "paused")
    waiting = withdrawn_wave(case.job)
    case.job = replace(waiting, pause=reason, paused_at=since, not_before=ends, escalated_to=None, escalated_at=None)
    hearers = () if reason is Pause.SESSION else case.resident()  # they are asked in the same breath, with the hour
    case.tell(EventType.CLOCK_PAUSED, recipients=hearers, reason=reason, since=since, until=ends)
    tell_withdrawn(case, gone)
    case.set_timer(TimerKind.OPEN, ends)


def hold(case: Case, *, recipients: tuple[Recipient, ...] = ()) -> None:
    """The clock of a visit that was put off stands still until then; the timer lets it go on."""
    until, why = case.job.not_before, case.job.aftercare.waits_for
    if until is not None and why is not None:
        case.tell(EventType.CLOCK_PAUSED, recipients=recipients, reason=why.value, until=until)
        case.set_timer(TimerKind.OPEN, until)


def resume(case: Case, leads: Sequence[Lead] = ()) -> None:
    """Its time is over. A timer that comes early, or twice, changes nothing; the matcher may have been a moment faster.

    The clock of the escalation is set anew: it may have rung, unheard, while the job waited.
    """
    if case.job.not_before is None or case.job.not_before > case.now or case.job.status not in OPEN:
        return
    wake_up(case, leads)
    case.set_timer(TimerKind.ESCALATE, first_due(case.job.priority, case.now))


def resume_now(case: Case) -> None:
    """Somebody says that it may go on. Raises Refused."""
    if case.job.pause is None:
        raise Refused("not_paused", "nothing stands still here; off hours it goes on by itself")
    wake_up(case)
    case.set_timer(TimerKind.ESCALATE, first_due(case.job.priority, case.now))
    pause_off_hours(case)


def resume_together(case: Case, leads: Sequence[Lead] = ()) -> None:
    """As `resume`; people who were invited to one hour go on as one visit."""
    of_the_hour = case.fellows if case.job.pause is Pause.SESSION else []
    for one in (case, *of_the_hour):
        resume(one, leads)


def wake_up(case: Case, leads: Sequence[Lead] = (), *, tell: bool = True) -> None:
    """`leads`: a cap has run out, and who answers for the ward hears of it. Off hours ended: nobody need be told.
    `tell` False: the resident hears something else in the same breath."""
    job = case.job
    if job.not_before is None:
        return
    reason, since = job.pause, job.paused_at
    held = elapsed_seconds(job.priority, since, case.now) if since is not None else 0.0  # the promises are later by so much
    awake = replace(job, not_before=None, pause=None, paused_at=None, held_seconds=job.held_seconds + held)
    # Whoever waited for something else waits for us from now on; a clock that was set before must not ring for it.
    case.job = replace(awake, waiting_since=case.now, news_at=case.now) if reason else awake
    told = case.resident() if tell and reason is not Pause.SESSION else ()  # they know the hour, or hear why it is over
    hearers = told + (lead_of(case.job, leads) if reason is Pause.WAITING_OFFICE else ()) if reason else ()
    case.tell(EventType.CLOCK_RESUMED, recipients=hearers, reason=reason, since=since)
    if reason is not None:
        _watch_promises(case)


def _watch_promises(case: Case) -> None:
    """They have moved; whatever looks at the old moment finds that it is not yet time."""
    job = case.job
    moments = milestones(job.priority, job.filed_at, held_seconds=job.held_seconds)
    if job.promises_told < len(moments):
        due_at = moments[job.promises_told].at
        case.set_timer(TimerKind.SLA, due_at, guard=int(due_at.timestamp()))
