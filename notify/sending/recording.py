"""What became of sends, written down: many outcomes in one transaction, none of them twice (laws 1 and 10). Sends nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from notify.accounts.binding import tell_gone
from notify.accounts.rows import end
from notify.letter import Letter
from notify.message import Moved
from notify.sending.settlement import AttemptWord, Change, lock_letters, settle
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import transaction
from shared.security.vault import Vault
from shared.telemetry.logs import logger

log = logger()

GATHER_SECONDS: Final = 0.05  # who waits for this word: the next text to the same phone, and the lease of an offer (minutes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a send came to: how the message moves, and what is known of the attempt."""

    letter: Letter
    attempt_id: UUID
    move: Callable[[Letter, datetime], Moved]
    status: str
    carrier_ref: str | None = None
    reason: str | None = None
    ref_of: str | None = None  # the carrier whose receipts will name only `carrier_ref`
    gone: bool = False  # nobody is at this account any more


class Recorder:
    """The database away: outcomes are kept and written later; a process that dies leaves `unknown`. `more` is called when texts
    may leave that waited for the recorded ones, `told` when there are events."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: NotifySettings,
        *,
        more: Callable[[], None],
        told: Sequence[Callable[[], None]],
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._more = more
        self._told = told
        self._waiting: list[Outcome] = []
        self._bell = Bell()
        self._stopping = False

    def add(self, outcome: Outcome) -> None:
        self._waiting.append(outcome)
        self._bell.ring()

    def stop(self) -> None:
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        backoff = Backoff(0.1, 2.0)
        tries_left = 5  # after `stop`: then the leases run out and law 10 takes over
        while self._waiting or not self._stopping:
            if not self._waiting:
                await self._bell.wait(1.0)
                continue
            if not self._stopping:
                await asyncio.sleep(GATHER_SECONDS)
            batch = self._waiting[: self._settings.claim_batch]
            try:
                more = await record(self._pool, batch, self._forget)
            except (DependencyDown, Transient) as error:
                log.warning("notify.record.failed", error=type(error).__name__, waiting=len(self._waiting))
                tries_left -= self._stopping
                if tries_left <= 0:
                    return
                await self._bell.wait(backoff.delay())
            else:
                del self._waiting[: len(batch)]
                backoff.reset()
                for call in (*self._told, *([self._more] if more else [])):
                    call()

    async def _forget(self, connection: asyncpg.Connection, gone: Sequence[Outcome], now: datetime) -> None:
        """The accounts at which nobody is any more; their owners hear of it at their number."""
        refused = [(one.letter.contact_point_id, one.letter.message.channel, one.attempt_id) for one in gone]
        if ended := await end(connection, refused, now):
            await tell_gone(connection, self._vault, ended, self._settings.city, now=now)


Forget = Callable[[asyncpg.Connection, Sequence[Outcome], datetime], Awaitable[None]]


async def record(pool: asyncpg.Pool, outcomes: Sequence[Outcome], forget: Forget) -> bool:
    """What a receipt has said in the meantime stands: an outcome moves only the attempt it belongs to. True: more may leave."""
    async with transaction(pool, "notify.record") as connection:
        locked = await lock_letters(connection, [outcome.letter.id for outcome in outcomes])
        refs = [(out.ref_of, out.carrier_ref, out.attempt_id) for out in outcomes if out.ref_of and out.carrier_ref]
        if refs:
            await connection.execute(QUERIES["insert_refs"], *map(list, zip(*refs, strict=True)))
        changes = []
        for outcome in outcomes:
            letter = locked.letters.get(outcome.letter.id)
            word = AttemptWord(outcome.attempt_id, outcome.status, outcome.carrier_ref, outcome.reason)
            if letter is None:
                continue
            current = letter.message.attempt_id == outcome.attempt_id
            changes.append(Change(letter, outcome.move(letter, locked.now) if current else Moved(letter.message), word))
        more = await settle(connection, changes, locked.lines, locked.now)
        if gone := [outcome for outcome in outcomes if outcome.gone]:
            await forget(connection, gone, locked.now)
        return more or bool(gone)
