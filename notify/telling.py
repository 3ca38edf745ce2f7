"""Writing to everybody an event names: which text, the tables of routing.py say. What an event means beyond that: consumer.py."""

from notify.about import About
from notify.batch import Batch
from notify.routing import is_by_phone, purpose_of
from notify.sessions import tell_of_session


async def tell(batch: Batch, about: About, *, number: int | None = None) -> None:
    reason, by_phone = about.change.reason if about.change else None, is_by_phone(about.change)
    for recipient in about.recipients:
        purpose = purpose_of(about.event.type, recipient.role, reason, by_phone=by_phone)
        if purpose is not None and not tell_of_session(batch, about, recipient, purpose, number):
            batch.tell(about, recipient, purpose, number=number)
