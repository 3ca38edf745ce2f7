"""Whose turn a bare word is, where intake's conversation and a question of ours are open on one phone. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from notify.answers.contact_words import Rang, TextsWord
from notify.answers.reading import Choice, JobWord, Meaning
from notify.phone import Phone
from notify.question import Question
from shared.events.contract import ChannelKind
from shared.events.messages import Answer

TALK_MEMORY: Final = timedelta(hours=6)  # how long a conversation waits for a bare word


def is_of_talk(answer: Meaning | None, phone: Phone, received_at: datetime, over: ChannelKind) -> bool:
    """Intake's conversation has asked last, on the channel where this was written and before it was: a bare word means that, and
    so does what looks like a word of ours. A code says which question it means; a cry, a surely meant "STOP" and a missed call
    are what they are."""
    asked_at = _talk_asked_at(phone, received_at, over)
    if asked_at is None or phone.live_jobs or received_at - asked_at > TALK_MEMORY:
        return False
    if any(asked_at < at <= received_at for question in live_questions(phone) for at in _left(phone, question.id, over)):
        return False
    if isinstance(answer, Choice):
        return answer.code is None
    cries = isinstance(answer, JobWord) and answer.answer is Answer.SOS
    return not cries and not isinstance(answer, Rang) and not (isinstance(answer, TextsWord) and answer.sure)


def live_questions(phone: Phone) -> list[Question]:
    return [question for question in phone.questions.values() if question.live]


def _talk_asked_at(phone: Phone, received_at: datetime, over: ChannelKind) -> datetime | None:
    """When a question of the conversation last left over this channel, before this was written. Also the one before the last is
    looked at: what was written in between is read afterwards."""
    if phone.talk_asked_at is None:
        return None
    asked = ((phone.talk_asked_at, phone.talk_text_id), (phone.talk_asked_before, phone.talk_text_before))
    left = [at for since, text in asked if since is not None for at in _talk_left(phone, since, text, over)]
    return max((at for at in left if at <= received_at), default=None)


def _talk_left(phone: Phone, since: datetime, text: UUID | None, over: ChannelKind) -> list[datetime]:
    """A process of the version before notes when it was to be asked and where, and leaves the id of an earlier text there."""
    if text is None or any(at < since for _, at in phone.texts_left.get(text, ())):
        return [since] if phone.talk_asked_over in {None, over} else []
    return _left(phone, text, over)


def _left(phone: Phone, text_of: UUID, over: ChannelKind) -> list[datetime]:
    return [at for channel, at in phone.texts_left.get(text_of, ()) if channel == over]
