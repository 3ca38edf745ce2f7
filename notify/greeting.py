"""Answers to accounts that belong to no number: how to bind one, that a code was none. A loop that nobody waits for.

Nothing of them is stored but a keyed hash, so there is no message to claim: what a kill loses here is said again within the hour
to whoever writes again.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from notify.about import NOBODYS
from notify.channels.port import Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.purpose import Purpose
from notify.templates import render
from shared.events.contract import ChannelKind
from shared.ids import uuid7
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_SENDS

log = logger()

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
        try:
            await carrier.send(_words(address, purpose))
            outcome = "submitted"
        except CarrierRefused:
            outcome = "refused"
        except CarrierDown:
            outcome = "down"
        except CarrierUncertain:
            outcome = "unknown"
        except Exception as error:  # noqa: BLE001 - one stranger must not end the answers to all others
            outcome = "broken"
            log.error(  # noqa: TRY400 - an exception's text may hold the account
                "notify.greeting.broken", carrier=carrier.name, error=type(error).__name__
            )
        NOTIFY_SENDS.labels(carrier.name, outcome).inc()


def _words(address: str, purpose: Purpose) -> Outgoing:
    text = "\n".join(render(purpose, language, {}) for language in ("vi", "en"))
    not_after = datetime.now(UTC) + WORTH
    return Outgoing(id=uuid7(), to=address, text=text, not_after=not_after, request_id=NOBODYS, kind=purpose)
