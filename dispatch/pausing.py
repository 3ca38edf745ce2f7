"""Off hours P3 and P4 wait, and the resident is told until when; no I/O."""

from dataclasses import replace

from dispatch.case import Case
from dispatch.escalation import first_due
from dispatch.job import paused_until
from dispatch.timer import TimerKind
from shared.events.assignments import JobStatus
from shared.events.registry import EventType


def pause_off_hours(case: Case) -> None:
    """Nothing while it is staffed, while somebody is still asked, or when it waits already."""
    until = paused_until(case.job, case.now)
    if until is None or case.job.status is not JobStatus.PENDING or case.job.not_before is not None:
        return
    case.job = replace(case.job, not_before=until)
    case.tell(EventType.CLOCK_PAUSED, recipients=case.resident(), reason="off_hours", until=until)
    case.set_timer(TimerKind.OPEN, until)


def resume(case: Case) -> None:
    """Staffed hours have begun. A timer that comes early, or twice, changes nothing.

    The clock of the escalation is set anew: it may have rung, unheard, while the job waited.
    """
    if case.job.not_before is None or case.job.not_before > case.now or case.job.status is not JobStatus.PENDING:
        return
    case.job = replace(case.job, not_before=None)
    case.tell(EventType.CLOCK_RESUMED)
    case.set_timer(TimerKind.ESCALATE, first_due(case.job.priority, case.now))
