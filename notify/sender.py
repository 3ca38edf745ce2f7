"""To the carrier: what the consumer claimed, and what waits in the queue; sent outside any transaction (laws 1 and 10)."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain
from notify.claims import Carriers, Claimed, claim
from notify.letter import Letter
from notify.message import Moved, lost, not_taken, refused, submitted
from notify.outage import Outage
from notify.recording import Outcome, Recorder
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.crash import crash_point
from shared.errors import DependencyDown, Transient
from shared.events.contract import ChannelKind
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import reading
from shared.security.vault import Vault
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_SEND_SECONDS, NOTIFY_SENDS

log = logger()

OUTAGE_LOOK_SECONDS: Final = 0.1  # while a carrier is away: when to try again is a question of half seconds


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
        self._recorder = Recorder(pool, settings, more=bell.ring, told=wake)
        self._sends: asyncio.TaskGroup | None = None  # while it runs
        self._in_flight = 0
        self._full = False  # the queue was not looked at for want of room
        self._outages = {channel: Outage(settings) for channel in carriers}
        self._stopping = False

    def wake(self) -> None:
        self._bell.ring()

    def stop(self) -> None:
        self._stopping = True
        self._bell.ring()

    def carriers(self) -> Carriers:
        """For the consumer: who would take a text at once. A carrier that was away is tried by the queue first."""
        if self._stopping or self._sends is None:
            return {}
        return {channel: carrier.name for channel, carrier in self._carriers.items() if self._outages[channel].is_over()}

    def room(self) -> int:
        """Half of the places: what is urgent in the queue must not stand behind what has just come in."""
        return max(0, self._settings.in_flight // 2 - self._in_flight)

    def take(self, claimed: Sequence[Claimed], until: float) -> None:
        """Each of another phone, claimed and committed. A sender that has ended leaves them to their leases (law 10)."""
        if self._sends is not None:
            for one in claimed:
                self._start(self._sends, [one], until)

    async def run(self) -> None:
        """An error nobody foresaw, in a send or in recording, ends the loop loudly; the leases say what is unknown then."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._recorder.run())
            try:
                async with asyncio.TaskGroup() as sends:
                    self._sends = sends
                    await self._claim_all(sends)
            finally:
                self._sends = None
                self._recorder.stop()

    async def _claim_all(self, sends: asyncio.TaskGroup) -> None:
        backoff, look = Backoff(0.1, 2.0), True
        while not self._stopping:
            try:
                if look and await self._claim(sends):
                    continue
                look = await self._rung()
                backoff.reset()
            except (DependencyDown, Transient) as error:
                log.warning("notify.claim.failed", error=type(error).__name__)
                await self._bell.wait(backoff.delay())
                look = True

    async def _rung(self) -> bool:
        """Is it worth a claim? Somebody rang; or, asked cheaply, a clock or another process has left us something."""
        if not all(outage.is_over() for outage in self._outages.values()):
            await self._bell.wait(min(OUTAGE_LOOK_SECONDS, self._settings.poll_seconds))
            return True
        if await self._bell.wait(self._settings.poll_seconds):
            return True
        async with reading(self._pool) as connection:
            return bool(await connection.fetchval(QUERIES["something_waits"]))

    async def _claim(self, sends: asyncio.TaskGroup) -> bool:
        """True: there may be more right now."""
        channels = [channel for channel, outage in self._outages.items() if outage.may_try()]
        room = self._room(testing=any(self._outages[channel].testing for channel in channels))
        self._full = room <= 0
        if not channels or self._full:
            return False
        carriers = {channel: self._carriers[channel].name for channel in channels}
        until = self._settings.sending.send_until(time.monotonic())
        found = await claim(self._pool, self._vault, carriers, self._settings, limit=room)
        in_turn: dict[UUID, list[Claimed]] = {}  # keeps the order of the claim: the most urgent begins first
        for one in found.claimed:
            in_turn.setdefault(one.letter.contact_point_id, []).append(one)
        for same_phone in in_turn.values():
            self._start(sends, same_phone, until)
        return found.looked_at >= room

    def _room(self, *, testing: bool) -> int:
        """Claims of half a batch and more: a claim for every single send that ends would be a commit for each."""
        if testing:
            return 0 if self._in_flight else 1  # one message finds out whether the carrier is back
        room = min(self._settings.in_flight - self._in_flight, self._settings.claim_batch)
        worth_it = min(self._settings.claim_batch, self._settings.in_flight) // 2
        return room if room >= worth_it else 0

    def _start(self, sends: asyncio.TaskGroup, in_turn: Sequence[Claimed], until: float) -> None:
        self._in_flight += len(in_turn)
        sends.create_task(self._send_in_turn(in_turn, until))

    async def _send_in_turn(self, claimed: Sequence[Claimed], until: float) -> None:
        """Texts of one phone one after the other, in the order they were queued."""
        for one in claimed:
            try:
                outcome = await self._send(one, until)
            finally:
                self._in_flight -= 1
            self._recorder.add(outcome)
        if self._full:
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
            self._is_back(outage)
            outcome = _outcome(one, lambda letter, now: submitted(letter.message, now), "submitted", submission.carrier_ref)
        NOTIFY_SENDS.labels(carrier.name, outcome.reason or outcome.status).inc()
        NOTIFY_SEND_SECONDS.labels(carrier.name).observe(time.perf_counter() - started)
        return outcome

    def _is_back(self, outage: Outage) -> None:
        if not outage.is_over():
            self._bell.ring()  # the queue has waited for this
        outage.over()

    def _refused(self, one: Claimed, refusal: CarrierRefused) -> Outcome:
        rules, permanent = self._settings.sending, refusal.permanent
        self._is_back(self._outages[one.letter.message.channel])
        found = _outcome(one, lambda letter, now: refused(letter.message, now, rules, permanent=permanent), "undelivered")
        return replace(found, reason="refused")

    def _back(self, one: Claimed, reason: str) -> Outcome:
        """It surely did not leave: the attempt does not count, and the queue has it again."""
        found = _outcome(one, lambda letter, now: not_taken(letter.message, now + timedelta(seconds=0.1)), "not_sent")
        return replace(found, reason=reason)


def _outcome(one: Claimed, move: Callable[[Letter, datetime], Moved], status: str, carrier_ref: str | None = None) -> Outcome:
    return Outcome(one.letter, one.outgoing.id, move, status, carrier_ref)
