"""What carriers say later about an attempt. Doubled, reversed and forged receipts change nothing (law 10)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.batches import OF_THE_MOMENT, Batches
from notify.channels.port import Receipt, ReceiptStatus
from notify.message import IN_FLIGHT, NOT_LEFT, SendingRules, by_receipt
from notify.sending.probe import take_probe_receipts
from notify.sending.settlement import AttemptWord, Change, lock_letters, settle
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.postgres.transaction import app_now, reading, transaction
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_RECEIPTS

log = logger()

# What a receipt, or a carrier's answer, makes of the attempt's own row.
ATTEMPT_STATUS: Final[Mapping[ReceiptStatus, str]] = {
    ReceiptStatus.BUFFERED: "submitted",
    ReceiptStatus.ACCEPTED: "submitted",
    ReceiptStatus.DELIVERED: "delivered",
    ReceiptStatus.UNDELIVERED: "undelivered",
    ReceiptStatus.REJECTED: "undelivered",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A receipt whose attempt is known by name; whether it is ours is seen later."""

    id: UUID
    status: ReceiptStatus
    carrier: str
    carrier_ref: str | None


async def take_receipts(pool: asyncpg.Pool, receipts: Sequence[Receipt], rules: SendingRules) -> bool:
    """Stored and applied in one transaction, in the order given; each word about an attempt once. True: texts may leave now."""
    more, left = await _take(pool, receipts, rules, by_phone=False)
    if not left:
        return more
    return (await _take(pool, left, rules, by_phone=True))[0] or more


async def _take(
    pool: asyncpg.Pool, receipts: Sequence[Receipt], rules: SendingRules, *, by_phone: bool
) -> tuple[bool, list[Receipt]]:
    """Whether texts may leave; and what has to be taken once more, with all phones locked: until a message was locked of which
    nothing more was to be heard than that it arrived, it went back to be sent."""
    async with transaction(pool, "notify.inbound") as connection:
        words = await _named(connection, receipts)
        known = await connection.fetch(QUERIES["messages_of_attempts"], [word.id for word in words])
        message_of = {row["attempt_id"]: row["message_id"] for row in known}
        await take_probe_receipts(connection, [one for one in receipts if one.attempt_id not in message_of])
        # Phones and messages are locked before the receipt is written: two copies of it must not wait for each other crosswise.
        arrived = () if by_phone else _arrived(words, message_of)
        locked = await lock_letters(connection, message_of.values(), arrived=arrived)
        letters, now = locked.letters, locked.now
        again = {id_ for id_ in locked.told if letters[id_].message.status in NOT_LEFT | IN_FLIGHT}
        words, left = _parted(words, {attempt for attempt, message in message_of.items() if message in again})
        fresh = await _store(connection, words, now)
        changes = []
        for word in words:
            letter = letters.get(message_of.get(word.id, word.id))
            if letter is None or (word.id, word.status) not in fresh:
                continue
            fresh.discard((word.id, word.status))
            moved = by_receipt(letter.message, word.id, word.status, now, rules)
            attempt = AttemptWord(word.id, ATTEMPT_STATUS[word.status], word.carrier_ref)
            change = Change(letter, moved, attempt, locked.told.get(letter.id, ()))
            letters[letter.id] = letter.moved(change.moved.message)
            changes.append(change)
        more = await settle(connection, changes, locked.lines, now)
        NOTIFY_RECEIPTS.labels("new").inc(len(changes))
        NOTIFY_RECEIPTS.labels("doubled_or_forged").inc(len(words) - len(changes))
        NOTIFY_RECEIPTS.labels("early").inc(len(receipts) - len(words) - len(left))
        return more, [Receipt(carrier=w.carrier, attempt_id=w.id, status=w.status, carrier_ref=w.carrier_ref) for w in left]


def _arrived(words: Sequence[Word], message_of: Mapping[UUID, UUID]) -> set[UUID]:
    """Messages of which nothing else is said. An arrival is the end of one that is with the carrier, whatever it asked."""
    other = {message_of.get(word.id) for word in words if word.status is not ReceiptStatus.DELIVERED}
    return {message for message in message_of.values() if message not in other}


def _parted(words: Sequence[Word], attempts: Collection[UUID]) -> tuple[list[Word], list[Word]]:
    """Those that can be taken now, and those of these attempts."""
    return [word for word in words if word.id not in attempts], [word for word in words if word.id in attempts]


async def early_receipts(pool: asyncpg.Pool, settings: NotifySettings, *, limit: int) -> int:
    """Those that overtook the recording of what they speak of are believed now; those of nothing are forgotten in time. Killed
    in between, the same words come once more, and change nothing."""
    async with reading(pool) as connection:
        rows = await connection.fetch(QUERIES["early_receipts"], limit)
    receipts = [
        Receipt(carrier=row["carrier"], attempt_id=row["attempt_id"], status=ReceiptStatus(row["status"])) for row in rows
    ]
    await _believe(pool, receipts, settings.sending)
    async with transaction(pool, "notify.timer") as connection:
        forgotten = await app_now(connection) - timedelta(seconds=settings.early_receipt_seconds)
        columns = [row["carrier"] for row in rows], [row["carrier_ref"] for row in rows]
        await connection.execute(QUERIES["forget_early_receipts"], *columns, forgotten)
    return len(rows)


async def _believe(pool: asyncpg.Pool, receipts: Sequence[Receipt], rules: SendingRules) -> None:
    """Together, and each alone when that fails: one that cannot be stored holds no others, and is forgotten with them."""

    async def take(some: list[Receipt]) -> None:
        await take_receipts(pool, some, rules)

    together = Batches(take, limit=len(receipts) or 1)
    ends = await asyncio.gather(*(together.put(receipt) for receipt in receipts), return_exceptions=True)
    for receipt, error in zip(receipts, ends, strict=True):
        if isinstance(error, OF_THE_MOMENT) or (error is not None and not isinstance(error, Exception)):
            raise error
        if error is not None:
            log.error("notify.receipt.broken", carrier=receipt.carrier, error=type(error).__name__)
            NOTIFY_RECEIPTS.labels("broken").inc()


async def _named(connection: asyncpg.Connection, receipts: Sequence[Receipt]) -> list[Word]:
    """What speaks of a reference that nobody has recorded, yet, is kept for a while."""
    by_ref = [(receipt.carrier, receipt.carrier_ref) for receipt in receipts if receipt.attempt_id is None]
    rows = await connection.fetch(QUERIES["attempts_of_refs"], *map(list, zip(*by_ref, strict=True))) if by_ref else ()
    known = {(row["carrier"], row["carrier_ref"]): row["attempt_id"] for row in rows}
    found, early = [], []
    for receipt in receipts:
        attempt_id = receipt.attempt_id or known.get((receipt.carrier, receipt.carrier_ref))
        if attempt_id is not None:
            found.append(Word(attempt_id, receipt.status, receipt.carrier, receipt.carrier_ref))
        elif receipt.carrier_ref:
            early.append((receipt.carrier, receipt.carrier_ref, receipt.status.value))
    if early:
        columns = map(list, zip(*early, strict=True))
        await connection.execute(QUERIES["keep_early_receipts"], *columns, await app_now(connection))
    return found


async def _store(connection: asyncpg.Connection, words: Sequence[Word], now: datetime) -> set[tuple[UUID, ReceiptStatus]]:
    if not words:
        return set()
    columns = zip(*((word.id, word.status.value, word.carrier, word.carrier_ref) for word in words), strict=True)
    rows = await connection.fetch(QUERIES["new_receipts"], *map(list, columns), now)
    return {(row["attempt_id"], ReceiptStatus(row["status"])) for row in rows}
