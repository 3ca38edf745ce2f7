"""A lead answers an escalation with a name: that person is asked, the lead owns it meanwhile; no I/O. Who is meant: naming.py.

A name that leads to nobody ends nothing: the lead is told why, and the question stays theirs for as long as it was.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from dispatch.jobs.case import Case
from dispatch.jobs.escalating import may_own, own
from dispatch.jobs.naming import NotFoundByName
from dispatch.jobs.offer import Offer
from dispatch.jobs.pinning import REFUSALS, Chosen, pin
from shared.errors import Refused
from shared.events.assignments import OfferKind, OfferStatus
from shared.events.registry import EventType

ASSIGNED: Final = "assigned"  # in place of "owned": somebody was named
ADVICE: Final[Mapping[NotFoundByName, str]] = MappingProxyType(
    {
        NotFoundByName.UNKNOWN: "nobody of this commune has that name or code; try the code of the roster",
        NotFoundByName.AMBIGUOUS: "several of this commune have that name; send the whole name, or the code of the roster",
    }
)


def hand_over(case: Case, offer: Offer, found: Chosen | NotFoundByName, others: Iterable[Case]) -> None:
    """`others`: decided on in the same breath: one phone is asked one thing. Raises Refused, and changes nothing then."""
    may_own(case, offer)
    if isinstance(found, NotFoundByName):
        raise Refused(found, ADVICE[found])
    phone = case.responder(found.responder_id).contact_point_id
    if any(_is_asked(other, phone) for other in others if other is not case):
        raise Refused("pending_offer", REFUSALS["pending_offer"])
    pin(case, found)
    own(case, offer, reason=ASSIGNED)


def tell_why_not(case: Case, offer: Offer, refusal: Refused) -> None:
    case.tell(EventType.JOB_ASSIGN_REFUSED, offer=offer, recipients=case.asked(offer), reason=refusal.reason)


def _is_asked(case: Case, phone: object) -> bool:
    return any(offer.contact_point_id == phone for offer in case.having(OfferKind.VISIT, OfferStatus.PENDING))
