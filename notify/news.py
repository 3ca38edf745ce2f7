"""The events notify emits, built from its rows. No SQL; the outbox is written by whoever holds the transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from notify.answers.duty_words import DutyWord
from notify.answers.presence_words import PresenceWord
from notify.calls.call import CallTask
from notify.letter import Letter
from notify.matters import is_answer
from notify.message import News
from notify.question import AskedOffer
from shared.events.contract import ChannelKind, Sealed
from shared.events.drills import DrillAnswered
from shared.events.duty import DutySaid, PresenceSaid
from shared.events.envelope import Event
from shared.events.messages import (
    Answer,
    CallChanged,
    DeclineReason,
    FailureReason,
    MessageChanged,
    MessageReceived,
    OutageChanged,
    ReplyReceived,
    TextsSaid,
)
from shared.events.registry import EventType
from shared.events.shifts import ShiftAnswered, SwapSaid
from shared.ids import uuid7s

_TYPES: Final = {
    News.SUBMITTED: EventType.MESSAGE_SUBMITTED,
    News.DELIVERED: EventType.MESSAGE_DELIVERED,
    News.FAILED: EventType.MESSAGE_FAILED,
}


class Told(NamedTuple):
    """A move of a letter that others hear of. A text that tells of several offers makes one for each: each lease starts by its
    own."""

    news: News
    letter: Letter
    version: int
    offer: AskedOffer | None
    retry_at: datetime | None


def of_messages(told: Sequence[Told], now: datetime) -> list[Event]:
    """All at once: an id made by itself costs as much as a body."""
    return [_of_message(id_, one, now) for id_, one in zip(uuid7s(len(told)), told, strict=True)]


def _of_message(id_: UUID, told: Told, now: datetime) -> Event:
    news, letter, version, offer, retry_at = told
    body = MessageChanged(
        message_id=letter.id,
        city=offer.city if offer else letter.city,
        request_id=offer.request_id if offer else letter.request_id,
        offer_id=offer.offer_id if offer else None,
        contact_point_id=letter.contact_point_id,
        role=letter.role,
        purpose=letter.purpose,
        channel=letter.message.channel,
        at=now,
        reason=letter.message.reason if news is News.FAILED else None,
        retry_at=retry_at,
        answers=is_answer(letter.purpose, letter.role),
    )
    return Event(
        id=id_,
        type=_TYPES[news],
        subject=letter.id,
        version=version,
        key=body.request_id,
        body=body,
        time=now,
        traceparent=letter.traceparent,
    )


def of_call(kind: EventType, task: CallTask, now: datetime) -> Event:
    """call.requested or call.done; the subject is the call task."""
    body = CallChanged(
        call_id=task.id,
        city=task.city,
        request_id=task.request_id,
        contact_point_id=task.contact_point_id,
        purpose=task.purpose,
        job_id=task.job_id,
        outcome=task.outcome,
        owner=task.owner,
        due_at=task.due_at,
    )
    return Event(type=kind, subject=task.id, version=task.version, key=task.request_id, body=body, time=now)


def of_called_offer(task: CallTask, now: datetime, *, failed: FailureReason | None = None) -> Event:
    """An offer told on the telephone: with the desk it is submitted and its lease runs. `failed`: it could not be told at all."""
    body = MessageChanged(
        message_id=task.id,
        city=task.city,
        request_id=task.request_id,
        offer_id=task.offer_id,
        contact_point_id=task.contact_point_id,
        role=task.role,
        purpose=task.purpose,
        channel=ChannelKind.CALL,
        at=now,
        reason=failed,
    )
    kind = EventType.MESSAGE_SUBMITTED if failed is None else EventType.MESSAGE_FAILED
    return Event(type=kind, subject=task.id, version=task.version + 1, key=task.request_id, body=body, time=now)


def of_outage(kind: EventType, body: OutageChanged, now: datetime) -> Event:
    version = 1 if kind is EventType.OUTAGE_BEGAN else 2
    return Event(type=kind, subject=body.outage_id, version=version, key=body.outage_id, body=body, time=now)


def of_reply(
    *,
    contact_point_id: UUID,
    version: int,
    city: str,
    request_id: UUID,
    job_id: UUID,
    offer_id: UUID,
    answer: Answer,
    member: Sealed | None,
    whole: bool,
    reason: DeclineReason | None,
    minutes: int | None,
    received_at: datetime,
    now: datetime,
    score: int | None = None,
    why: Sealed | None = None,
) -> Event:
    body = ReplyReceived(
        city=city,
        contact_point_id=contact_point_id,
        request_id=request_id,
        job_id=job_id,
        offer_id=offer_id,
        answer=answer,
        member=member,
        whole=whole,
        reason=reason,
        minutes=minutes,
        score=score,
        why=why,
        received_at=received_at,
    )
    return Event(
        type=EventType.REPLY_RECEIVED, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now
    )


def of_text(
    *,
    contact_point_id: UUID,
    version: int,
    city: str,
    text: Sealed,
    phone: Sealed | None,
    over: ChannelKind,
    for_people: bool,
    received_at: datetime,
    now: datetime,
) -> Event:
    body = MessageReceived(
        city=city,
        contact_point_id=contact_point_id,
        channel=over,
        text=text,
        received_at=received_at,
        phone=phone,
        for_people=for_people,
    )
    return Event(
        type=EventType.MESSAGE_RECEIVED, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now
    )


def of_duty(contact_point_id: UUID, version: int, city: str, word: DutyWord, *, received_at: datetime, now: datetime) -> Event:
    body = DutySaid(city=city, contact_point_id=contact_point_id, duty=word.duty, minutes=word.minutes, received_at=received_at)
    return Event(type=EventType.DUTY_SAID, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now)


def of_texts(contact_point_id: UUID, version: int, city: str, *, wanted: bool, received_at: datetime, now: datetime) -> Event:
    body = TextsSaid(city=city, contact_point_id=contact_point_id, wanted=wanted, received_at=received_at)
    kind = EventType.TEXTS_SAID
    return Event(type=kind, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now)


def of_drill_answer(
    contact_point_id: UUID, version: int, city: str, ask_id: UUID, *, over: str, received_at: datetime, now: datetime
) -> Event:
    body = DrillAnswered(city=city, contact_point_id=contact_point_id, ask_id=ask_id, over=over, received_at=received_at)
    kind = EventType.DRILL_ANSWERED
    return Event(type=kind, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now)


def of_shift_answer(
    contact_point_id: UUID, version: int, city: str, ask_id: UUID, *, yes: bool, received_at: datetime, now: datetime
) -> Event:
    body = ShiftAnswered(city=city, contact_point_id=contact_point_id, ask_id=ask_id, accepts=yes, received_at=received_at)
    kind = EventType.SHIFT_ANSWERED
    return Event(type=kind, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now)


def of_presence(
    contact_point_id: UUID, version: int, city: str, word: PresenceWord, names: Sealed, *, received_at: datetime, now: datetime
) -> Event:
    """`names`: of the word, sealed under the key of this phone."""
    body = PresenceSaid(city=city, contact_point_id=contact_point_id, present=word.present, names=names, received_at=received_at)
    kind = EventType.PRESENCE_SAID
    return Event(type=kind, subject=contact_point_id, version=version, key=contact_point_id, body=body, time=now)


def of_swap(body: SwapSaid, version: int, now: datetime) -> Event:
    key = body.contact_point_id
    return Event(type=EventType.SHIFT_SWAP_SAID, subject=key, version=version, key=key, body=body, time=now)
