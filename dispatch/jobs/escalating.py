"""Asking those who answer for a ward or the city, when nobody else was found; no I/O. Whom, and how long: escalation.py."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead, Level, Reason, escalation_offer, next_due, next_level, seats_for
from dispatch.jobs.job import OPEN, UNOWNED
from dispatch.jobs.offer import ANSWERABLE, Offer, OfferClosed, moved
from dispatch.jobs.timer import TimerKind
from dispatch.jobs.withdrawing import tell_withdrawn, withdrawn_offers
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType
from shared.service_levels import SERVICE_LEVELS

OWNED: Final = "owned"  # the word that says that a lead has it


def escalate(case: Case, leads: Sequence[Lead], reason: Reason, *, to: Level | None = None) -> None:
    """The next owner is asked. The resident hears of the first time only; of a frozen visit they know more than that."""
    first = case.job.escalated_to is None and case.job.status is not JobStatus.FROZEN
    seats = seats_for(case.job, leads)
    level, seat = next_level(_below(to) if to else case.job.escalated_to, seats)
    unanswered = _end_level(case)
    case.job = replace(case.job, escalated_to=level, escalated_at=case.now)
    case.tell(EventType.JOB_ESCALATED, recipients=case.resident() if first else (), reason=reason)
    for offer in unanswered:
        case.tell(EventType.OFFER_EXPIRED, offer=offer)
    if seat:
        _ask(case, level, seat)
    case.set_timer(TimerKind.ESCALATE, next_due(case.job.priority, case.now))


def escalate_after_empty_waves(case: Case, leads: Sequence[Lead]) -> None:
    limit = SERVICE_LEVELS[case.job.priority].empty_waves
    if limit and case.job.waves_empty >= limit and case.job.status in OPEN and case.job.escalated_to is None:
        escalate(case, leads, Reason.NOBODY_ANSWERED)


def may_own(case: Case, offer: Offer) -> None:
    """Raises OfferClosed, Refused when there is nothing left to own."""
    if offer.kind is not OfferKind.ESCALATION:
        raise Refused("not_escalated", "only who answers for a ward or the city can name somebody")
    if offer.status not in {*ANSWERABLE, OfferStatus.ACCEPTED} or case.job.status not in UNOWNED:
        raise OfferClosed(offer.status, "already_taken")


def own(case: Case, offer: Offer, *, reason: str = OWNED) -> None:
    """A lead says "mine", or names somebody (`reason` says which). The job stays open to responders; the clock goes on, so that
    owning it is not a dead end."""
    if offer.status is OfferStatus.ACCEPTED and reason == OWNED:
        return
    may_own(case, offer)
    if offer.status is not OfferStatus.ACCEPTED:
        offer = case.put(moved(offer, OfferStatus.ACCEPTED, now=case.now))
    others = withdrawn_offers(case, OfferKind.ESCALATION, "taken")
    case.job = replace(case.job, escalated_to=offer.level, escalated_at=case.now)
    case.tell(EventType.JOB_ESCALATED, offer=offer, recipients=case.asked(offer), reason=reason)
    tell_withdrawn(case, others)
    case.set_timer(TimerKind.ESCALATE, next_due(case.job.priority, case.now))


def pass_on(case: Case, offer: Offer, leads: Sequence[Lead], *, to_desk: bool) -> None:
    """A lead says "not mine"."""
    if offer.status is OfferStatus.DECLINED:
        return
    offer = case.put(moved(offer, OfferStatus.DECLINED, now=case.now))
    case.tell(EventType.OFFER_DECLINED, offer=offer)
    _next(case, offer, leads, to=Level.CITY_DESK if to_desk else None)


def lapse_escalation(case: Case, offer: Offer, leads: Sequence[Lead], status: OfferStatus, reason: str | None) -> None:
    """A lead did not answer in time, or could not be reached."""
    offer = case.put(moved(offer, status, now=case.now, reason=reason))
    case.tell(EventType.OFFER_EXPIRED, offer=offer, reason=reason)
    _next(case, offer, leads, to=None)


def _next(case: Case, offer: Offer, leads: Sequence[Lead], *, to: Level | None) -> None:
    # The city desk is the last: it keeps the job, and its timer asks it again instead of a loop of questions.
    if case.job.status in UNOWNED and offer.level != Level.CITY_DESK:
        escalate(case, leads, Reason.NOBODY_ANSWERED, to=to)


def _end_level(case: Case) -> list[Offer]:
    """The level before had its time. A late "mine" still counts while the job is open."""
    for offer in case.having(OfferKind.ESCALATION, OfferStatus.ACCEPTED):
        case.put(moved(offer, OfferStatus.COMPLETED, now=case.now))
    pending = case.having(OfferKind.ESCALATION, OfferStatus.PENDING)
    return [case.put(moved(offer, OfferStatus.EXPIRED, now=case.now)) for offer in pending]


def _ask(case: Case, level: Level, seat: Lead) -> None:
    case.parties.contacts[seat.contact.id] = seat.contact
    if seat.name:
        case.parties.lead_names[seat.contact.id] = seat.name
    offer = case.put(escalation_offer(case.job, level, seat, now=case.now))
    case.tell(EventType.OFFER_MADE, offer=offer, recipients=case.asked(offer))
    case.set_timer(TimerKind.OFFER_EXPIRY, offer.expires_at, subject=offer.id, guard=0)


def _below(level: Level) -> Level | None:
    order = list(Level)
    return order[order.index(level) - 1] if order.index(level) else None
