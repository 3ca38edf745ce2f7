"""What got stuck is found here and goes on: lost leases, unknown attempts, dead texts, questions and calls out of time.

Each kind in batches of its own transaction; several processes may sweep at once: rows are locked and looked at again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.calls.call import call_of, overdue
from notify.channels.port import Askable, Carrier, CarrierDown, CarrierRefused, CarrierUncertain, ReceiptStatus
from notify.letter import Letter
from notify.message import MessageStatus, Moved, by_receipt, failed, given_up, lost, never_seen
from notify.news import of_call
from notify.phone import expire
from notify.sending.climbing import climb_some
from notify.sending.receipts import ATTEMPT_STATUS, early_receipts
from notify.sending.repeats import Repeats
from notify.sending.settlement import AttemptWord, Change, call_row, lock_letters, settle
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE, lock_lines, save_lines
from shared.events.messages import FailureReason
from shared.events.registry import EventType
from shared.pacing import Backoff
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.security.vault import Vault
from shared.telemetry.metrics import (
    NOTIFY_CALLS,
    NOTIFY_CALLS_OVERDUE,
    NOTIFY_CALLS_WAITING,
    NOTIFY_OLDEST,
    NOTIFY_QUEUED,
    NOTIFY_SWEPT,
    NOTIFY_UNKNOWN,
)
from shared.transport.outbox import append

BATCH: Final = 200
ASKED_AT_ONCE: Final = 20
SITE: Final = "notify.timer"
NOBODY_YET: Final = (datetime.min.replace(tzinfo=UTC), UUID(int=0))


class Sweeper(Rounds):
    def __init__(
        self,
        pool: asyncpg.Pool,
        carriers: Sequence[Carrier],
        settings: NotifySettings,
        *,
        wake: Sequence[Callable[[], None]] = (),
        vault: Vault | None = None,  # None: nothing is said again
    ) -> None:
        super().__init__(every_seconds=settings.sweep_seconds, backoff=Backoff(0.2, 5.0), failed_as="notify.sweep.failed")
        self._pool = pool
        self._askable = {carrier.name: carrier for carrier in carriers if isinstance(carrier, Askable)}
        self._repeats = Repeats(pool, vault, carriers, settings) if vault else None
        self._settings = settings
        self._wake = wake
        self._asked_last = NOBODY_YET  # those of whom nothing is known there must not keep the others from being asked

    async def look(self) -> None:
        if await self.sweep():
            for wake in self._wake:
                wake()

    async def sweep(self) -> int:
        """Everything that is out of time once; says how much it was. One look says which kinds there are."""
        stuck = await self._what_is_stuck()
        kinds: tuple[tuple[str, Callable[[], Awaitable[int]]], ...] = (
            ("early", self._believe_early),
            ("lost", self._lose),
            ("undecided", self._ask),
            ("undecided", self._repeat),
            ("undecided", self._give_up),
            ("climb", self._climb),
            ("dead", self._bury),
            ("question", self._expire),
            ("call", self._raise_calls),
        )
        total = 0
        for kind, work in kinds:
            # What was lost just now may be known to who can be asked; its own turn comes with the next look otherwise.
            if stuck[kind] or (kind == "undecided" and stuck["lost"]):
                found = await work()
                NOTIFY_SWEPT.labels(kind).inc(found)
                total += found
        return total

    async def _believe_early(self) -> int:
        return await early_receipts(self._pool, self._settings, limit=BATCH)

    async def _lose(self) -> int:
        """Their sender died, hangs, or could not record."""
        rules = self._settings.sending
        return await self._move("lost_messages", lambda letter, now: lost(letter.message, now, rules), attempt="unknown")

    async def _give_up(self) -> int:
        """Nobody told, and nobody can be asked; where somebody can, we wait a while longer for their word."""
        names = [name for name, carrier in self._askable.items() if carrier.abilities.can_be_asked]
        rules = self._settings.sending
        return await self._move(
            "undecided_messages",
            lambda letter, now: given_up(letter.message, now, rules),
            names,
            patience=timedelta(seconds=rules.ask_patience_seconds),
        )

    async def _climb(self) -> int:
        return await climb_some(self._pool, self._settings.sending, limit=BATCH)

    async def _bury(self) -> int:
        """They were not sent while they were worth something."""
        return await self._move("dead_messages", lambda letter, now: failed(letter.message, FailureReason.TOO_LATE, now))

    async def _repeat(self) -> int:
        return await self._repeats.repeat() if self._repeats else 0

    async def _ask(self) -> int:
        """Carriers that can be asked are asked, outside any transaction; what they say is taken like a receipt."""
        names = [name for name, carrier in self._askable.items() if carrier.abilities.can_be_asked]
        if not names:
            return 0
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["unknown_attempts"], names, BATCH, *self._asked_last)
        self._asked_last = (rows[-1]["lease_until"], rows[-1]["id"]) if len(rows) == BATCH else NOBODY_YET
        side_by_side = asyncio.Semaphore(ASKED_AT_ONCE)
        return sum(await asyncio.gather(*(self._ask_about(row, side_by_side) for row in rows)))

    async def _ask_about(self, row: asyncpg.Record, side_by_side: asyncio.Semaphore) -> int:
        """A provider that hangs must not hold up everything else that is out of time."""
        async with side_by_side:
            try:
                said = await self._askable[row["carrier"]].ask(row["attempt_id"])
            except (CarrierDown, CarrierUncertain, CarrierRefused):
                return 0
            await self._believe(row["id"], row["attempt_id"], said)
            return 1

    async def _believe(self, message_id: UUID, attempt_id: UUID, said: ReceiptStatus | None) -> None:
        async with transaction(self._pool, SITE) as connection:
            locked = await lock_letters(connection, [message_id])
            letter, now = locked.letters.get(message_id), locked.now
            if letter is None or letter.message.attempt_id != attempt_id or letter.message.status is not MessageStatus.UNKNOWN:
                return
            if said is None:
                moved, word = never_seen(letter.message, now), "not_sent"
            else:
                moved = by_receipt(letter.message, attempt_id, said, now, self._settings.sending)
                word = ATTEMPT_STATUS[said]
            await settle(connection, [Change(letter, moved, AttemptWord(attempt_id, word))], locked.lines, now)

    async def _move(
        self,
        query: str,
        move: Callable[[Letter, datetime], Moved],
        *parameters: object,
        attempt: str | None = None,
        patience: timedelta | None = None,
    ) -> int:
        """`query` finds candidates without a lock; under it only those are moved that are still as they were found."""
        async with transaction(self._pool, SITE) as connection:
            seen = await app_now(connection)
            until = () if patience is None else (seen - patience,)
            rows = await connection.fetch(QUERIES[query], seen, BATCH, *parameters, *until)
            if not rows:
                return 0
            found = {row["id"]: (row["status"], row["attempt_id"]) for row in rows}
            locked = await lock_letters(connection, found)
            letters = locked.letters.values()
            still = [letter for letter in letters if (letter.message.status, letter.message.attempt_id) == found[letter.id]]
            changes = [_change(letter, move(letter, locked.now), attempt) for letter in still]
            await settle(connection, changes, locked.lines, locked.now)
            return len(changes)

    async def _expire(self) -> int:
        """Dispatch has not said how these ended; the queue of the phone must not stand still."""
        async with transaction(self._pool, SITE) as connection:
            now = await app_now(connection)
            over = now - timedelta(seconds=self._settings.question_grace_seconds)
            rows = await connection.fetch(QUERIES["expired_questions"], over, BATCH)
            ground = await lock_lines(connection, [row["contact_point_id"] for row in rows])
            for row in rows:
                expire(ground.lines[row["contact_point_id"]].phone, row["id"], over)
            await save_lines(connection, ground.lines)
            return len(rows)

    async def _raise_calls(self) -> int:
        """Nobody called in time: it goes up to the city desk, and everybody sees it."""
        async with transaction(self._pool, SITE) as connection:
            now = await app_now(connection)
            rows = await connection.fetch(QUERIES["overdue_calls"], now, BATCH)
            locked = await connection.fetch(QUERIES["lock_calls"], [row["id"] for row in rows]) if rows else []
            before = [call_of(row) for row in locked]
            raised = [after for task in before if (after := overdue(task, now)) != task]
            if raised:
                await connection.execute(QUERIES["save_calls"], [call_row(task) for task in raised])
                await append(connection, [of_call(EventType.CALL_REQUESTED, task, now) for task in raised], source=SOURCE)
                NOTIFY_CALLS.labels("raised").inc(len(raised))
            return len(raised)

    async def _what_is_stuck(self) -> asyncpg.Record:
        grace = timedelta(seconds=self._settings.question_grace_seconds)
        async with reading(self._pool) as connection:
            (row,) = await connection.fetch(QUERIES["what_is_stuck"], grace)
        NOTIFY_OLDEST.set(row["queued_seconds"])
        NOTIFY_QUEUED.set(row["queued"])
        NOTIFY_UNKNOWN.set(row["unknown"])
        NOTIFY_CALLS_WAITING.set(row["calls"])
        NOTIFY_CALLS_OVERDUE.set(row["calls_overdue"])
        return row


def _change(letter: Letter, moved: Moved, attempt: str | None) -> Change:
    known = letter.message.attempt_id
    return Change(letter, moved, AttemptWord(known, attempt) if known and attempt else None)
