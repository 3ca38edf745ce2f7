"""Whose turn a bare word is, where intake's conversation and a question of ours are open on one phone. Decisions are pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.answers.contact_words import Rang, TextsWord
from notify.answers.reading import Choice, JobWord, Meaning
from notify.phone import Phone
from notify.question import Question
from notify.store import QUERIES
from shared.events.contract import ChannelKind
from shared.events.messages import Answer

TALK_MEMORY: Final = timedelta(hours=6)  # how long a conversation waits for a bare word


def is_of_talk(answer: Meaning | None, phone: Phone, received_at: datetime, over: ChannelKind) -> bool:
    """Intake's conversation has asked last, on the channel where this was written and before it was: a bare word means that, and
    so does what looks like a word of ours. A code says which question it means; a cry, a surely meant "STOP" and a missed call
    are what they are."""
    asked_at = phone.talk_asked_at
    if asked_at is None or phone.live_jobs or received_at - asked_at > TALK_MEMORY:
        return False
    if phone.talk_asked_over not in {None, over}:
        return False
    if any(asked_at < at <= received_at for question in _live(phone) for at in _left(phone, question, over)):
        return False
    if isinstance(answer, Choice):
        return answer.code is None
    cries = isinstance(answer, JobWord) and answer.answer is Answer.SOS
    return not cries and not isinstance(answer, Rang) and not (isinstance(answer, TextsWord) and answer.sure)


def _live(phone: Phone) -> list[Question]:
    return [question for question in phone.questions.values() if question.live]


def _left(phone: Phone, question: Question, over: ChannelKind) -> list[datetime]:
    return [at for channel, at in phone.texts_left.get(question.id, ()) if channel == over]


async def texts_left(connection: asyncpg.Connection, phones: Iterable[Phone]) -> None:
    """Of phones that both have asked something. `asked_at` of a question knows its first text only, and not where it went."""
    told = {
        offer.message_id: (phone, question.id)
        for phone in phones
        if phone.talk_asked_at is not None
        for question in _live(phone)
        for offer in question.offers
        if offer.message_id is not None
    }
    if not told:
        return
    left: defaultdict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await connection.fetch(QUERIES["asked_over"], list(told)):
        phone, question_id = told[row["message_id"]]
        left[question_id].append((row["channel"], row["started_at"]))
        phone.texts_left = left
