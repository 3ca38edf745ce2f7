"""Whose turn a bare word is, where intake's conversation and a question of ours are open on one phone. Pure."""

from datetime import datetime, timedelta
from typing import Final

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
    asked_at = phone.talk_asked_at
    if asked_at is not None and asked_at > received_at:
        asked_at = phone.talk_asked_before
    if asked_at is None or phone.live_jobs or received_at - asked_at > TALK_MEMORY:
        return False
    if phone.talk_asked_over not in {None, over}:
        return False
    if any(asked_at < at <= received_at for question in live_questions(phone) for at in _left(phone, question, over)):
        return False
    if isinstance(answer, Choice):
        return answer.code is None
    cries = isinstance(answer, JobWord) and answer.answer is Answer.SOS
    return not cries and not isinstance(answer, Rang) and not (isinstance(answer, TextsWord) and answer.sure)


def live_questions(phone: Phone) -> list[Question]:
    return [question for question in phone.questions.values() if question.live]


def _left(phone: Phone, question: Question, over: ChannelKind) -> list[datetime]:
    return [at for channel, at in phone.texts_left.get(question.id, ()) if channel == over]
