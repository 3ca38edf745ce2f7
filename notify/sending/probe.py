"""The probe: every few minutes a message to a number of ours over each provider, and how long it takes to arrive.

Its own figure, beside everything else: no row of messages, no limit, no cost, no service level. A provider that takes messages
and delivers none is seen here first, also on a night on which nobody is written to.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.handing_over import hand_over
from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, Receipt, ReceiptStatus
from notify.store import QUERIES
from notify.telling.about import NOBODYS
from shared.errors import Misconfigured
from shared.ids import uuid7
from shared.pacing import Backoff
from shared.postgres.transaction import app_now, commit_one, reading
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_PROBE_LAST, NOTIFY_PROBE_SECONDS, NOTIFY_PROBE_UP
from shared.transport.owned import Owner, Ownership

log = logger()

KIND: Final = "probe"
TEXT: Final = "TechRescue: tin kiem tra duong truyen, khong can tra loi. (Line check, no reply needed.)"
LOOK_SECONDS: Final = 0.5  # for the receipt, which may come in at another process
OWNER_SECONDS: Final = 5.0
DELIVERED: Final = "delivered"
UNDECIDED: Final = "undecided"  # this process ends before the receipt has come
ENDS: Final[Mapping[ReceiptStatus, str]] = {
    ReceiptStatus.DELIVERED: DELIVERED,
    ReceiptStatus.UNDELIVERED: "undelivered",
    ReceiptStatus.REJECTED: "undelivered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    addresses: Mapping[str, str]  # provider → a number or account of ours
    every_seconds: float = 300.0
    patience_seconds: float = 120.0  # a receipt that comes later is one too late


async def take_probe_receipts(connection: asyncpg.Connection, receipts: Sequence[Receipt]) -> None:
    """Of receipts that speak of no message. Forged ones find no probe either."""
    ended = [(one.attempt_id, one.carrier, one.carrier_ref, ENDS[one.status]) for one in receipts if one.status in ENDS]
    if ended:
        await connection.execute(QUERIES["end_probes"], *map(list, zip(*ended, strict=True)))


class Prober(Owner):
    """Any number of processes; one probes. Raises Misconfigured for a provider that is not there."""

    def __init__(self, pool: asyncpg.Pool, carriers: Sequence[Carrier], settings: ProbeSettings) -> None:
        there = {carrier.name: carrier for carrier in carriers}
        unknown = sorted(settings.addresses.keys() - there.keys())
        if unknown:
            raise Misconfigured(f"a probe for {', '.join(unknown)}, but no such provider is set up here")
        super().__init__(
            pool,
            QUERIES["try_prober_lock"],
            stand_by_seconds=OWNER_SECONDS,
            backoff=Backoff(0.5, 10.0),
            failed_as="notify.probe.failed",
        )
        self._targets = [(there[name], address) for name, address in sorted(settings.addresses.items())]
        self._settings = settings

    async def own(self, owned: Ownership) -> None:
        async with reading(self._pool) as connection:
            for row in await connection.fetch(QUERIES["last_probes"]):
                NOTIFY_PROBE_LAST.labels(row["carrier"]).set(row["at"])
        while not self._stopping and not owned.lost.is_set():
            await self.probe_all()
            self._is_well()  # not before: whoever fails after each text must not send two a second
            await self._rest(self._settings.every_seconds)

    async def probe_all(self) -> None:
        """Side by side: a provider that hangs must not hide how the others are."""
        await asyncio.gather(*(self.probe(carrier, address) for carrier, address in self._targets))

    async def probe(self, carrier: Carrier, address: str) -> str:
        """The outcome word. Raises DependencyDown, Transient: then nothing is known of the provider."""
        probe_id = uuid7()
        await commit_one(self._pool, "notify.timer", QUERIES["begin_probe"], probe_id, carrier.name)
        outcome = await self._send(carrier, address, probe_id)
        if outcome is not None:
            await commit_one(self._pool, "notify.timer", QUERIES["end_probe"], probe_id, outcome)
        outcome, seconds = await self._ended(probe_id)
        if outcome == UNDECIDED:
            return outcome
        if outcome == DELIVERED and seconds is not None:
            NOTIFY_PROBE_SECONDS.labels(carrier.name).observe(seconds)
            NOTIFY_PROBE_LAST.labels(carrier.name).set_to_current_time()
        NOTIFY_PROBE_UP.labels(carrier.name).set(outcome == DELIVERED)
        log.info("notify.probe.ended", dependency=carrier.name, outcome=outcome)
        return outcome

    async def _send(self, carrier: Carrier, address: str, probe_id: UUID) -> str | None:
        """What is known at once; None: a receipt will say it."""
        async with reading(self._pool) as connection:
            not_after = await app_now(connection) + timedelta(seconds=self._settings.patience_seconds)
        message = Outgoing(id=probe_id, to=address, text=TEXT, not_after=not_after, request_id=NOBODYS, kind=KIND)
        try:
            submission = await hand_over(carrier, message)
        except CarrierRefused:
            return "refused"
        except CarrierDown:
            return "down"
        except CarrierUncertain:
            return None if carrier.abilities.receipts else "uncertain"
        if submission.carrier_ref is not None and not carrier.abilities.names_attempts:
            await commit_one(self._pool, "notify.timer", QUERIES["name_probe"], probe_id, submission.carrier_ref)
        return None if carrier.abilities.receipts else DELIVERED  # more is never known there

    async def _ended(self, probe_id: UUID) -> tuple[str, float | None]:
        """Waits for the receipt, wherever it comes in."""
        looks = max(1, int(self._settings.patience_seconds / LOOK_SECONDS))
        for _ in range(looks):
            async with reading(self._pool) as connection:
                (row,) = await connection.fetch(QUERIES["probe_outcome"], probe_id)
            if row["outcome"] is not None:
                return row["outcome"], row["seconds"]
            if self._stopping:
                return UNDECIDED, None
            await self._rest(LOOK_SECONDS)
        await commit_one(self._pool, "notify.timer", QUERIES["end_probe"], probe_id, "lost")
        return "lost", None
