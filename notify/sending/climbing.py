"""Messages that lie on a channel without a sign that they were read: the next one has them, or they may rest there."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.letter import Letter
from notify.message import Moved, SendingRules, rested, waited
from notify.sending.ladder import is_overtaken
from notify.sending.settlement import Change, Locked, lock_letters, offers_told, settle
from notify.store import QUERIES, Line
from shared.postgres.transaction import app_now, transaction

SITE: Final = "notify.timer"


async def climb_some(pool: asyncpg.Pool, rules: SendingRules, *, limit: int) -> int:
    """Found without a lock, judged under it: what was answered, read or delivered meanwhile stays where it is."""
    async with transaction(pool, SITE) as connection:
        rows = await connection.fetch(QUERIES["climbing_messages"], await app_now(connection), limit)
        if not rows:
            return 0
        later: Mapping[UUID, Collection[str]] = {row["id"]: row["later"] for row in rows}
        locked = await lock_letters(connection, later)
        changes = [Change(letter, _moved(letter, locked, later[letter.id], rules)) for letter in locked.letters.values()]
        await settle(connection, changes, locked.lines, locked.now)
        return len(rows)


def _moved(letter: Letter, locked: Locked, later: Collection[str], rules: SendingRules) -> Moved:
    message, line = letter.message, locked.lines.get(letter.contact_point_id)
    if letter.question_id is not None:
        return waited(message, locked.now, rules) if _is_asked(letter, line, locked.now) else rested(message)
    return rested(message) if is_overtaken(letter.purpose, later) else waited(message, locked.now, rules)


def _is_asked(letter: Letter, line: Line | None, now: datetime) -> bool:
    """Somebody still waits for this answer."""
    question = line.phone.questions.get(letter.question_id) if line is not None and letter.question_id else None
    if question is None or not question.live or question.expires_at <= now:
        return False
    return any(offer.closed_at is None for offer in offers_told(letter, line))
