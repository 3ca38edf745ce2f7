"""What happens when a promise of ours is in danger, and when it is broken; no I/O. Which promises there are, and when: sla.py.

In danger of finding nobody in time, more people are asked at once, and the less urgent give way. Nobody found in time: those who
answer for the ward are asked, also while others still may say yes. Nobody there in time: the helper is asked where they are, and
the ward lead is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from dispatch.docket import Docket
from dispatch.jobs.answering import after_wave, lapse
from dispatch.jobs.case import Case
from dispatch.jobs.escalating import escalate
from dispatch.jobs.escalation import Lead, Reason, lead_of
from dispatch.jobs.job import OPEN, withdrawn_wave
from dispatch.jobs.news import begin_news
from dispatch.jobs.offer import Offer, moved
from dispatch.jobs.sla import Milestone, is_missed, milestones
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import tell_withdrawn
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.contract import Recipient
from shared.events.registry import EventType
from shared.pauses import stops
from shared.service_levels import Stage
from shared.timers import Timer

LOOK_AGAIN: Final = timedelta(minutes=1)  # at a promise whose clock stands still
PREEMPTED: Final = "preempted"  # the word that offers carry which gave way
UNDER_WAY: Final = frozenset({JobStatus.ACCEPTED, JobStatus.EN_ROUTE})


def watch_promises(case: Case, docket: Docket, _: Timer) -> None:
    """A warning or a breach, each once; then the next moment of the list. A moment that was moved waits for its time.

    Which one is next, the job knows; the guard of the timer only makes rows differ, because a timer cannot move itself.
    """
    job = case.job
    moments = milestones(job.priority, job.filed_at, held_seconds=job.held_seconds)
    if job.promises_told >= len(moments):
        return
    moment = moments[job.promises_told]
    if moment.at > docket.now or stops(job.pause, moment.stage):
        _look_again(case, max(moment.at, job.not_before or moment.at, docket.now + LOOK_AGAIN if job.pause else moment.at))
        return
    case.job = replace(job, promises_told=job.promises_told + 1)
    if job.promises_told == 0:
        begin_news(case)
    if is_missed(job, moment):
        _missed(case, moment, docket.leads)
    if job.promises_told + 1 < len(moments):
        _look_again(case, moments[job.promises_told + 1].at)


def keep_promises(case: Case, docket: Docket, timer: Timer, lower: Sequence[UUID]) -> None:
    """A moment of a promise; when more are asked from now on, `lower` give way: read before the locks, and looked at again."""
    was_widened = case.job.widened
    watch_promises(case, docket, timer)
    if case.job.widened and not was_widened:
        give_way(case, docket, lower)


def _look_again(case: Case, due_at: datetime) -> None:
    """Two that look at the same moment are one row."""
    case.set_timer(TimerKind.SLA, due_at, guard=int(due_at.timestamp()))


def _missed(case: Case, moment: Milestone, leads: Sequence[Lead]) -> None:
    """Said, and acted on."""
    hearers = _hearers(case, leads) if (moment.type, moment.stage) in ASKED_ABOUT else ()
    offer = case.winning_offer() if hearers else None
    case.tell(moment.type, offer=offer, recipients=hearers, reason=moment.stage, until=moment.until)
    act = ACTS.get((moment.type, moment.stage))
    if act is not None:
        act(case, leads)


def widen(case: Case, leads: Sequence[Lead]) -> None:
    """The next wave goes out now, and waves are larger from now on. Once a job; a second time changes nothing.

    Those who were asked may still say yes: their question is over, their answer is not. A wave that has only just been asked
    keeps its time.
    """
    job = case.job
    if job.status not in OPEN or job.not_before is not None or job.widened:
        return
    case.job = replace(job, widened=True)
    asked = case.having(OfferKind.VISIT, OfferStatus.PENDING)
    ended = asked if all(_had_time(offer, case.now) for offer in asked) else []
    case.note("job.widened", reason="nobody has accepted and the promise is near", wave=job.wave + 1, offers_ended=len(ended))
    for offer in ended:
        lapse(case, case.offers[offer.id], leads, OfferStatus.EXPIRED, "widened")


def hand_up(case: Case, leads: Sequence[Lead]) -> None:
    """Those who answer for the ward are asked, whoever else may still say yes. Once they are, their own clock goes on."""
    if case.job.status in OPEN and case.job.not_before is None and case.job.escalated_to is None:
        escalate(case, leads, Reason.NOBODY_ANSWERED)


ACTS: Final[Mapping[tuple[EventType, Stage], Callable[[Case, Sequence[Lead]], None]]] = MappingProxyType(
    {
        (EventType.SLA_WARNING, Stage.ACCEPT): widen,
        (EventType.SLA_BREACHED, Stage.ACCEPT): hand_up,
    }
)
# The helper is asked where they are, and the ward lead is told.
ASKED_ABOUT: Final = frozenset({(EventType.SLA_BREACHED, Stage.ARRIVAL), (EventType.SLA_BREACHED, Stage.RESOLVE)})


def give_way(case: Case, docket: Docket, offer_ids: Sequence[UUID]) -> None:
    """`case` is in danger and nobody is free: these people, who were asked for something less urgent, are asked no more.

    What was read before the locks is looked at again. The jobs they were asked for wait for the matcher, which takes this one
    first.
    """
    if case.job.status is not JobStatus.PENDING or case.job.not_before is not None:
        return
    gone = [found for offer_id in offer_ids if (found := docket.find_offer(offer_id)) and _is_lower(*found, than=case)]
    for other, offer in gone:
        _taken_back(other, offer, docket.leads)
        other.note("job.gave_way", reason=PREEMPTED, to_job=case.job.id)
    if gone:
        case.note("job.preempted", reason="nobody else is free", offers=len(gone))


def _is_lower(other: Case, offer: Offer, *, than: Case) -> bool:
    return offer.status is OfferStatus.PENDING and offer.kind is OfferKind.VISIT and other.job.priority > than.job.priority


def _taken_back(case: Case, offer: Offer, leads: Sequence[Lead]) -> None:
    gone = case.put(moved(offer, OfferStatus.WITHDRAWN, now=case.now, reason=PREEMPTED))
    if not case.having(OfferKind.VISIT, OfferStatus.PENDING):
        case.job = withdrawn_wave(case.job)
    tell_withdrawn(case, [gone])
    after_wave(case, leads)


def _had_time(offer: Offer, now: datetime) -> bool:
    """Half of the lease is over."""
    return (offer.submitted_at or offer.made_at) + timedelta(seconds=offer.lease_seconds / 2) <= now


def _hearers(case: Case, leads: Sequence[Lead]) -> tuple[Recipient, ...]:
    """Who has it, while they are not there yet; and who answers for the ward, or else for the city."""
    if case.job.status is JobStatus.FROZEN:
        return ()
    asked = case.owner() if case.job.status in UNDER_WAY else ()
    return asked + lead_of(case.job, leads)
