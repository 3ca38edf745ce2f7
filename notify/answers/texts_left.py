"""When the texts of open questions left and over what, for turns.py. No rules."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from notify.answers.turns import live_questions
from notify.phone import Phone
from notify.store import QUERIES


async def texts_left(connection: asyncpg.Connection, phones: Iterable[Phone]) -> None:
    """Of phones that both have asked something. `asked_at` of a question knows its first text only, and not where it went."""
    told = {
        offer.message_id: (phone, question.id)
        for phone in phones
        if phone.talk_asked_at is not None
        for question in live_questions(phone)
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
