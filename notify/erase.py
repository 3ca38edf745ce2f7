"""What notify forgets about a person: numbers, texts and whatever waits for them. The key is the vault's to delete.

What remains are ids, times and states: the record that something was said, not what and to whom.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.batch import drop_calls
from notify.calls.call import CallOutcome
from notify.message import MessageStatus, failed
from notify.sending.settlement import Change, lock_letters, settle
from notify.store import QUERIES
from shared.events.messages import FailureReason

CLEARED: Final = (
    "clear_messages",
    "clear_calls",
    "clear_inbound_texts",
    "clear_accounts",
    "clear_contact_point",
    "forget_listener",
)
LIVE: Final = frozenset({MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.UNKNOWN})


async def erase(connection: asyncpg.Connection, contact_point_id: UUID) -> int:
    """In the caller's transaction; says how many rows were cleared. Texts to others about this person's requests go too."""
    waiting = await connection.fetch(QUERIES["waiting_texts_of_person"], contact_point_id)
    locked = await lock_letters(connection, _ids(waiting))
    now, live = locked.now, [letter for letter in locked.letters.values() if letter.message.status in LIVE]
    ended = [Change(letter, failed(letter.message, FailureReason.ERASED, now)) for letter in live]
    await settle(connection, ended, locked.lines, now)
    calls = await connection.fetch(QUERIES["open_calls_of_person"], contact_point_id)
    await drop_calls(connection, _ids(calls), now, CallOutcome.ERASED)
    cleared = 0
    for query in CLEARED:
        cleared += int(await connection.fetchval(QUERIES[query], contact_point_id))
    return cleared


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [row["id"] for row in rows]
