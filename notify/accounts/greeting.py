"""Answers to accounts that belong to no number: how to bind one, that a code was none. A loop that nobody waits for.

Nothing of them is stored but a keyed hash, so there is no message to claim: what a kill loses here is said again within the hour
to whoever writes again.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from notify.channels.handing_over import hand_over
from notify.channels.port import Carrier, CarrierBroken, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.purpose import Purpose
from notify.telling.about import NOBODYS
from notify.templates import render
from shared.events.contract import ChannelKind
from shared.ids import uuid7
from shared.telemetry.metrics import NOTIFY_SENDS

WAITING: Final = 1000
WORTH: Final = timedelta(minutes=10)


class Greeter:
    """`serve` gives it the providers, which are opened after the desk that needs it."""

    def __init__(self) -> None:
        self._carriers: dict[ChannelKind, Carrier] = {}
        self._waiting: asyncio.Queue[tuple[ChannelKind, str, Purpose] | None] = asyncio.Queue(WAITING)

    def serve(self, carriers: Sequence[Carrier]) -> None:
        for carrier in reversed(carriers):  # the preferred one of a channel stands first
            self._carriers[carrier.abilities.channel] = carrier

    def owe(self, channel: ChannelKind, address: str, purpose: Purpose) -> None:
        if channel in self._carriers and not self._waiting.full():
            self._waiting.put_nowait((channel, address, purpose))

    def stop(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def run(self) -> None:
        while (owed := await self._waiting.get()) is not None:
            await self._say(*owed)

    async def _say(self, channel: ChannelKind, address: str, purpose: Purpose) -> None:
        carrier = self._carriers[channel]
        text = "\n".join(render(purpose, language, {}) for language in ("vi", "en"))
        not_after = datetime.now(UTC) + WORTH
        words = Outgoing(id=uuid7(), to=address, text=text, not_after=not_after, request_id=NOBODYS, kind=purpose)
        try:
            await hand_over(carrier, words)
            outcome = "submitted"
        except CarrierRefused:
            outcome = "refused"
        except CarrierDown:
            outcome = "down"
        except CarrierUncertain as end:
            outcome = "broken" if isinstance(end, CarrierBroken) else "unknown"
        NOTIFY_SENDS.labels(carrier.name, outcome).inc()
