"""From the queue to the carrier: claim a batch, send outside any transaction, record what came of it (laws 1 and 10)."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.claims import Claimed, claim
from notify.letter import Letter
from notify.message import Moved, lost, not_taken, refused, submitted
from notify.settings import NotifySettings
from notify.settlement import AttemptWord, Change, lock_letters, settle
from shared.crash import crash_point
from shared.errors import DependencyDown, Transient
from shared.events.contract import ChannelKind
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import Vault
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_SEND_SECONDS, NOTIFY_SENDS

log = logger()

LEASE_MARGIN: Final = 0.5  # of the lease must be left when a send begins: it must end, and be recorded, within


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a send came to: how the message moves, and what is known of the attempt."""

    letter: Letter
    attempt_id: UUID
    move: Callable[[Letter, datetime], Moved]
    status: str
    carrier_ref: str | None = None
    reason: str | None = None


class Sender:
    """One a process; any number of processes. `stop` lets the sends under way end and be recorded."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        carriers: Mapping[ChannelKind, Carrier],
        settings: NotifySettings,
        bell: Bell,
        *,
        wake: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._carriers = carriers
        self._settings = settings
        self._bell = bell
        self._recorder = _Recorder(pool, settings, wake)
        self._in_flight = 0
        self._outages = {channel: _Outage(settings) for channel in carriers}
        self._stopping = False

    def wake(self) -> None:
        self._bell.ring()

    def stop(self) -> None:
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        """An error nobody foresaw, in a send or in recording, ends the loop loudly; the leases say what is unknown then."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._recorder.run())
            try:
                async with asyncio.TaskGroup() as sends:
                    await self._claim_all(sends)
            finally:
                self._recorder.stop()

    async def _claim_all(self, sends: asyncio.TaskGroup) -> None:
        backoff = Backoff(0.1, 2.0)
        while not self._stopping:
            try:
                claimed = await self._claim(sends)
                backoff.reset()
            except (DependencyDown, Transient) as error:
                log.warning("notify.claim.failed", error=type(error).__name__)
                await self._bell.wait(backoff.delay())
                continue
            if not claimed:
                await self._bell.wait(self._settings.poll_seconds)

    async def _claim(self, sends: asyncio.TaskGroup) -> bool:
        """True: there may be more right now."""
        channels = [channel for channel, outage in self._outages.items() if outage.may_try()]
        room = self._room(testing=any(self._outages[channel].testing for channel in channels))
        if not channels or room <= 0:
            return False
        carriers = {channel: self._carriers[channel].name for channel in channels}
        until = time.monotonic() + self._settings.sending.lease_seconds * (1 - LEASE_MARGIN)
        found = await claim(self._pool, self._vault, carriers, self._settings, limit=room)
        for _, same_phone in groupby(sorted(found.claimed, key=_phone), key=_phone):
            in_turn = list(same_phone)
            self._in_flight += len(in_turn)
            sends.create_task(self._send_in_turn(in_turn, until))
        return found.looked_at >= room

    def _room(self, *, testing: bool) -> int:
        """Claims of half a batch and more: a claim for every single send that ends would be a commit for each."""
        if testing:
            return 0 if self._in_flight else 1  # one message finds out whether the carrier is back
        room = min(self._settings.in_flight - self._in_flight, self._settings.claim_batch)
        worth_it = min(self._settings.claim_batch, self._settings.in_flight) // 2
        return room if room >= worth_it else 0

    async def _send_in_turn(self, claimed: Sequence[Claimed], until: float) -> None:
        """Texts of one phone one after the other, in the order they were queued."""
        for one in claimed:
            try:
                outcome = await self._send(one, until)
            finally:
                self._in_flight -= 1
            self._recorder.add(outcome)
        self._bell.ring()

    async def _send(self, one: Claimed, until: float) -> Outcome:
        carrier, outage = self._carriers[one.letter.message.channel], self._outages[one.letter.message.channel]
        if time.monotonic() > until or not outage.may_go_on():
            NOTIFY_SENDS.labels(carrier.name, "skipped").inc()
            return self._back(one, "skipped")
        started = time.perf_counter()
        try:
            crash_point("notify.send", "before")
            submission = await carrier.send(one.outgoing)
            crash_point("notify.send", "after")
        except CarrierRefused as refusal:
            outcome = self._refused(one, refusal)
        except CarrierDown:
            outage.began()
            outcome = self._back(one, "down")
        except CarrierUncertain:
            outcome = _outcome(one, lambda letter, now: lost(letter.message, now, self._settings.sending), "unknown")
        else:
            outage.over()
            outcome = _outcome(one, lambda letter, now: submitted(letter.message, now), "submitted", submission.carrier_ref)
        NOTIFY_SENDS.labels(carrier.name, outcome.reason or outcome.status).inc()
        NOTIFY_SEND_SECONDS.labels(carrier.name).observe(time.perf_counter() - started)
        return outcome

    def _refused(self, one: Claimed, refusal: CarrierRefused) -> Outcome:
        rules, permanent = self._settings.sending, refusal.permanent
        self._outages[one.letter.message.channel].over()
        found = _outcome(one, lambda letter, now: refused(letter.message, now, rules, permanent=permanent), "undelivered")
        return replace(found, reason="refused")

    def _back(self, one: Claimed, reason: str) -> Outcome:
        """It surely did not leave: the attempt does not count, and the queue has it again."""
        found = _outcome(one, lambda letter, now: not_taken(letter.message, now + timedelta(seconds=0.1)), "not_sent")
        return replace(found, reason=reason)


class _Outage:
    """A carrier that is away: nothing is sent for a while, then one message tries."""

    def __init__(self, settings: NotifySettings) -> None:
        self._backoff = Backoff(settings.down_first_seconds, settings.down_last_seconds)
        self._until = 0.0
        self.testing = False

    def may_try(self) -> bool:
        return time.monotonic() >= self._until

    def may_go_on(self) -> bool:
        return self.testing or self._until == 0.0

    def began(self) -> None:
        if time.monotonic() >= self._until:  # the sends that were under way together are one outage
            self._until = time.monotonic() + self._backoff.delay()
            self.testing = True

    def over(self) -> None:
        self._backoff.reset()
        self._until, self.testing = 0.0, False


class _Recorder:
    """Writes outcomes in batches. The database away: they are kept and written later; a process that dies leaves `unknown`."""

    def __init__(self, pool: asyncpg.Pool, settings: NotifySettings, wake: Sequence[Callable[[], None]]) -> None:
        self._pool = pool
        self._settings = settings
        self._wake = wake
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
            batch = self._waiting[: self._settings.claim_batch]
            try:
                await record(self._pool, batch)
            except (DependencyDown, Transient) as error:
                log.warning("notify.record.failed", error=type(error).__name__, waiting=len(self._waiting))
                tries_left -= self._stopping
                if tries_left <= 0:
                    return
                await self._bell.wait(backoff.delay())
            else:
                del self._waiting[: len(batch)]
                backoff.reset()
                for wake in self._wake:
                    wake()


async def record(pool: asyncpg.Pool, outcomes: Sequence[Outcome]) -> None:
    """What a receipt has said in the meantime stands: an outcome moves only the attempt it belongs to."""
    async with transaction(pool, "notify.record") as connection:
        now = await app_now(connection)
        letters, lines = await lock_letters(connection, [outcome.letter.id for outcome in outcomes], now)
        changes = []
        for outcome in outcomes:
            letter = letters.get(outcome.letter.id)
            word = AttemptWord(outcome.attempt_id, outcome.status, outcome.carrier_ref, outcome.reason)
            if letter is None:
                continue
            current = letter.message.attempt_id == outcome.attempt_id
            changes.append(Change(letter, outcome.move(letter, now) if current else Moved(letter.message), word))
        await settle(connection, changes, lines, now)


def _outcome(one: Claimed, move: Callable[[Letter, datetime], Moved], status: str, carrier_ref: str | None = None) -> Outcome:
    return Outcome(one.letter, one.outgoing.id, move, status, carrier_ref)


def _phone(claimed: Claimed) -> UUID:
    return claimed.letter.contact_point_id


__all__ = ["Outcome", "Outgoing", "Sender", "record"]
