"""When time is up: leases, clocks, opening hours, promises. One handler a kind of timer, run by shared/timers.TimerLoop.

A handler runs in the transaction that deletes its timer. It loads under locks, looks whether the moment still counts, decides
and saves: a timer that is early, late or doubled changes nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.answering import lapse
from dispatch.case import Case
from dispatch.docket import Docket, open_docket
from dispatch.escalating import escalate
from dispatch.escalation import Reason, is_due
from dispatch.job import UNOWNED
from dispatch.offer import is_lapsed
from dispatch.pausing import pause_off_hours, resume
from dispatch.shifts import extend_horizon
from dispatch.sla import is_missed, milestones
from dispatch.timer import TimerKind
from shared.categories import FRAUD
from shared.events.assignments import JobStatus, OfferStatus
from shared.timers import Timer

OnTime = Callable[[asyncpg.Connection, Timer], Awaitable[None]]
ROUND: Final = 1000
Decision = Callable[[Case, Docket, Timer], None]


async def expire_offer(connection: asyncpg.Connection, timer: Timer) -> None:
    docket = await open_docket(connection, actor="clock", offer_ids=[timer.subject])
    if lapse_on_clock(docket, timer.subject):
        await docket.save()


def lapse_on_clock(docket: Docket, offer_id: UUID) -> bool:
    """True when its time was up, and nobody had answered."""
    found = docket.find_offer(offer_id)
    if found is None or not is_lapsed(found[1], docket.now):
        return False
    lapse(*found, docket.leads, OfferStatus.EXPIRED)
    return True


def on_job(decide: Decision) -> OnTime:
    """A handler for timers whose subject is a job; one that is over wants nothing any more."""

    async def handle(connection: asyncpg.Connection, timer: Timer) -> None:
        docket = await open_docket(connection, actor="clock", job_ids=[timer.subject])
        case = docket.cases.get(timer.subject)
        if case is not None and case.job.closed_at is None:
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
            if case.job.not_before is None:
                escalate(case, docket.leads, reason)

    return decide


def escalate_frozen(case: Case, docket: Docket, _: Timer) -> None:
    """Who answers for the ward, now."""
    if case.job.status is JobStatus.FROZEN and case.job.escalated_to is None:
        escalate(case, docket.leads, Reason.FRAUD if case.job.category == FRAUD else Reason.SUSPICIOUS_VISIT)


def watch_promises(case: Case, docket: Docket, timer: Timer) -> None:
    """A warning or a breach, each once; then the next moment of the list. A moment moved by an amendment waits for its time.

    The guard counts from one; every further look at the same position adds ROUND, because a timer cannot move itself.
    """
    moments = milestones(case.job.priority, case.job.filed_at)
    looks, position = divmod(timer.guard - 1, ROUND)
    if position >= len(moments):
        return
    moment = moments[position]
    if moment.at <= docket.now:
        if is_missed(case.job, moment):
            case.tell(moment.type, reason=moment.stage, until=moment.until)
        looks, position = 0, position + 1
    else:
        looks += 1
    if position < len(moments):
        case.set_timer(TimerKind.SLA, moments[position].at, guard=looks * ROUND + position + 1)


DECISIONS: Final[Mapping[str, Decision]] = {
    TimerKind.ESCALATE: escalate_on_clock,
    TimerKind.NOBODY_ON_SHIFT: escalate_at_once(Reason.NOBODY_ON_SHIFT),
    TimerKind.NOBODY_LEFT: escalate_at_once(Reason.NOBODY_LEFT),
    TimerKind.FROZEN: escalate_frozen,
    TimerKind.CLOSE: lambda case, _docket, _timer: pause_off_hours(case),
    TimerKind.OPEN: lambda case, _docket, _timer: resume(case),
    TimerKind.SLA: watch_promises,
}

ON_TIME: Final[Mapping[str, OnTime]] = {
    **{kind: on_job(decide) for kind, decide in DECISIONS.items()},
    TimerKind.OFFER_EXPIRY: expire_offer,
    TimerKind.HORIZON: extend_horizon,
}
