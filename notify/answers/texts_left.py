"""When the texts of open questions, and of those of a conversation, left and over what, for turns.py. No rules."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from notify.answers.turns import live_questions
from notify.phone import Phone
from notify.store import QUERIES


async def texts_left(connection: asyncpg.Connection, phones: Iterable[Phone]) -> None:
    """Of phones that a conversation has asked. `asked_at` of a question knows its first text only, and not where it went; a
    conversation's text may wait, or go another way than it was meant to."""
    told: dict[UUID, tuple[Phone, UUID]] = {}
    for phone in phones:
        if phone.talk_asked_at is None:
            continue
        told |= {text: (phone, text) for text in (phone.talk_text_id, phone.talk_text_before) if text is not None}
        for question in live_questions(phone):
            told |= {offer.message_id: (phone, question.id) for offer in question.offers if offer.message_id is not None}
    if not told:
        return
    left: defaultdict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await connection.fetch(QUERIES["asked_over"], list(told)):
        phone, text_of = told[row["message_id"]]
        left[text_of].append((row["channel"], row["started_at"]))
        phone.texts_left = left
