"""Manners after a tap on a button in Telegram: an end to the little clock on it, and no button to tap twice. Stores nothing."""

import asyncio
from typing import Final, Protocol

from notify.channels.port import CarrierBroken, CarrierDown, CarrierUncertain
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_CALLBACKS

NAME: Final = "telegram"
WAITING_TAPS: Final = 1000
THANKS: Final = "Đã nhận câu trả lời. / Answer received."

log = logger()


class Bot(Protocol):
    async def thank(self, tap_id: str, words: str) -> bool: ...

    async def take_buttons(self, chat_id: int, message_id: int) -> bool: ...


class Courtesy:
    """A loop that thanks for taps and takes the buttons away. Nobody waits for it, and what a kill loses of it is no loss: a
    button that is tapped again says the same again."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._taps: asyncio.Queue[tuple[str, int, int] | None] = asyncio.Queue(WAITING_TAPS)

    def owe(self, tap_id: str, chat_id: int, message_id: int) -> None:
        if not self._taps.full():
            self._taps.put_nowait((tap_id, chat_id, message_id))

    def stop(self) -> None:
        while not self._taps.empty():
            self._taps.get_nowait()
        self._taps.put_nowait(None)

    async def run(self) -> None:
        while (tap := await self._taps.get()) is not None:
            await self._pay(*tap)

    async def _pay(self, tap_id: str, chat_id: int, message_id: int) -> None:
        try:
            done = await self._paid(tap_id, chat_id, message_id)
        except (CarrierDown, CarrierUncertain):
            done = False
        NOTIFY_CALLBACKS.labels(NAME, "thanked" if done else "unthanked").inc()

    async def _paid(self, tap_id: str, chat_id: int, message_id: int) -> bool:
        """Raises what the port has: what one tap can break must not end the loop that thanks for all."""
        try:
            return await self._bot.thank(tap_id, THANKS) and await self._bot.take_buttons(chat_id, message_id)
        except (CarrierDown, CarrierUncertain):
            raise
        except Exception as error:  # noqa: BLE001 - translated: the port has a word for what nobody knows
            log.error("notify.courtesy.broken", error=type(error).__name__)  # noqa: TRY400 - its text may hold who it is
            raise CarrierBroken from None
