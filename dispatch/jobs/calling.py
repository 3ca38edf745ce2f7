"""Help in a call that the hotline connects: it begins, it does not come about, it was not enough; no I/O.

The job has the same states as a visit, its clocks run on, and what was not solved by phone is a visit from then on: the count of
visits has risen, so that it has a new phrase and is offered by phone to nobody any more (by_phone.py).
"""

from dataclasses import replace
from typing import Final

from dispatch.jobs import job as jobs
from dispatch.jobs.aftercare import call_due
from dispatch.jobs.case import Case
from dispatch.jobs.job import OWNED
from dispatch.jobs.offer import Offer
from dispatch.jobs.visiting import release
from shared.errors import Refused
from shared.events.assignments import JobStatus
from shared.events.registry import EventType

NEEDS_VISIT: Final = "needs_visit"
NO_CALL: Final = "no_call"  # the resident could not be reached by phone
NEAR_M: Final = 1500  # who lives so near may be asked again, to go there


class NotByPhone(Refused):
    def __init__(self) -> None:
        super().__init__("not_by_phone", "nobody helps by phone here; of a visit say what came of it")


def meeting_opened(case: Case) -> None:
    """The resident wants to be seen, or to show something: from now on the helper may read where."""
    if case.by_phone:
        case.job = replace(case.job, aftercare=replace(case.job.aftercare, meeting=True))


def connected(case: Case) -> None:
    """Both are on the line: that is the arrival. Twice, or of a visit, it changes nothing."""
    if not case.by_phone or case.job.status is not JobStatus.ACCEPTED:
        return
    begun = jobs.on_scene(case.job, now=case.now)
    case.job = replace(begun, aftercare=replace(begun.aftercare, watch_at=call_due(case.job.priority, case.now)))
    case.tell(EventType.ASSIGNMENT_ON_SCENE, offer=case.winning_offer())
    case.keep_watch()


def not_reached(case: Case) -> None:
    """Nobody picked up: somebody goes there."""
    if case.by_phone and case.job.status is JobStatus.ACCEPTED:
        travel(case, NO_CALL)


def needs_visit(case: Case) -> None:
    """The word of the helper. Raises NotByPhone."""
    travel(case, NEEDS_VISIT)


def travel(case: Case, reason: str) -> None:
    """On as a visit, under its running clock. Who said no to a call may be asked to go; the helper only when they are near.

    Raises NotByPhone.
    """
    offer = case.winning_offer()
    if offer is None or not offer.by_phone or case.job.status not in OWNED:
        raise NotByPhone
    release(case, reason)
    again = () if _is_near(offer) or offer.responder_id is None else (offer.responder_id,)
    case.job = replace(case.job, excluded=again)


def _is_near(offer: Offer) -> bool:
    return offer.distance_m is not None and offer.distance_m <= NEAR_M
