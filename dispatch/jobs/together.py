"""One visit for several requests: a group that a person has confirmed, taken, given back, stopped and left; no I/O.

Each request keeps its own job, and goes through the same table of moves as any other. One of them is offered, the others ride
along; whoever takes it takes all that wait, and has one place less until the last of them is over. `settle` is asked before
anything is saved: nobody may ride along with nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from dispatch.faults.group import MemberStatus, moved, with_member
from dispatch.jobs import answering, opening, visiting
from dispatch.jobs import job as jobs
from dispatch.jobs.aftercare import alone, is_too_late
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.escalation import Lead
from dispatch.jobs.freezing import freeze
from dispatch.jobs.going import Naming
from dispatch.jobs.job import OPEN, OWNED, on_hold, withdrawn_wave
from dispatch.jobs.offer import Offer, OfferClosed
from dispatch.jobs.pausing import resume_now
from dispatch.jobs.withdrawing import end_escalation, tell_withdrawn, withdrawn_offers
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.contract import Priority
from shared.events.groups import GroupStatus
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.pauses import Pause


def accept(case: Case, offer: Offer, naming: Naming | None = None, *, said_at: datetime | None = None) -> None:
    """This responder has the visit, and with it every request that it is for. Raises as answering.accept.

    Whoever was asked about one request never gets several by a late yes, nor one of several.
    """
    if offer.status is OfferStatus.ACCEPTED:
        return
    if case.job.status in OPEN and (case.job.rides or offer.group_id != case.job.group_id):
        raise OfferClosed(offer.status, "regrouped")
    answering.accept(case, offer, naming, said_at=said_at)
    for fellow in case.fellows:
        if fellow.job.status in OPEN:
            ride(fellow, case.offers[offer.id])


def refuse(case: Case, offer: Offer, leads: Sequence[Lead], reason: str | None = None, *, said_at: datetime) -> None:
    """A no by message. Said after the yes, it gives all of the visit back, whether or not they had heard that it was theirs; one
    that was said before it (an operator took it down meanwhile) is no more than late. Raises as answering.decline."""
    if offer.status is OfferStatus.ACCEPTED and offer.ended_at is not None and offer.ended_at <= said_at:
        do(case, visiting.release, whole=True)
    else:
        answering.decline(case, offer, leads, reason)


def ride(case: Case, winner: Offer) -> None:
    """Helped by the visit that is somebody's already. Whom a person has ruled out for this request does not get it."""
    if winner.responder_id is None or winner.responder_id in case.job.barred:
        part(case, "barred")
        return
    losers = withdrawn_offers(case, OfferKind.VISIT, "taken") + end_escalation(case, "taken")
    case.put(winner)
    rides = "session_rides" if case.job.aftercare.session_at else None
    case.job = jobs.accepted(case.job, winner.responder_id, now=case.now)
    case.tell(EventType.ASSIGNMENT_ACCEPTED, offer=winner, recipients=case.asked(winner) + case.resident(), reason=rides)
    case.keep_watch()  # it has no lease of its own whose timer would
    tell_withdrawn(case, losers)


def name(case: Case, offer: Offer, naming: Naming) -> None:
    """Who of the team goes, to all of them: each resident is told the name before anybody stands at the door."""
    visiting.name(case, offer, naming)
    winner = case.offers[offer.id]
    for fellow in case.fellows if (winner.member_id, winner.partner_id) != (offer.member_id, offer.partner_id) else ():
        if fellow.job.status in OWNED:
            fellow.tell(EventType.ASSIGNMENT_NAMED, offer=winner, recipients=fellow.resident())


def do(case: Case, act: Callable[[Case], None], *, whole: bool) -> None:
    """What somebody says of their visit: of this request, or of all that it is for and that it fits. Raises Refused."""
    meant = [case, *(fellow for fellow in case.fellows if fellow.job.status in OWNED)] if whole else [case]
    refusals = []
    for one in meant:
        try:
            act(one)
        except Refused as refusal:
            refusals.append(refusal)
    if len(refusals) == len(meant):
        raise refusals[0]


def stop(case: Case, reason: str) -> None:
    """A doubtful visit is frozen. The same person goes to the others: theirs is somebody else's now, under new phrases."""
    others = [fellow for fellow in case.fellows if fellow.job.status in OWNED and case.job.status in OWNED]
    freeze(case, reason)
    for fellow in others:
        visiting.release(fellow, "frozen")


def amend(case: Case, request: RequestState, leads: Sequence[Lead]) -> None:
    """Somewhere else, or about something else: what a person has confirmed is true no longer of a request that waits."""
    before = case.job
    opening.amend(case, request, leads)
    elsewhere = (before.category, before.commune_code, before.place) != (case.job.category, case.job.commune_code, case.job.place)
    if elsewhere and case.job.group_id is not None and case.job.status in OPEN:
        part(case, "amended")


def part(case: Case, reason: str) -> None:
    """Out of its group, and on its own again. Whoever is on the way to it has it no longer."""
    if case.job.status in OPEN:
        gone = withdrawn_offers(case, OfferKind.VISIT, "regrouped")
        case.job = replace(withdrawn_wave(case.job), wave=0, waves_empty=0)
        _leave(case)
        case.tell(EventType.JOB_UNGROUPED, recipients=case.resident(), reason=reason)
        tell_withdrawn(case, gone)
        if case.job.pause is Pause.SESSION:
            resume_now(case)
    elif case.job.status in OWNED:
        visiting.release(case, reason)
        _leave(case)


def confirm(fellowship: Fellowship, callers: Sequence[Case], now: datetime) -> None:
    """A person has said that these are one fault. What is taken already, or over, stays as it is. Raises Refused."""
    group = fellowship.group
    if group.status is not GroupStatus.CONFIRMED:
        group = moved(group, GroupStatus.CONFIRMED)
    inside = [case for case in fellowship.cases if case.job.closed_at is None]
    head = _head([*inside, *callers])
    joining = [case for case in callers if case is head or (_waits(case) and case.job.group_id is None)]
    if len(inside) + len(joining) < 2 or head is None:  # noqa: PLR2004 - one is no group
        raise Refused("fewer_than_two", "fewer than two of these requests still wait for somebody; dismiss the group")
    for case in callers:
        group = with_member(group, case.job.id, MemberStatus.IN if case in joining else MemberStatus.OUT)
    fellowship.group = group
    for case in sorted(joining, key=lambda one: one is not head):  # whose visit it is comes first
        _join(case, fellowship, head, len(inside) + len(joining))
    fellowship.tell(EventType.GROUP_CONFIRMED, now)


def split(fellowship: Fellowship, now: datetime) -> None:
    """A person has said that they are not one after all. Whoever is on the way keeps the request that they were asked about."""
    live = [case for case in fellowship.cases if case.job.closed_at is None]
    helped = [case for case in live if case.job.status in OWNED]
    offer = helped[0].winning_offer() if helped else None
    of_an_hour = any(case.job.aftercare.session_at is not None for case in live)  # nobody goes to one home instead
    keeps = (
        None
        if of_an_hour
        else min(helped, key=lambda case: (offer is None or case.job.id != offer.job_id, case.job.filed_at), default=None)
    )
    for case in live:
        if case is not keeps:
            part(case, "session_cancelled" if of_an_hour else "split")
    if keeps is None:
        fellowship.group = moved(fellowship.group, GroupStatus.SPLIT)
        fellowship.tell(EventType.GROUP_ENDED, now, reason="split")


def settle(fellowship: Fellowship, now: datetime) -> None:
    """Before anything is saved: who cannot be helped by this visit is out, and of those who wait one is offered."""
    if fellowship.group.status is not GroupStatus.CONFIRMED:
        return
    group_id = fellowship.group.id
    live = [case for case in fellowship.cases if case.job.group_id == group_id and case.job.closed_at is None]
    helped = any(case.job.status in OWNED for case in live)
    for case in live:
        waits = case.job.pause not in {None, Pause.SESSION}  # for another time than its visit
        apart = case.job.status is JobStatus.FROZEN or waits or on_hold(case.job)
        if apart or (helped and case.job.status in OPEN):
            _leave(case)
        elif case.job.status in OPEN and is_too_late(case.job.aftercare, now):
            part(case, "no_helper")
    live = [case for case in live if case.job.group_id == group_id]
    if not helped and live:
        _offer_one(live)
    if not live:
        fellowship.group = moved(fellowship.group, GroupStatus.OVER)
        fellowship.tell(EventType.GROUP_ENDED, now, reason="nobody_waits")
    elif fellowship.group != fellowship.said:
        fellowship.tell(EventType.GROUP_CONFIRMED, now)


def _offer_one(waiting: Sequence[Case]) -> None:
    """Of all that wait together the most urgent, unless one is offered already."""
    first = next((case for case in waiting if not case.job.rides), None)
    first = first or min(waiting, key=_urgency)
    first.job = replace(first.job, rides=False, shared_by=len(waiting))


def _head(cases: Sequence[Case]) -> Case | None:
    """Whom somebody comes to already, first of all whoever came first; else who is offered already; else the most urgent."""
    helped = [case for case in cases if case.job.status in OWNED]
    if helped:
        return min(helped, key=lambda case: (case.job.group_id is None, case.job.accepted_at or case.now, case.job.id))
    waiting = [case for case in cases if _waits(case)]
    return min(waiting, key=lambda case: (case.job.group_id is None or case.job.rides, _urgency(case)), default=None)


def _waits(case: Case) -> bool:
    """For somebody to come, and not for another time or an office."""
    return case.job.status in OPEN and case.job.pause is None and on_hold(case.job) is None


def _urgency(case: Case) -> tuple[Priority, datetime, UUID]:
    return case.job.priority, case.job.waiting_since, case.job.id


def _join(case: Case, fellowship: Fellowship, head: Case, size: int) -> None:
    """`head`: whose visit it is. Who was asked about this one alone is asked anew: a yes is a yes to what was said."""
    fellowship.cases.append(case)
    case.fellowship = fellowship
    winner = head.winning_offer()
    gone = withdrawn_offers(case, OfferKind.VISIT, "regrouped")
    if case.job.status in OPEN:
        case.job = replace(withdrawn_wave(case.job), wave=0, waves_empty=0)
    case.job = replace(case.job, group_id=fellowship.group.id, rides=case is not head, shared_by=size)
    if case is head and winner is not None:
        case.put(replace(winner, group_id=fellowship.group.id))
    case.tell(EventType.JOB_GROUPED, recipients=case.resident())
    tell_withdrawn(case, gone)
    if case is not head and winner is not None:
        ride(case, winner)


def _leave(case: Case) -> None:
    case.job = replace(case.job, group_id=None, rides=False, shared_by=1, aftercare=alone(case.job.aftercare))
    if case.fellowship is not None:
        case.fellowship.group = with_member(case.fellowship.group, case.job.id, MemberStatus.OUT)
