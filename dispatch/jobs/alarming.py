"""Somebody at a visit may need help: who answers for ward and city is told at once, and again until a person ends it; no I/O.

An alarm stands beside the status of the job. Whoever is forced to write "done" does not end it by that.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from dispatch.jobs.aftercare import Alarm
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead, Level, seats_for
from dispatch.jobs.job import OUT_THERE, watched
from dispatch.jobs.timer import TimerKind
from dispatch.roster.responder import recipient
from shared.errors import Refused
from shared.events.contract import Recipient, Role
from shared.events.registry import EventType

AT_ONCE: Final = frozenset({Level.WARD_LEAD, Level.CITY_DESK})
AGAIN_AFTER: Final = timedelta(minutes=10)
SAID_AGAIN: Final = "said_again"  # the sender hears us; the others have heard it
STILL: Final = "still"  # nobody has ended it yet


class NoAlarm(Refused):
    def __init__(self) -> None:
        super().__init__("no_alarm", "there is no alarm to end")


def sos(case: Case, leads: Sequence[Lead], sender: tuple[Recipient, ...]) -> None:
    """Never refused, whatever the job is by now. The sender hears that it was read."""
    if case.job.aftercare.alarm is Alarm.SOS:
        case.tell(EventType.JOB_ALARMED, recipients=sender, reason=SAID_AGAIN)
        return
    _raise(case, Alarm.SOS, told(case, leads, AT_ONCE) + sender)


def silent(case: Case, leads: Sequence[Lead]) -> None:
    """Asked, called, and still no sign of the helper."""
    if case.job.aftercare.alarm is None:
        _raise(case, Alarm.SILENT, told(case, leads, AT_ONCE))


def remind(case: Case, leads: Sequence[Lead]) -> None:
    """Nobody has ended it: everybody who answers for it is told, each time after twice as long."""
    since = case.job.aftercare.alarmed_at
    if case.job.aftercare.alarm is None or since is None or case.now < since + AGAIN_AFTER:
        return
    case.tell(EventType.JOB_ALARMED, recipients=told(case, leads, frozenset(Level)), reason=STILL)
    case.set_timer(TimerKind.ALARM, case.now + (case.now - since))


def calm(case: Case) -> None:
    """A person knows that all are safe; whoever is still out there is looked after as before. Raises NoAlarm."""
    if case.job.aftercare.alarm is None:
        raise NoAlarm
    case.job = replace(case.job, aftercare=replace(case.job.aftercare, alarm=None, alarmed_at=None))
    if case.job.status in OUT_THERE and case.job.aftercare.watch_at is None:
        case.job = watched(case.job, now=case.now)
    case.tell(EventType.JOB_CALMED)
    case.keep_watch()


def told(case: Case, leads: Sequence[Lead], levels: Collection[Level]) -> tuple[Recipient, ...]:
    """Each phone once, though one person may hold several seats."""
    seats = {lead.contact.id: lead for lead in seats_for(case.job, leads) if lead.level in levels}
    return tuple(one for lead in seats.values() for one in recipient(lead.contact, Role.LEAD, lead.name))


def _raise(case: Case, alarm: Alarm, recipients: tuple[Recipient, ...]) -> None:
    case.job = replace(case.job, aftercare=replace(case.job.aftercare, alarm=alarm, alarmed_at=case.now))
    case.tell(EventType.JOB_ALARMED, recipients=recipients, reason=alarm.value)
    case.set_timer(TimerKind.ALARM, case.now + AGAIN_AFTER)
