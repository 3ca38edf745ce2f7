"""What carriers say later about an attempt. Doubled, reversed and forged receipts change nothing (law 10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.port import Receipt, ReceiptStatus
from notify.letter import Letter
from notify.message import Moved, SendingRules, by_receipt
from notify.settlement import AttemptWord, Change, lock_letters, settle
from notify.store import QUERIES
from shared.postgres.transaction import transaction
from shared.telemetry.metrics import NOTIFY_RECEIPTS

# What a receipt makes of the attempt's own row.
_ATTEMPT: Final[Mapping[ReceiptStatus, str]] = {
    ReceiptStatus.BUFFERED: "submitted",
    ReceiptStatus.ACCEPTED: "submitted",
    ReceiptStatus.DELIVERED: "delivered",
    ReceiptStatus.UNDELIVERED: "undelivered",
    ReceiptStatus.REJECTED: "undelivered",
}


async def take_receipts(pool: asyncpg.Pool, receipts: Sequence[Receipt], rules: SendingRules) -> bool:
    """Stored and applied in one transaction, in the order given; each word about an attempt once. True: texts may leave now."""
    async with transaction(pool, "notify.inbound") as connection:
        known = await connection.fetch(QUERIES["messages_of_attempts"], [receipt.attempt_id for receipt in receipts])
        message_of = {row["attempt_id"]: row["message_id"] for row in known}
        # Phones and messages are locked before the receipt is written: two copies of it must not wait for each other crosswise.
        locked = await lock_letters(connection, message_of.values())
        letters, now = locked.letters, locked.now
        fresh = await _store(connection, receipts, now)
        changes = []
        for receipt in receipts:
            letter = letters.get(message_of.get(receipt.attempt_id, receipt.attempt_id))
            if letter is None or (receipt.attempt_id, receipt.status) not in fresh:
                continue
            fresh.discard((receipt.attempt_id, receipt.status))
            change = _change(letter, receipt, by_receipt(letter.message, receipt.attempt_id, receipt.status, now, rules))
            letters[letter.id] = letter.moved(change.moved.message)
            changes.append(change)
        more = await settle(connection, changes, locked.lines, now)
        NOTIFY_RECEIPTS.labels("new").inc(len(changes))
        NOTIFY_RECEIPTS.labels("doubled_or_forged").inc(len(receipts) - len(changes))
        return more


async def _store(connection: asyncpg.Connection, receipts: Sequence[Receipt], now: datetime) -> set[tuple[UUID, ReceiptStatus]]:
    columns = zip(*((r.attempt_id, r.status.value, r.carrier, r.carrier_ref) for r in receipts), strict=True)
    rows = await connection.fetch(QUERIES["new_receipts"], *map(list, columns), now)
    return {(row["attempt_id"], ReceiptStatus(row["status"])) for row in rows}


def _change(letter: Letter, receipt: Receipt, moved: Moved) -> Change:
    word = AttemptWord(receipt.attempt_id, _ATTEMPT[receipt.status], receipt.carrier_ref)
    return Change(letter, moved, word)
