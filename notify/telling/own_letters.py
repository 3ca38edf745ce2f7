"""A text between one person and us: an answer to what they just wrote, or news of their accounts. No event tells of it. Pure."""

from datetime import datetime
from uuid import UUID

from notify.letter import Letter
from notify.message import Message, MessageStatus
from notify.purpose import VITAL, Purpose
from notify.store import Line
from notify.telling.about import NOBODYS
from notify.templates import render
from shared.events.contract import ChannelKind, Priority, Role
from shared.ids import uuid7
from shared.security.sealing import DataKey


def own_letter(
    line: Line,
    purpose: Purpose,
    fields: dict[str, str],
    key: DataKey,
    *,
    now: datetime,
    not_after: datetime,
    city: str,
    request_id: UUID = NOBODYS,
    channels: tuple[ChannelKind, ...] = (ChannelKind.SMS,),
) -> Letter:
    """Somebody holds the phone and waits. The caller knows that the line has an address."""
    queued = MessageStatus.QUEUED
    message = Message(id=uuid7(), status=queued, channels=channels, is_question=False, not_before=now, not_after=not_after)
    return Letter(
        message=message,
        cause_event_id=message.id,
        contact_point_id=line.id,
        key_id=key.id,
        address=line.address,
        body=key.box(render(purpose, line.language, fields).encode(), purpose="text"),
        city=city,
        request_id=request_id,
        job_id=None,
        question_id=None,
        role=Role.RESPONDER,
        purpose=purpose,
        priority=Priority.P1 if purpose in VITAL else Priority.P2,
        own_act=True,
        told=False,
        version=0,
        traceparent=None,
        created_at=now,
    )
