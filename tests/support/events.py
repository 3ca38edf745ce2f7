"""Events to send in tests: a real type and body, nobody real inside. `purpose` carries a number, so that order can be seen."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.events.contract import ChannelKind, Role
from shared.events.envelope import Event
from shared.events.messages import MessageChanged
from shared.events.registry import EventType

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def numbered(number: int, *, key: UUID | None = None, subject: UUID | None = None) -> Event:
    """A `message.submitted` of request `key` about message `subject`."""
    key, subject = key or uuid4(), subject or uuid4()
    body = MessageChanged(
        message_id=subject,
        city="hanoi",
        request_id=key,
        offer_id=None,
        contact_point_id=uuid4(),
        role=Role.RESIDENT,
        purpose=str(number),
        channel=ChannelKind.SMS,
        at=AT,
    )
    return Event(type=EventType.MESSAGE_SUBMITTED, subject=subject, version=number + 1, key=key, body=body, time=AT)


def number_of(event: Event) -> int:
    assert isinstance(event.body, MessageChanged)
    return int(event.body.purpose)


def numbers_of(events: Iterable[Event]) -> list[int]:
    return [number_of(event) for event in events]


# Rows of an outbox, as the relay reads them.
OUTBOX = "select id, event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body from outbox order by id"
