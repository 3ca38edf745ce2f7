"""To the carrier: what the consumer claimed, and what waits in the queue; sent outside any transaction (laws 1 and 10)."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.handing_over import hand_over
from notify.channels.port import Carrier, CarrierBroken, CarrierDown, CarrierRefused, CarrierUncertain
from notify.letter import Letter
from notify.message import Moved, lost, not_taken, refused, submitted, turned_away
from notify.sending.budget import Purse
from notify.sending.claims import Claimed, claim
from notify.sending.ladder import BY_NUMBER
from notify.sending.outage import Outage
from notify.sending.recording import Outcome, Recorder
from notify.sending.routes import Carriers, Route
from notify.sending.scout import Scout, Way
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.crash import crash_point
from shared.events.contract import ChannelKind
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import reading
from shared.rounds import Rounds
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_COST, NOTIFY_SEND_SECONDS, NOTIFY_SENDS

OUTAGE_LOOK_SECONDS: Final = 0.1  # while a carrier is away: when to try again is a question of half seconds


class Sender(Rounds):
    """One a process; any number of processes. `stop` lets the sends under way end and be recorded."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        carriers: Sequence[Carrier],
        settings: NotifySettings,
        bell: Bell,
        *,
        wake: Sequence[Callable[[], None]] = (),
        purse: Purse | None = None,  # None: money is no object
        own_addresses: Mapping[str, str] | None = None,  # provider → a number or account of ours
    ) -> None:
        super().__init__(
            every_seconds=settings.poll_seconds, backoff=Backoff(0.1, 2.0), bell=bell, failed_as="notify.claim.failed"
        )
        self._pool = pool
        self._purse = purse
        self._vault = vault
        self._ways = {carrier.name: Way(carrier, Outage(carrier.name, settings)) for carrier in carriers}
        self._settings = settings
        self._recorder = Recorder(pool, vault, settings, more=bell.ring, told=wake)
        self._scout = Scout(own_addresses or {}, settings, found=bell.ring)
        self._sends: asyncio.TaskGroup | None = None  # while it runs
        self._in_flight = 0
        self._full = False  # the queue was not looked at for want of room
        self._looked_at = 0.0

    def carriers(self) -> Carriers:
        """For the consumer: who would take a text at once. A carrier that was away is tried by the queue first."""
        if self._stopping or self._sends is None:
            return {}
        return self._routes(probing=False)

    def shut_seconds(self, *, asks: bool = False) -> Mapping[ChannelKind, float]:
        """Of each channel, for how long no route of it has taken anything; 0: one does. `asks`: no question, which needs a route
        that can be answered; infinite where there is none."""
        found: dict[ChannelKind, float] = {}
        for way in self._ways.values():
            abilities = way.carrier.abilities
            able = not asks or abilities.two_way or self._settings.answer_to is not None
            shut = way.outage.shut_seconds() if able else math.inf
            found[abilities.channel] = min(shut, found.get(abilities.channel, math.inf))
        return found

    def room(self) -> int:
        """Three quarters of the places: what is urgent in the queue must not stand behind what has just come in."""
        return max(0, self._settings.in_flight * 3 // 4 - self._in_flight)

    def take(self, claimed: Sequence[Claimed], until: float) -> None:
        """Each of another phone, claimed and committed. A sender that has ended leaves them to their leases (law 10)."""
        if self._sends is not None:
            for one in claimed:
                self._start(self._sends, [one], until)

    async def run(self) -> None:
        """An error nobody foresaw, in a claim or in recording, ends the loop loudly; the leases say what is unknown then. In
        a send it is that one text's alone (`hand_over`)."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._recorder.run())
            try:
                async with asyncio.TaskGroup() as sends:
                    self._sends = sends
                    await super().run()
            finally:
                self._sends = None
                self._recorder.stop()

    async def look(self) -> float | None:
        sends = self._sends
        if sends is not None and (self._called or await self._is_worth_a_claim()) and await self._claim(sends):
            return 0
        return min(OUTAGE_LOOK_SECONDS, self._settings.poll_seconds) if self._is_troubled() else None

    def _is_troubled(self) -> bool:
        return not all(way.outage.is_over() for way in self._ways.values())

    async def _is_worth_a_claim(self) -> bool:
        """Nobody rang. But a clock or another process may have left us something; asked cheaply."""
        if any(way.outage.may_probe() for way in self._ways.values()):
            return True
        if self._is_troubled() and time.monotonic() < self._looked_at + self._settings.poll_seconds:
            return False
        self._looked_at = time.monotonic()
        async with reading(self._pool) as connection:
            return bool(await connection.fetchval(QUERIES["something_waits"]))

    async def _claim(self, sends: asyncio.TaskGroup) -> bool:
        """True: there may be more right now."""
        routes = self._routes(probing=True)
        for way in self._ways.values():
            if self._scout.is_wanted(way):
                sends.create_task(self._scout.find_out(way))
        served = {channel: ways for channel, ways in routes.items() if not all(route.probe for route in ways)}
        away = {channel: ways for channel, ways in routes.items() if channel not in served}
        for channel, ways in away.items():  # one message each finds out whether the carrier is back
            await self._claim_over({channel: ways}, len(ways), sends, probing=True)
        room = self._room()
        self._full = room <= 0
        return bool(served) and not self._full and await self._claim_over(served, room, sends)

    async def _claim_over(self, carriers: Carriers, room: int, sends: asyncio.TaskGroup, *, probing: bool = False) -> bool:
        until = self._settings.sending.send_until(time.monotonic())
        purse = self._purse
        found = await claim(self._pool, self._vault, carriers, self._settings, limit=room, purse=purse, probing=probing)
        in_turn: dict[UUID, list[Claimed]] = {}  # keeps the order of the claim: the most urgent begins first
        for one in found.claimed:
            if one.via.probe:
                self._ways[one.via.name].outage.probe_begins()
            in_turn.setdefault(one.letter.contact_point_id, []).append(one)
        for same_phone in in_turn.values():
            self._start(sends, same_phone, until)
        return found.looked_at >= room

    def _routes(self, *, probing: bool) -> Carriers:
        """Of each channel, in the order of the deployment; with `probing` also those that are due to be tried."""
        found: dict[ChannelKind, list[Route]] = defaultdict(list)
        for name, way in self._ways.items():
            is_open, abilities = way.outage.is_over(), way.carrier.abilities
            if is_open or (probing and way.outage.may_probe()):
                found[abilities.channel].append(Route(name, abilities, probe=not is_open))
        return found

    def _room(self) -> int:
        """Claims of half a batch and more: a claim for every single send that ends would be a commit for each."""
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
                if one.via.probe:
                    self._ways[one.via.name].outage.probe_ended()
            self._recorder.add(outcome)
        if self._full:
            self._bell.ring()

    async def _send(self, one: Claimed, until: float) -> Outcome:
        carrier, outage, probe = self._ways[one.via.name].carrier, self._ways[one.via.name].outage, one.via.probe
        if time.monotonic() > until or not (probe or outage.is_over()):
            NOTIFY_SENDS.labels(carrier.name, "skipped").inc()
            return self._back(one, "skipped")
        started = time.perf_counter()
        try:
            crash_point("notify.send", "before")
            submission = await hand_over(carrier, one.outgoing, message_id=one.letter.id)
            crash_point("notify.send", "after")
        except CarrierRefused as refusal:
            outcome = self._refused(one, refusal, outage)
        except CarrierDown as away:
            outage.began(away.reason, away.retry_after_seconds)
            outcome = self._back(one, "down")
        except CarrierUncertain as end:
            if not carrier.abilities.many_services:
                outage.went_wrong(probe=probe)
            outcome = _outcome(one, lambda letter, now: lost(letter.message, now, self._settings.sending), "unknown")
            outcome = replace(outcome, reason="broken" if isinstance(end, CarrierBroken) else None)
        else:
            if outage.answered(probe=probe):
                self._bell.ring()  # the queue has waited for this
            outcome = _outcome(one, lambda letter, now: submitted(letter.message, now), "submitted", submission.carrier_ref)
            outcome = outcome if one.via.abilities.names_attempts else replace(outcome, ref_of=carrier.name)
        NOTIFY_SENDS.labels(carrier.name, outcome.reason or outcome.status).inc()
        if one.cost_vnd and outcome.status in {"submitted", "unknown"}:
            NOTIFY_COST.labels(carrier.name).inc(one.cost_vnd)
        NOTIFY_SEND_SECONDS.labels(carrier.name).observe(time.perf_counter() - started)
        return outcome

    def _refused(self, one: Claimed, refusal: CarrierRefused, outage: Outage) -> Outcome:
        rules, permanent = self._settings.sending, refusal.permanent
        counts = not one.via.abilities.many_services
        if counts and outage.refused(one.letter.contact_point_id, refusal, probe=one.via.probe):
            self._bell.ring()
        if refusal.of_the_route and one.elsewhere:
            found = _outcome(one, lambda letter, now: turned_away(letter.message, now), "undelivered")
        else:
            found = _outcome(one, lambda letter, now: refused(letter.message, now, rules, permanent=permanent), "undelivered")
        return replace(found, reason="refused", gone=refusal.gone and one.via.abilities.channel not in BY_NUMBER)

    def _back(self, one: Claimed, reason: str) -> Outcome:
        """It surely did not leave: the attempt does not count, and the queue has it again."""
        found = _outcome(one, lambda letter, now: not_taken(letter.message, now + timedelta(seconds=0.1)), "not_sent")
        return replace(found, reason=reason)


def _outcome(one: Claimed, move: Callable[[Letter, datetime], Moved], status: str, carrier_ref: str | None = None) -> Outcome:
    return Outcome(one.letter, one.outgoing.id, move, status, carrier_ref)
