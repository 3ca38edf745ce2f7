"""Whose turn a bare word is, where intake's conversation and a question of ours are open on one phone. Pure."""

from datetime import datetime, timedelta
from typing import Final

from notify.answers.contact_words import Rang, TextsWord
from notify.answers.reading import Choice, JobWord, Meaning
from notify.phone import Phone
from shared.events.messages import Answer

TALK_MEMORY: Final = timedelta(hours=6)  # how long a conversation waits for a bare word


def is_of_talk(answer: Meaning | None, phone: Phone, received_at: datetime) -> bool:
    """Intake's conversation has asked here last: a bare word means that, and so does what looks like a word of ours. A code says
    which question it means; a cry, a surely meant "STOP" and a missed call are what they are."""
    asked_at = phone.talk_asked_at
    if asked_at is None or phone.live_jobs or received_at - asked_at > TALK_MEMORY:
        return False
    if any(q.live and q.asked_at is not None and q.asked_at > asked_at for q in phone.questions.values()):
        return False
    if isinstance(answer, Choice):
        return answer.code is None
    cries = isinstance(answer, JobWord) and answer.answer is Answer.SOS
    return not cries and not isinstance(answer, Rang) and not (isinstance(answer, TextsWord) and answer.sure)
