"""Writing to everybody an event names: which text, the tables of routing.py say. What an event means beyond that: consumer.py."""

from notify.batch import Batch
from notify.purpose import Purpose
from notify.telling.about import About
from notify.telling.routing import is_by_phone, purpose_of
from notify.telling.sessions import tell_of_session
from shared.events.messages import Answer
from shared.events.registry import EventType


async def tell(batch: Batch, about: About, *, number: int | None = None) -> None:
    reason, by_phone = about.change.reason if about.change else about.reason, is_by_phone(about.change)
    for recipient in about.recipients:
        purpose = purpose_of(about.event.type, recipient.role, reason, by_phone=by_phone)
        if purpose is Purpose.WITHDRAWN and _said_yes(batch, about):
            purpose = Purpose.TOO_LATE
        if purpose is not None and not tell_of_session(batch, about, recipient, purpose, number):
            batch.tell(about, recipient, purpose, number=number)


def _said_yes(batch: Batch, about: About) -> bool:
    """To an offer that is not theirs to have: that is answered, also at night and whatever else was said."""
    offer = about.change.offer if about.change else None
    line = batch.lines.get(offer.contact_point_id) if offer else None
    if about.event.type is not EventType.OFFER_WITHDRAWN or offer is None or line is None:
        return False
    question = line.phone.question_of(offer.offer_id)
    return question is not None and question.answer is Answer.ACCEPT
