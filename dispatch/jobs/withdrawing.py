"""Taking questions back: offers that another was faster for, or whose request is gone; no I/O."""

from dispatch.jobs.case import Case
from dispatch.jobs.job import OPEN, wave_over
from dispatch.jobs.offer import Offer, moved
from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.registry import EventType


def withdrawn_offers(case: Case, kind: OfferKind, reason: str) -> list[Offer]:
    """Take back what is pending, and say what has to be told once the job itself has moved."""
    pending = case.having(kind, OfferStatus.PENDING)
    return [case.put(moved(offer, OfferStatus.WITHDRAWN, now=case.now, reason=reason)) for offer in pending]


def tell_withdrawn(case: Case, offers: list[Offer]) -> None:
    for offer in offers:
        case.tell(EventType.OFFER_WITHDRAWN, offer=offer, recipients=case.asked(offer), reason=offer.reason)


def end_escalation(case: Case, reason: str) -> list[Offer]:
    """Somebody else took care of it: what a lead was asked is withdrawn, what a lead owned is completed."""
    for offer in case.having(OfferKind.ESCALATION, OfferStatus.ACCEPTED):
        case.put(moved(offer, OfferStatus.COMPLETED, now=case.now))
    return withdrawn_offers(case, OfferKind.ESCALATION, reason)


def end_wave(case: Case) -> None:
    """After an offer ended without a yes: when it was the last, the job waits for the matcher again."""
    if case.job.status is JobStatus.OFFERED and not case.having(OfferKind.VISIT, OfferStatus.PENDING):
        case.job = wave_over(case.job)


def is_open(case: Case) -> bool:
    return case.job.status in OPEN
