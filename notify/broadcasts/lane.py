"""The loop that hands broadcasts to the sender, and texts to many their turn: at the pace, in nobody's way. One a process."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from notify.broadcasts.handing_out import hand_out
from notify.broadcasts.turns import give_turns
from notify.letter import TO_MANY
from notify.sending.budget import Purse
from notify.sending.claims import Claimed
from notify.sending.routes import Carriers
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.security.vault import Vault

TICK_SECONDS: Final = 0.1  # while it hands out: a few at a time, so that no round holds phones or places for long


class Outlet(Protocol):
    """Who sends. The same as the consumer's."""

    def carriers(self) -> Carriers: ...

    def room(self) -> int: ...

    def take(self, claimed: Sequence[Claimed], until: float) -> None: ...


class BroadcastLane(Rounds):
    """`purse`: broadcasts leave what is spent last of a day's money to those who are waited for. `more` is called when texts to
    many have got their turn in the queue."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        outlet: Outlet,
        settings: NotifySettings,
        bell: Bell,
        *,
        purse: Purse,
        more: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            every_seconds=settings.poll_seconds, backoff=Backoff(0.1, 2.0), bell=bell, failed_as="notify.broadcast.failed"
        )
        self._pool = pool
        self._vault = vault
        self._outlet = outlet
        self._settings = settings
        self._purse = purse
        self._more = more

    async def look(self) -> float:
        began = time.monotonic()
        # From look to look: on a busy machine a look takes a while, and the pace must not suffer from it.
        return max(0.0, await self.tick() - (time.monotonic() - began))

    async def tick(self) -> float:
        """Says after how many seconds it is worth another look."""
        idle = self._settings.poll_seconds
        async with reading(self._pool) as connection:
            (found,) = await connection.fetch(QUERIES["what_the_lane_has"], list(TO_MANY))
        for broadcast_id in found["stopped"]:
            await self._withdraw(broadcast_id)
        if not (carriers := self._outlet.carriers()):
            return idle
        if found["many"] and await give_turns(self._pool, carriers, self._settings) and self._more is not None:
            self._more()
        rest = min(TICK_SECONDS, idle) if found["many"] else idle
        return min(rest, await self._hand_out(carriers)) if found["runs"] and self._purse.has_to_spare() else rest

    async def _hand_out(self, carriers: Carriers) -> float:
        idle, room = self._settings.poll_seconds, self._room()
        if room <= 0:
            return min(TICK_SECONDS, idle)
        until = self._settings.sending.send_until(time.monotonic())
        claimed, soon = await hand_out(self._pool, self._vault, carriers, self._settings, room=room)
        if claimed:
            self._outlet.take(claimed, until)
        return min(TICK_SECONDS, idle) if claimed or soon else idle

    async def _withdraw(self, broadcast_id: UUID) -> None:
        """It was stopped while these were with the sender, and they have not left after all: nobody else would look for them."""
        async with transaction(self._pool, "notify.broadcast") as connection:
            await connection.execute(QUERIES["withdraw_broadcast"], broadcast_id, await app_now(connection))

    def _room(self) -> int:
        """Of the three quarters for what comes in, one: however slow a provider is, two are free for what somebody waits for."""
        return self._outlet.room() - self._settings.in_flight // 2
