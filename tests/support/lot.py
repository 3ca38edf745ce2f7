"""Thousands of texts over two ailing routes: providers, the networks between, the weather, and the post with receipts."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from notify.callbacks.arrivals import Desk
from notify.channels.http_provider import Patience
from notify.channels.port import Abilities, Carrier, Outgoing, Receipt, ReceiptStatus, Submission
from notify.channels.twilio import open_twilio
from shared.errors import DependencyDown, Transient
from tests.support.eventually import eventually
from tests.support.faulty_provider import DOUBTFUL, Fault, FaultyProvider, faulty_provider
from tests.support.lone_sender import twilio_at
from tests.support.toxiproxy import Network, Toxic, toxiproxy

PATIENCE: Final = Patience(connect_seconds=0.5, answer_seconds=0.5)
# Of a thousand requests to the first provider so many end so; the others well.
FIRST: Final = {
    Fault.LIES: 20,
    Fault.SILENT: 15,
    Fault.HANGS_UP: 20,
    Fault.DRIPS: 10,
    Fault.POURS: 10,
    Fault.PAGE: 15,
    Fault.BROKEN: 15,
    Fault.BROKEN_BEFORE: 15,
    Fault.AWAY: 3,
    Fault.THROTTLED: 3,
    Fault.THROTTLED_FOR: 1,
    Fault.REFUSED: 20,
}
SECOND: Final = {Fault.HANGS_UP: 5, Fault.BROKEN: 5, Fault.THROTTLED: 2, Fault.REFUSED: 20}
# What the network to the first provider does, one after the other.
ILLS: Final[Sequence[tuple[Toxic, ...]]] = (
    (),
    (Toxic("latency", attributes=(("latency", 60), ("jitter", 60))),),
    (Toxic("slicer", attributes=(("average_size", 20), ("size_variation", 10), ("delay", 500))),),
    (Toxic("limit_data", toxicity=0.2, attributes=(("bytes", 30),)),),  # the answer is cut off
    (Toxic("limit_data", "upstream", 0.2, (("bytes", 200),)),),  # the request is
    (Toxic("timeout", toxicity=0.2),),  # half open: taken, and no answer ever comes
    (Toxic("timeout", "upstream", 0.2),),  # half open: nothing ever arrives
    (Toxic("reset_peer", toxicity=0.2, attributes=(("timeout", 5),)),),
    (Toxic("timeout", attributes=(("timeout", 100),)),),  # hangs up on everybody: the breaker's turn
)


class Named:
    """A Carrier under another name: two accounts with the same kind of provider."""

    def __init__(self, name: str, carrier: Carrier) -> None:
        self.name = name
        self._carrier = carrier

    @property
    def abilities(self) -> Abilities:
        return self._carrier.abilities

    async def send(self, message: Outgoing) -> Submission:
        return await self._carrier.send(message)


@dataclass
class Lot:
    """`providers`, `networks` and `carriers` are by name, the preferred one first."""

    luck: random.Random
    providers: dict[str, FaultyProvider] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    carriers: list[Carrier] = field(default_factory=list)
    brought: int = 0  # receipts
    put_off: int = 0  # receipts that were told to come again

    @property
    def asked(self) -> int:
        return sum(provider.asked for provider in self.providers.values())

    def taken(self) -> set[UUID]:
        return {attempt for provider in self.providers.values() for attempt in provider.taken()}

    def left_in_doubt(self) -> int:
        """Requests whose end a provider itself has kept from us, or has taken for a failure of its own."""
        return sum(fault in DOUBTFUL for provider in self.providers.values() for fault in provider.met.values())

    def phones(self) -> set[str]:
        return {phone for provider in self.providers.values() for phone in provider.took}

    def times(self, phone: str) -> int:
        """How often this phone's text was taken."""
        return sum(provider.took[phone] for provider in self.providers.values())

    async def weather(self, messages: int) -> None:
        """Each ill for its share of the messages, or for a while; the second network is away every other time."""
        first, second = self.networks.values()
        for number, ill in enumerate(ILLS):
            if number % 2:
                await second.cut()
            await first.fall_ill(*ill)
            goal, until = self.asked + messages // (len(ILLS) + 1), time.monotonic() + max(1.0, messages / 2500)
            await eventually(lambda goal=goal, until=until: self.asked >= goal or time.monotonic() > until)  # type: ignore[misc]
            await second.join()

    async def bring(self, desks: Sequence[Desk]) -> None:
        """Receipts for what was taken since the last time: late, doubled, reversed, at any replica; some are lost on the way."""
        said: list[Receipt] = []
        for name, provider in self.providers.items():
            for attempt, fault in provider.news():
                said += [Receipt(carrier=name, attempt_id=attempt, status=status) for status in self._of(fault)]
        self.luck.shuffle(said)
        self.brought += len(said)
        await asyncio.gather(*(self._hand_in(self.luck.choice(desks), receipt) for receipt in said))

    async def _hand_in(self, desk: Desk, receipt: Receipt) -> None:
        """Who hears "not now" comes again, as providers do."""
        while True:
            try:
                return await desk.take_receipt(receipt)
            except (DependencyDown, Transient):
                self.put_off += 1

    def _of(self, fault: Fault) -> list[ReceiptStatus]:
        if fault is Fault.LIES:
            return [ReceiptStatus.DELIVERED]
        lost, doubled, failed = self.luck.random() < 0.3, self.luck.random() < 0.2, self.luck.random() < 0.02
        if lost:
            return []
        end = ReceiptStatus.UNDELIVERED if failed else ReceiptStatus.DELIVERED
        return [ReceiptStatus.ACCEPTED, end, end] if doubled else [end]


@asynccontextmanager
async def a_lot(seed: int, log: Path) -> AsyncIterator[Lot]:
    lot = Lot(random.Random(seed))  # noqa: S311 - luck that can be had again
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(toxiproxy(log))
        for name, shares in (("first", FIRST), ("second", SECOND)):
            provider = await stack.enter_async_context(faulty_provider(_drawn(lot.luck, shares)))
            network = await proxy.network(name, provider.port)
            carrier = await stack.enter_async_context(open_twilio(twilio_at(f"http://{network.address}", PATIENCE)))
            lot.providers[name], lot.networks[name] = provider, network
            lot.carriers.append(Named(name, carrier))
        yield lot


def _drawn(luck: random.Random, shares: Mapping[Fault, int]) -> Callable[[], Fault]:
    faults = [*shares, Fault.NONE]
    weights = [*shares.values(), 1000 - sum(shares.values())]
    return lambda: luck.choices(faults, weights)[0]
