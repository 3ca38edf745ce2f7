"""What intake says in a conversation: on the channel and account where they wrote, in words that are there already."""

from collections.abc import Collection
from datetime import datetime

from notify.batch import Batch
from notify.letter import Letter
from notify.message import Message, MessageStatus
from notify.purpose import SAID, SAID_UNASKED
from notify.sending.ladder import next_rung
from notify.store import QUERIES, Line
from notify.telling.about import NOBODYS, About
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.conversations import ConversationSaid
from shared.events.requests import OWN_WORD
from shared.ids import uuid7


async def said(batch: Batch, about: About) -> None:
    """Nothing is said to somebody who is erased. From now on a bare word of theirs answers this, if it asks."""
    words = about.said
    line = None if words is None else batch.lines.get(words.contact_point_id)
    if words is None or line is None or line.key_id != words.text.key_id or line.key_id not in batch.keys:
        return
    letter = _letter(about, words, line, batch.now, batch.settings.sending.served)
    asked_at, text_id = (batch.now, letter.id) if words.asks else (None, None)
    await batch.connection.execute(QUERIES["note_talk_asked"], line.id, asked_at, words.channel, text_id)
    batch.letters[letter.id] = letter


async def end_talk(batch: Batch, about: About) -> None:
    """What was filed in the conversation of this number ends it, and its confirmation is the last word: a bare word answers what
    is asked next. What others file for this number, in theirs, changes nothing of what it was asked."""
    request = about.request
    if request is not None and about.reason == OWN_WORD:
        await batch.connection.execute(QUERIES["end_talk_asked"], request.resident.contact_point_id, request.filed_at)


def _letter(about: About, words: ConversationSaid, line: Line, now: datetime, served: Collection[ChannelKind]) -> Letter:
    """By SMS where the account is gone and there is a number."""
    back = [words.channel] if words.channel is ChannelKind.SMS or words.channel in line.accounts else []
    if line.address is not None and ChannelKind.SMS not in back:
        back.append(ChannelKind.SMS)
    channels = tuple(back) or (words.channel,)
    message = Message(
        id=uuid7(),
        status=MessageStatus.QUEUED,
        channels=channels,
        rung=next_rung(channels, -1, served) or 0,
        is_question=False,
        not_before=now,
        not_after=words.not_after,
    )
    return Letter(
        message=message,
        cause_event_id=about.event.id,
        contact_point_id=line.id,
        key_id=line.key_id,
        address=line.address,
        body=words.text.box,
        city=words.city,
        request_id=NOBODYS,
        job_id=None,
        question_id=None,
        role=Role.RESIDENT,
        purpose=SAID if words.answers else SAID_UNASKED,
        priority=Priority.P2 if words.answers else Priority.P3,
        own_act=words.answers,
        told=False,
        version=0,
        traceparent=about.event.traceparent,
        created_at=now,
    )
