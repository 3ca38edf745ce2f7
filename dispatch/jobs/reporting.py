"""What somebody says came of a visit, and what follows: no word leaves a request without a next step; no I/O."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from dispatch.jobs import job as jobs
from dispatch.jobs.aftercare import MOST_ABSENCES, Wait, goes_on_at
from dispatch.jobs.calling import NotByPhone, needs_visit
from dispatch.jobs.case import Case
from dispatch.jobs.freezing import UNSAFE, freeze
from dispatch.jobs.job import OWNED, on_hold
from dispatch.jobs.news import begin_news
from dispatch.jobs.pausing import hold, pause
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.visiting import NotAgreed, close_visit, done, release
from dispatch.shifts.shift import LOCAL
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferStatus, Outcome
from shared.events.registry import EventType
from shared.pauses import Pause, latest_end

BY_HELPER: Final = "by_helper"  # the reason of an ending that only the helper vouches for: somebody asks the resident


class NotWaiting(Refused):
    def __init__(self) -> None:
        super().__init__("not_waiting", "an hour can be agreed for a visit that was put off, and for no other")


class TooFar(Refused):
    """Until an agreed hour nobody hears anything: it must not be for ever."""

    def __init__(self, latest: datetime) -> None:
        day = latest.astimezone(LOCAL).date()
        super().__init__("too_far", f"agree on an hour until {day}; for a later one cancel the request, and file it again then")


def report(case: Case, outcome: Outcome) -> None:
    """The word of whoever has the visit. Of a job that nobody has, the desk or the lead who owns it says how it ends.

    Saying it twice changes nothing. Raises NotEscalated, NotByPhone, IllegalMove.
    """
    held = on_hold(case.job)
    if held is not None and held.value == outcome.value:
        return
    if case.job.status in OWNED:
        (needs_visit if case.by_phone and outcome in NOT_BY_PHONE else FOLLOWS[outcome])(case)
    elif outcome is Outcome.NEEDS_VISIT:
        raise NotByPhone
    else:
        done(case, outcome)


def turned_down(case: Case) -> None:
    """ "Tu choi": who has not set out speaks of themselves, who stands at the door of the resident."""
    if case.job.status is JobStatus.ACCEPTED:
        release(case)
    else:
        report(case, Outcome.REFUSED)


def agree_on(case: Case, at: datetime) -> None:
    """Somebody has talked to the resident: the visit goes on from then. Raises NotWaiting, TooFar."""
    if on_hold(case.job) is None:
        raise NotWaiting
    latest = latest_end(Pause.SLOT, case.now)
    if latest is not None and at > latest:
        raise TooFar(latest)
    until = max(at, case.now)
    care = replace(case.job.aftercare, waits_for=Wait.SLOT)
    case.job = replace(case.job, not_before=until, aftercare=care)
    hold(case, recipients=case.resident())


def put_off(case: Case, at: datetime | None) -> list[tuple[str, UUID, dict[str, str]]]:
    """The registered number wants nobody before then: whoever has the visit loses it, and is asked first. What is refused of
    it; None: nobody wants that."""
    if at is None or case.job.closed_at is not None:
        return []
    try:
        _later(case, at)
    except Refused as refusal:
        return [("later.refused", case.job.id, {"reason": refusal.reason})]
    return []


def _later(case: Case, at: datetime) -> None:
    if case.job.status is JobStatus.ON_SCENE or at <= case.now:
        raise Refused("too_late_to_put_off", "somebody is there already, or the hour is over")
    if case.job.status in OWNED:
        _put_off(case, Wait.SLOT, at)
    elif on_hold(case.job) is not None:
        agree_on(case, at)
    else:
        pause(case, Pause.RESIDENT_LATER, at)


def found_again(case: Case) -> None:
    """The right address is known: it goes on at once, and whoever went to the wrong one is asked first."""
    care = replace(case.job.aftercare, waits_for=Wait.SLOT)
    case.job = replace(case.job, not_before=case.now, aftercare=care)
    case.set_timer(TimerKind.OPEN, case.now)


def _absent(case: Case) -> None:
    """Once, and the desk calls for another hour; twice, and it ends: as unreached, never as solved."""
    care = replace(case.job.aftercare, absences=case.job.aftercare.absences + 1)
    case.job = replace(case.job, aftercare=care)
    if care.absences >= MOST_ABSENCES:
        done(case, Outcome.ABSENT)
    else:
        _put_off(case, Wait.ABSENT)


def _put_off(case: Case, why: Wait, at: datetime | None = None) -> None:
    owner, until = case.owner(), at or goes_on_at(case.job.priority, case.now)
    offer = close_visit(case, OfferStatus.COMPLETED)
    case.job = jobs.postponed(case.job, why, now=case.now, until=until)
    case.tell(EventType.ASSIGNMENT_POSTPONED, offer=offer, recipients=case.resident() + owner, reason=why.value, until=until)
    hold(case)
    begin_news(case)


FOLLOWS: Final[Mapping[Outcome, Callable[[Case], None]]] = MappingProxyType(
    {
        Outcome.SOLVED: lambda case: done(case, Outcome.SOLVED),
        Outcome.ABSENT: _absent,
        Outcome.REFUSED: lambda case: done(case, Outcome.REFUSED, reason=BY_HELPER),
        Outcome.WRONG_ADDRESS: lambda case: _put_off(case, Wait.WRONG_ADDRESS),
        Outcome.UNSAFE: lambda case: freeze(case, UNSAFE),
        Outcome.NEEDS_OFFICE: lambda case: done(case, Outcome.NEEDS_OFFICE),
        Outcome.SECOND_VISIT: lambda case: done(case, Outcome.SECOND_VISIT),
        Outcome.NEEDS_VISIT: needs_visit,
    }
)
# A word that does not fit the visit is answered with what is wrong, and what to say instead.
UNFIT: Final[Mapping[type[Refused], EventType]] = MappingProxyType(
    {NotAgreed: EventType.ASSIGNMENT_NOT_AGREED, NotByPhone: EventType.ASSIGNMENT_OUTCOME_WANTED}
)
# What a helper may say of a call, and what only a visit can mend.
NOT_BY_PHONE: Final = frozenset({Outcome.ABSENT, Outcome.WRONG_ADDRESS, Outcome.SECOND_VISIT})
