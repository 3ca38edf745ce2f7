"""The carrier of the embedded profile: it plays the mobile network and all phones, on rows of its own schema `carrier`.

It stands for somebody else's machines, so it keeps what those would keep: texts and numbers in clear. That is why it exists in
the embedded and test profiles only, and why nothing but `/dev/messages` reads that schema. A delivery is committed in its own
transaction before `send` returns: what a killed process sent twice is there twice, for tests to find.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from notify.channels.batches import Batches
from notify.channels.port import (
    Abilities,
    Arrivals,
    CarrierDown,
    CarrierRefused,
    CarrierUncertain,
    Outgoing,
    Receipt,
    ReceiptStatus,
    Submission,
)
from shared.errors import DependencyDown, Transient
from shared.events.contract import ChannelKind
from shared.postgres.queries import load_queries
from shared.postgres.transaction import reading, transaction
from shared.rounds import Rounds

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
POLL_SECONDS: Final = 0.05
BATCH: Final = 200
_OUTCOMES: Final = {
    "delivered": ReceiptStatus.DELIVERED,
    "undelivered": ReceiptStatus.UNDELIVERED,
    "rejected": ReceiptStatus.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """How bad the network is today. Rates are shares from 0 to 1; `numbers` name phones that behave like that every time."""

    latency_seconds: float = 0.0
    refused_rate: float = 0.0  # the provider says no, for good
    down_rate: float = 0.0  # connection refused: surely not sent
    uncertain_rate: float = 0.0  # delivered, but the answer is lost
    undelivered_rate: float = 0.0  # taken over, then the phone was never reached
    receipt_delay_seconds: float = 0.2
    receipt_missing_rate: float = 0.0
    receipt_doubled_rate: float = 0.0
    receipt_reversed_rate: float = 0.0  # "delivered" before "accepted", as Kannel does at times
    can_be_asked: bool = True  # False: behave like Kannel
    refused_numbers: frozenset[str] = frozenset()
    undelivered_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Delivery:
    message: Outgoing
    outcome: str


class SimulatedCarrier(Rounds):
    """A Carrier, and a loop that hands out the receipts that are due. `knobs` may be replaced at any time."""

    name = "simulated"
    channel = ChannelKind.SMS

    def __init__(self, pool: asyncpg.Pool, arrivals: Arrivals, *, knobs: Knobs | None = None, seed: int = 1) -> None:
        super().__init__(every_seconds=POLL_SECONDS)
        self.knobs = knobs or Knobs()
        self._pool = pool
        self._arrivals = arrivals
        self._chance = random.Random(seed)  # noqa: S311 - weather, not secrets
        self._batches = Batches(self._deliver, limit=BATCH)

    @property
    def abilities(self) -> Abilities:
        asked = self.knobs.can_be_asked
        return Abilities(channel=ChannelKind.SMS, two_way=True, can_be_asked=asked, names_attempts=True)

    async def send(self, message: Outgoing) -> Submission:
        knobs = self.knobs
        if knobs.latency_seconds:
            await asyncio.sleep(knobs.latency_seconds)
        if self._happens(knobs.down_rate):
            raise CarrierDown
        if message.to in knobs.refused_numbers or self._happens(knobs.refused_rate):
            raise CarrierRefused("bad_number", permanent=True)
        reached = message.to not in knobs.undelivered_numbers and not self._happens(knobs.undelivered_rate)
        try:
            await self._batches.put(_Delivery(message, "delivered" if reached else "undelivered"))
        except (DependencyDown, Transient) as error:
            raise CarrierUncertain from error  # the COMMIT may have happened
        if self._happens(knobs.uncertain_rate):
            raise CarrierUncertain
        return Submission(carrier_ref=f"sim-{message.id}")

    async def ask(self, attempt_id: UUID) -> ReceiptStatus | None:
        try:
            async with reading(self._pool) as connection:
                outcome = await connection.fetchval(QUERIES["read_outcome"], attempt_id)
        except DependencyDown as error:
            raise CarrierDown from error
        return None if outcome is None else _OUTCOMES[outcome]

    async def look(self) -> float | None:
        """The database away: nothing is due, it goes on later."""
        return 0 if await self.hand_out_receipts() else None

    async def hand_out_receipts(self) -> int:
        """Told first, forgotten afterwards: a kill in between doubles a receipt, which must be harmless."""
        async with reading(self._pool) as connection:
            due = await connection.fetch(QUERIES["read_due_receipts"])
        for row in due:
            receipt = Receipt(carrier=self.name, attempt_id=row["attempt_id"], status=ReceiptStatus(row["status"]))
            await self._arrivals.take_receipt(receipt)
        if due:
            async with transaction(self._pool, "carrier.deliver") as connection:
                await connection.execute(QUERIES["forget_receipts"], [row["id"] for row in due])
        return len(due)

    async def _deliver(self, deliveries: list[_Delivery]) -> None:
        """One commit for all sends that wait: many phones ring at once."""
        async with transaction(self._pool, "carrier.deliver") as connection:
            outcomes = await connection.fetch(QUERIES["lay_down_messages"], *_columns(deliveries, self.channel))
            owed = [entry for row in outcomes for entry in self._receipts(row["attempt_id"], _OUTCOMES[row["outcome"]])]
            if owed:
                await connection.execute(QUERIES["owe_receipts"], *map(list, zip(*owed, strict=True)))

    def _receipts(self, attempt_id: UUID, final: ReceiptStatus) -> list[tuple[UUID, str, float]]:
        """When which receipt comes, by today's weather."""
        knobs = self.knobs
        if not self.abilities.receipts or self._happens(knobs.receipt_missing_rate):
            return []
        statuses = [ReceiptStatus.ACCEPTED, final]
        if self._happens(knobs.receipt_reversed_rate):
            statuses.reverse()
        if self._happens(knobs.receipt_doubled_rate):
            statuses += statuses
        return [(attempt_id, str(status), knobs.receipt_delay_seconds * (n + 1)) for n, status in enumerate(statuses)]

    def _happens(self, rate: float) -> bool:
        return rate > 0 and self._chance.random() < rate


class SimulatedChat(SimulatedCarrier):
    """A chat with buttons on the same rows: like Telegram it tells by no receipt what became of a message. No loop of its own."""

    name = "simulated_chat"
    channel = ChannelKind.TELEGRAM

    @property
    def abilities(self) -> Abilities:
        asked = self.knobs.can_be_asked
        return Abilities(
            channel=self.channel, two_way=True, buttons=True, receipts=False, can_be_asked=asked, names_attempts=True
        )


class SimulatedZalo(SimulatedChat):
    """The same, where people write to an Official Account."""

    name = "simulated_zalo"
    channel = ChannelKind.ZALO


SIMULATED_CHATS: Final = {one.channel: one for one in (SimulatedChat, SimulatedZalo)}


def _columns(deliveries: list[_Delivery], channel: ChannelKind) -> list[list[object]]:
    fields: list[Callable[[_Delivery], object]] = [
        lambda d: d.message.id,
        lambda d: d.message.to,
        lambda _: channel,
        lambda d: d.message.text,
        lambda d: d.message.request_id,
        lambda d: d.message.kind,
        lambda d: d.outcome,
        lambda d: d.message.not_after,
    ]
    return [[field(delivery) for delivery in deliveries] for field in fields]
