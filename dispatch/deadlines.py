"""When time is up: leases, clocks, opening hours, promises. One handler a kind of timer, run by shared/timers.TimerLoop.

A handler runs in the transaction that deletes its timer. It loads under locks, looks whether the moment still counts, decides
and saves: a timer that is early, late or doubled changes nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, Docket, open_docket
from dispatch.faults.incident import IncidentRules
from dispatch.faults.incidents import ring_on_clock
from dispatch.jobs.alarming import remind
from dispatch.jobs.answering import lapse
from dispatch.jobs.case import Case
from dispatch.jobs.escalating import escalate
from dispatch.jobs.escalation import Reason, is_due
from dispatch.jobs.going_on import go_on_with_the_same
from dispatch.jobs.job import UNOWNED
from dispatch.jobs.leaving import leave_visit
from dispatch.jobs.news import tell_news
from dispatch.jobs.offer import is_lapsed
from dispatch.jobs.pausing import pause_off_hours, wait_for_morning
from dispatch.jobs.promises import keep_promises
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.watching import look
from dispatch.matching.neighbours import Neighbourhood
from dispatch.roster.audiences import page_due
from dispatch.roster.drilling import drill_due
from dispatch.roster.members import change_by_time
from dispatch.shifts.keeping import shift_due
from dispatch.shifts.openings import opening_due
from dispatch.shifts.swaps import swap_due
from dispatch.shifts.working_hours import extend_horizon
from shared.categories import FRAUD
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType
from shared.timers import Timer

OnTime = Callable[[asyncpg.Connection, Timer], Awaitable[None]]
MAY_GIVE_WAY: Final = 10  # offers that one job in danger may take back: a wave of the first tier, twice
LONG_ENOUGH_SECONDS: Final = 3600.0  # of their shift is left, or it would be for nothing
Decision = Callable[[Case, Docket, Timer], None]


async def expire_offer(connection: asyncpg.Connection, timer: Timer) -> None:
    docket = await open_docket(connection, actor="clock", offer_ids=[timer.subject])
    if lapse_on_clock(docket, timer.subject):
        await docket.save()


def lapse_on_clock(docket: Docket, offer_id: UUID) -> bool:
    """True when its time was up, and nobody had answered."""
    found = docket.find_offer(offer_id)
    if found is not None and found[1].status is OfferStatus.ACCEPTED and found[1].kind is OfferKind.VISIT:
        return found[0].keep_watch()  # here, because a timer set with the yes would cost it a round trip
    if found is None or not is_lapsed(found[1], docket.now):
        return False
    lapse(*found, docket.leads, OfferStatus.EXPIRED)
    return True


def on_job(decide: Decision, *, also_over: bool = False) -> OnTime:
    """A handler for timers whose subject is a job; one that is over wants little any more."""

    async def handle(connection: asyncpg.Connection, timer: Timer) -> None:
        docket = await open_docket(connection, actor="clock", job_ids=[timer.subject])
        case = docket.cases.get(timer.subject)
        if case is not None and (also_over or case.job.closed_at is None):
            decide(case, docket, timer)
            await docket.save()

    return handle


def escalate_on_clock(case: Case, docket: Docket, _: Timer) -> None:
    if case.job.status in UNOWNED and case.job.not_before is None and is_due(case.job, docket.now):
        escalate(case, docket.leads, Reason.NOBODY_ANSWERED)


def escalate_at_once(reason: Reason) -> Decision:
    """The matcher found nobody. Once escalated, the clock of the escalation goes on by itself."""

    def decide(case: Case, docket: Docket, _: Timer) -> None:
        waits = case.job.status is JobStatus.PENDING and case.job.not_before is None
        if waits and case.job.escalated_to is None:
            pause_off_hours(case)
            if reason is Reason.NOBODY_ON_SHIFT:
                wait_for_morning(case)
            if case.job.not_before is None:
                escalate(case, docket.leads, reason)

    return decide


def escalate_frozen(case: Case, docket: Docket, _: Timer) -> None:
    """Who answers for the ward, now."""
    if case.job.status is JobStatus.FROZEN and case.job.escalated_to is None:
        unsafe = Reason.UNSAFE_VISIT if case.job.aftercare.stopped else Reason.SUSPICIOUS_VISIT
        escalate(case, docket.leads, Reason.FRAUD if case.job.category == FRAUD else unsafe)


def ask_whether_done(case: Case, _docket: Docket, _timer: Timer) -> None:
    """The time of the office is over; a person asks the resident whether it was done."""
    if case.job.status is JobStatus.HANDED_OFF:
        case.tell(EventType.JOB_OFFICE_DUE, recipients=case.resident(), reason="needs_office")


async def look_at_promises(connection: asyncpg.Connection, timer: Timer) -> None:
    """A moment of a promise. Who may give way to a job that nobody is free for is read before the locks, and looked at again."""
    rows = await connection.fetch(QUERIES["lower_offers"], timer.subject, MAY_GIVE_WAY, LONG_ENOUGH_SECONDS)
    lower = [row["id"] for row in rows]
    docket = await open_docket(connection, actor="clock", job_ids=[timer.subject], offer_ids=lower)
    case = docket.cases.get(timer.subject)
    if case is None or case.job.closed_at is not None:
        return
    keep_promises(case, docket, timer, lower)
    await docket.save()


DECISIONS: Final[Mapping[str, Decision]] = {
    TimerKind.ESCALATE: escalate_on_clock,
    TimerKind.NOBODY_ON_SHIFT: escalate_at_once(Reason.NOBODY_ON_SHIFT),
    TimerKind.NOBODY_LEFT: escalate_at_once(Reason.NOBODY_LEFT),
    TimerKind.FROZEN: escalate_frozen,
    TimerKind.CLOSE: lambda case, _docket, _timer: pause_off_hours(case),
    TimerKind.WATCH: lambda case, docket, _timer: look(case, docket.leads),
    TimerKind.SESSION: lambda _case, _docket, _timer: None,  # together.settle looks whether it is too late
    TimerKind.NEWS: lambda case, _docket, _timer: tell_news(case),
}
ALSO_WHEN_OVER: Final[Mapping[str, Decision]] = {
    TimerKind.ALARM: lambda case, docket, _timer: remind(case, docket.leads),
    TimerKind.OFFICE: ask_whether_done,
}


def on_time(near: Neighbourhood | None, incidents: IncidentRules | None = None) -> Mapping[str, OnTime]:
    """As a deployment has chosen. `near`: how it knows its communes; None: as their centres lie."""
    return {
        **ON_TIME,
        TimerKind.OPENING: partial(opening_due, near=near),
        TimerKind.INCIDENT: ring_on_clock(incidents or IncidentRules()),
    }


ON_TIME: Final[Mapping[str, OnTime]] = {
    **{kind: on_job(decide) for kind, decide in DECISIONS.items()},
    TimerKind.SLA: look_at_promises,
    **{kind: on_job(decide, also_over=True) for kind, decide in ALSO_WHEN_OVER.items()},
    TimerKind.OPEN: go_on_with_the_same,
    TimerKind.OFFER_EXPIRY: expire_offer,
    TimerKind.HORIZON: extend_horizon,
    TimerKind.SHIFT: shift_due,
    TimerKind.OPENING: opening_due,
    TimerKind.SWAP: swap_due,
    TimerKind.INCIDENT: ring_on_clock(IncidentRules()),
    TimerKind.MEMBERS: change_by_time,
    TimerKind.IN_DOUBT: leave_visit,
    TimerKind.DRILL: drill_due,
    TimerKind.AUDIENCE: page_due,
}
