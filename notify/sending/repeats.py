"""Attempts that nobody knows of, where the same one twice is one message: said again, under the same id (law 10).

So it is asked there what became of it. A few times and ever more seldom; then what is unknown anywhere follows.
"""

import asyncio
import time
from collections.abc import Sequence
from operator import itemgetter
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.letter import Letter, letter_of
from notify.message import MessageStatus, refused, submitted
from notify.sending.claims import worded
from notify.sending.settlement import AttemptWord, Change, lock_letters, settle
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.logs import logger

WAITS: Final = (5.0, 10.0, 20.0)  # seconds before each time; all within the wait for a receipt
BATCH: Final = 50  # said again at the same moment
LOOKED_AT: Final = 10_000  # ids only; more than a provider's silence leaves within the wait for a receipt

log = logger()


class Repeats:
    """Several processes may say it again at once: it is one message there. What they remember of it may be lost."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, carriers: Sequence[Carrier], settings: NotifySettings) -> None:
        self._pool = pool
        self._vault = vault
        self._carriers = {carrier.name: carrier for carrier in carriers if carrier.abilities.repeats_safely}
        self._settings = settings
        self._said: dict[UUID, tuple[int, float]] = {}  # how often, and when again

    async def repeat(self) -> int:
        if not self._carriers:
            return 0
        async with reading(self._pool) as connection:
            now = await app_now(connection)
            names = list(self._carriers)
            unknown = await connection.fetch(QUERIES["repeatable_messages"], now, names, LOOKED_AT)
            due = self._due([row["id"] for row in unknown])
            rows = await connection.fetch(QUERIES["letters_to_repeat"], due, names) if due else []
            letters = [(letter_of(row), self._carriers[row["carrier"]]) for row in rows]
            keys = await self._vault.keys(connection, {letter.key_id for letter, _ in letters})
        again = [(letter, carrier, key) for letter, carrier in letters if (key := keys.get(letter.key_id))]
        # One that hangs holds up no other, and one that fails takes no other's answer with it.
        ends = await asyncio.gather(*(self._say_again(*one) for one in again), return_exceptions=True)
        for (letter, carrier, _), end in zip(again, ends, strict=True):
            if isinstance(end, BaseException):
                log.error("notify.repeat.failed", message_id=letter.id, carrier=carrier.name, error=type(end).__name__)
        return sum(end for end in ends if isinstance(end, int))

    def _due(self, unknown: Sequence[UUID]) -> list[UUID]:
        """By message: those whose turn was first, so that others come while some stay unknown. What no longer is is forgotten."""
        now, before = time.monotonic(), self._said
        self._said = {id_: before.get(id_, (0, now + WAITS[0])) for id_ in unknown}
        turns = [(at, id_) for id_, (times, at) in self._said.items() if at <= now and times < len(WAITS)]
        due = [id_ for _, id_ in sorted(turns, key=itemgetter(0))[:BATCH]]
        for id_ in due:
            times = self._said[id_][0] + 1
            self._said[id_] = (times, now + (WAITS[times] if times < len(WAITS) else 0.0))
        return due

    async def _say_again(self, letter: Letter, carrier: Carrier, key: DataKey) -> int:
        outgoing = _as_before(letter, carrier, key, self._settings)
        if outgoing is None:
            return 0
        try:
            submission = await carrier.send(outgoing)
        except CarrierRefused as refusal:  # it has not had it before either
            if not refusal.permanent:
                return 0
            await self._believe(letter, outgoing.id, AttemptWord(outgoing.id, "undelivered", None, "refused"))
        except (CarrierDown, CarrierUncertain):
            return 0
        else:
            await self._believe(letter, outgoing.id, AttemptWord(outgoing.id, "submitted", submission.carrier_ref))
        return 1

    async def _believe(self, letter: Letter, attempt_id: UUID, word: AttemptWord) -> None:
        """Unless somebody has told meanwhile."""
        async with transaction(self._pool, "notify.timer") as connection:
            locked = await lock_letters(connection, [letter.id])
            now_is = locked.letters.get(letter.id)
            if now_is is None or (now_is.message.attempt_id, now_is.message.status) != (attempt_id, MessageStatus.UNKNOWN):
                return
            if word.status == "submitted":
                moved = submitted(now_is.message, locked.now)
            else:
                moved = refused(now_is.message, locked.now, self._settings.sending, permanent=True)
            await settle(connection, [Change(now_is, moved, word)], locked.lines, locked.now)


def _as_before(letter: Letter, carrier: Carrier, key: DataKey, settings: NotifySettings) -> Outgoing | None:
    """The same words to the same number; None: nothing is left to say."""
    message, address, body = letter.message, letter.sealed_address, letter.sealed_body
    if message.attempt_id is None or address is None or body is None:
        return None
    text = key.open(body, purpose="text").decode()
    return Outgoing(
        id=message.attempt_id,
        to=key.open(address, purpose="phone").decode(),
        text=worded(text, carrier.abilities, settings, letter),
        not_after=message.not_after,
        request_id=letter.request_id,
        kind=letter.purpose,
    )
