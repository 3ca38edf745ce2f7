"""Until when a resident may expect a helper once a job has stood still: what was promised, later by as much. Pure."""

from datetime import datetime

from shared.events.assignments import AssignmentChanged
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.pauses import stops
from shared.service_levels import Stage, deadline, elapsed_seconds, starts_at


def expected_at(event: Event) -> datetime | None:
    """None: the event changes nothing of it. Counted from the minute of the filing, as at the filing."""
    body = event.body
    if not isinstance(body, AssignmentChanged) or not stops(body.reason, Stage.ARRIVAL):
        return None
    job, held_seconds = body.job, body.job.held_seconds
    if event.type is EventType.CLOCK_PAUSED and body.until is not None:
        held_seconds += elapsed_seconds(job.priority, body.since or event.time, body.until)
    elif event.type is not EventType.CLOCK_RESUMED:
        return None
    begun = starts_at(job.priority, job.filed_at.replace(second=0, microsecond=0))
    return deadline(job.priority, Stage.ARRIVAL, begun, held_seconds=held_seconds)
