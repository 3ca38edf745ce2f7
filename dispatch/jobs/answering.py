"""Yes and no to an offer. First accept wins, the losers are told, a late yes wins an open job; no I/O."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.jobs.case import Case
from dispatch.jobs.escalating import escalate_after_empty_waves, lapse_escalation
from dispatch.jobs.escalation import Lead
from dispatch.jobs.going import Naming, Want
from dispatch.jobs.job import OPEN, accepted, excluding, on_hold
from dispatch.jobs.offer import ANSWERABLE, OFF_DUTY, Offer, OfferClosed, moved
from dispatch.jobs.pausing import pause_off_hours, resume_together
from dispatch.jobs.visiting import ask_who_goes, named
from dispatch.jobs.withdrawing import end_escalation, end_wave, tell_withdrawn, withdrawn_offers
from dispatch.roster.responder import CapacityFull, taking
from shared.errors import Refused
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType


def accept(case: Case, offer: Offer, naming: Naming | None = None, *, said_at: datetime | None = None) -> None:
    """This responder has the job, whoever of them goes: a name that fits nobody loses nothing, and is asked for again.

    Saying it twice changes nothing. `said_at`: of a yes by message, which may have waited to be read: only a no that was said
    after it gives the job back. Raises OfferClosed, CapacityFull, Inactive.
    """
    if offer.status is OfferStatus.ACCEPTED:
        return
    if offer.status not in ANSWERABLE or case.job.status not in OPEN or offer.responder_id is None:
        raise OfferClosed(offer.status, _why_closed(case, offer))
    if offer.responder_id in case.job.barred:  # a late yes of somebody who was ruled out meanwhile
        raise OfferClosed(offer.status, "barred")
    if case.job.pause is not None:
        resume_together(case)  # where its hour has come, and the matcher asked a moment before the clock rang
    if case.job.pause is not None:  # a late yes, while the resident waits for something else
        raise OfferClosed(offer.status, "paused")
    if offer.by_phone and (offer.visit < case.job.visit or case.job.aftercare.travels):  # a late yes; somebody has to go there
        raise OfferClosed(offer.status, "needs_visit")
    if on_hold(case.job):  # a late yes while nobody is at home, or nobody knows where that is
        raise OfferClosed(offer.status, "put_off")
    case.put_responder(taking(case.responder(offer.responder_id)))
    yes_at = min(said_at or case.now, case.now)
    winner = case.put(named(moved(offer, OfferStatus.ACCEPTED, now=yes_at), naming))
    losers = withdrawn_offers(case, OfferKind.VISIT, "taken") + end_escalation(case, "taken")
    case.job = accepted(case.job, offer.responder_id, now=case.now, by_phone=offer.by_phone)
    case.answered.append(offer.responder_id)
    case.tell(EventType.ASSIGNMENT_ACCEPTED, offer=winner, recipients=case.asked(winner) + case.resident())
    tell_withdrawn(case, losers)
    if offer.status is OfferStatus.EXPIRED:  # the timer of its lease, which would set the next one, is gone
        case.keep_watch()
    wanted = None if naming is None or offer.by_phone else naming.want
    if naming is not None and wanted not in {None, Want.NEEDED}:  # what is needed, the text of the yes says itself
        ask_who_goes(case, winner, naming)


def _why_closed(case: Case, offer: Offer) -> str:
    """Nobody is told that somebody else was faster when nobody was."""
    if offer.status in {OfferStatus.DECLINED, OfferStatus.RELEASED} and case.job.status in OPEN:
        return "moved_on"  # yes after no: others are being asked, and a job that was refused is not promised twice
    if case.job.status is JobStatus.FROZEN:
        return "frozen"
    if offer.reason == OFF_DUTY and case.job.status in OPEN:
        return OFF_DUTY
    return "cancelled" if case.job.status is JobStatus.CANCELLED else "already_taken"


def decline(case: Case, offer: Offer, leads: Sequence[Lead], reason: str | None = None) -> None:
    """Not me. Saying it twice, or after the lease, changes nothing. Raises OfferClosed when it was accepted or is gone.

    `reason`: a DeclineReason.
    """
    if offer.status in {OfferStatus.DECLINED, OfferStatus.EXPIRED}:
        return
    offer = case.put(moved(offer, OfferStatus.DECLINED, now=case.now, reason=reason))
    case.job = excluding(case.job, offer.responder_id)
    if offer.responder_id:
        case.answered.append(offer.responder_id)
        case.declined.append(offer.responder_id)
    end_wave(case)
    case.tell(EventType.OFFER_DECLINED, offer=offer, reason=reason)
    after_wave(case, leads)


def lapse(
    case: Case, offer: Offer, leads: Sequence[Lead], status: OfferStatus, reason: str | None = None, *, ours: bool = False
) -> None:
    """Nobody answered in time (`expired`), or no channel reached them (`undeliverable`); a second time changes nothing.
    `ours`: it says nothing about them, and they may be asked again."""
    if offer.status is not OfferStatus.PENDING:
        return
    if offer.kind is OfferKind.ESCALATION:
        lapse_escalation(case, offer, leads, status, reason)
        return
    offer = case.put(moved(offer, status, now=case.now, reason=reason))
    if not ours:
        case.job = excluding(case.job, offer.responder_id)
    end_wave(case)
    case.tell(EventType.OFFER_EXPIRED, offer=offer, reason=reason)
    after_wave(case, leads)


def after_wave(case: Case, leads: Sequence[Lead]) -> None:
    escalate_after_empty_waves(case, leads)
    pause_off_hours(case)


def thank(case: Case, offer: Offer, refusal: Refused, leads: Sequence[Lead], *, received_at: datetime) -> None:
    """A yes by message that came too late deserves an answer: "already taken, thank you", or that the request is gone.

    Not when the answer crossed our own "taken by another" on the way: that person knows. Nor for the yes by which they had the
    job, read once more after it was done.
    """
    if offer.status is OfferStatus.PENDING and isinstance(refusal, CapacityFull):
        offer = case.put(moved(offer, OfferStatus.WITHDRAWN, now=case.now, reason=refusal.reason))
        case.job = excluding(case.job, offer.responder_id)
        end_wave(case)
        case.tell(EventType.OFFER_WITHDRAWN, offer=offer, recipients=case.asked(offer), reason=refusal.reason)
        after_wave(case, leads)
        return
    knows = offer.status in {OfferStatus.WITHDRAWN, OfferStatus.COMPLETED}
    told = knows and offer.ended_at is not None and received_at <= offer.ended_at
    thanked = {"already_taken", "cancelled", "frozen", "paused", "full", "put_off", "regrouped", "needs_visit", "moved_on"}
    if not told and refusal.reason in {*thanked, OFF_DUTY}:
        case.tell(EventType.OFFER_WITHDRAWN, offer=offer, recipients=case.asked(offer), reason=refusal.reason)
