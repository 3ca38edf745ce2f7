"""A message with everything that belongs to its row: whose it is, about what, sealed text and number. No rules, no SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from notify.broadcasts.broadcast import BULK, BULK_URGENCY
from notify.message import Message, MessageStatus
from notify.purpose import Purpose
from shared.events.contract import ChannelKind, Priority, Role, Sealed
from shared.events.messages import FailureReason

# One event of a fault or a session makes hundreds of these, whatever their tier: they get their turn from the lane of broadcasts.
TO_MANY: Final = frozenset({Purpose.HELD_RESIDENT, Purpose.HELD_NEWS_RESIDENT, Purpose.INCIDENT_ASK, Purpose.SESSION_ASK})
MANY_URGENCY: Final = 7  # with their turn: behind everything that one person waits for
_URGENCY: Final[Mapping[Priority, int]] = {Priority.P1: 0, Priority.P2: 2, Priority.P3: 4, Priority.P4: 6}


STATE: Final = (
    "id", "rung", "status", "reason", "attempts", "resends", "attempt_id", "not_before", "lease_until", "version", "submitted_at",
    "ended_at", "climb_at",
)  # fmt: skip


class Letter(NamedTuple):
    """`told`: others hear of its moves; answers to answers are between this person and us. A tuple, as the message is."""

    message: Message
    cause_event_id: UUID
    contact_point_id: UUID
    key_id: UUID
    address: str | None
    body: str | None
    city: str
    request_id: UUID
    job_id: UUID | None
    question_id: UUID | None
    role: Role
    purpose: str
    priority: Priority
    own_act: bool
    told: bool
    version: int
    traceparent: str | None
    created_at: datetime
    commune_code: str | None = None  # whose budget pays for it

    @property
    def id(self) -> UUID:
        return self.message.id

    @property
    def sealed_body(self) -> Sealed | None:
        return None if self.body is None else Sealed(key_id=self.key_id, box=self.body)

    @property
    def sealed_address(self) -> Sealed | None:
        return None if self.address is None else Sealed(key_id=self.key_id, box=self.address)

    def moved(self, message: Message, *, told: int = 0) -> "Letter":
        """`told`: events that speak of this move."""
        return self._replace(message=message, version=self.version + told)


def urgency(priority: Priority, *, asks: bool) -> int:
    """Which text leaves first when many wait, 0 to 7: the tier, and within it an offer before what only tells."""
    return _URGENCY[priority] + (0 if asks else 1)


def urgency_of(letter: Letter) -> int:
    """A broadcast is behind everything, and no sender's queue looks for it: its lane does, and for what goes to many."""
    return BULK_URGENCY if letter.purpose in BULK | TO_MANY else urgency(letter.priority, asks=letter.question_id is not None)


def row_of(letter: Letter) -> dict[str, Any]:
    """As the columns of notify.messages, ready for jsonb_populate_recordset."""
    message = letter.message
    return {
        **state_of(letter),
        "cause_event_id": letter.cause_event_id,
        "contact_point_id": letter.contact_point_id,
        "key_id": letter.key_id,
        "address": letter.address,
        "body": letter.body,
        "city": letter.city,
        "commune_code": letter.commune_code,
        "request_id": letter.request_id,
        "job_id": letter.job_id,
        "question_id": letter.question_id,
        "role": letter.role,
        "purpose": letter.purpose,
        "priority": letter.priority,
        "urgency": urgency_of(letter),
        "own_act": letter.own_act,
        "told": letter.told,
        "channels": message.channels,
        "not_after": message.not_after,
        "traceparent": letter.traceparent,
        "created_at": letter.created_at,
    }


def state_of(letter: Letter) -> dict[str, Any]:
    """What of a row ever changes: as columns, without the text."""
    message = letter.message
    return {
        "id": message.id,
        "rung": message.rung,
        "status": message.status,
        "reason": message.reason,
        "attempts": message.attempts,
        "resends": message.resends,
        "attempt_id": message.attempt_id,
        "not_before": message.not_before,
        "lease_until": message.lease_until,
        "version": letter.version,
        "submitted_at": message.submitted_at,
        "ended_at": message.ended_at,
        "climb_at": message.climb_at,
    }


def letter_of(row: Any) -> Letter:
    return Letter(
        message=_message_of(row),
        cause_event_id=row["cause_event_id"],
        contact_point_id=row["contact_point_id"],
        key_id=row["key_id"],
        address=row["address"],
        body=row["body"],
        city=row["city"],
        request_id=row["request_id"],
        job_id=row["job_id"],
        question_id=row["question_id"],
        role=Role(row["role"]),
        purpose=row["purpose"],
        priority=Priority(row["priority"]),
        own_act=row["own_act"],
        told=row["told"],
        version=row["version"],
        traceparent=row["traceparent"],
        created_at=row["created_at"],
        commune_code=row["commune_code"],
    )


def _message_of(row: Any) -> Message:
    return Message(
        id=row["id"],
        status=MessageStatus(row["status"]),
        channels=tuple(ChannelKind(channel) for channel in row["channels"]),
        is_question=row["question_id"] is not None,
        not_before=row["not_before"],
        not_after=row["not_after"],
        rung=row["rung"],
        attempts=row["attempts"],
        resends=row["resends"],
        attempt_id=row["attempt_id"],
        lease_until=row["lease_until"],
        climb_at=row["climb_at"],
        submitted_at=row["submitted_at"],
        ended_at=row["ended_at"],
        reason=FailureReason(row["reason"]) if row["reason"] else None,
    )
