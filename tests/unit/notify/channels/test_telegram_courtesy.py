"""A tap that breaks its thanks takes no other along."""

from notify.channels.telegram_courtesy import Courtesy


class Bot:
    """Telegram, and a tap that its code did not foresee."""

    def __init__(self) -> None:
        self.freed: list[int] = []

    async def thank(self, tap_id: str, words: str) -> bool:
        if tap_id == "odd":
            raise ValueError(words)
        return True

    async def take_buttons(self, chat_id: int, message_id: int) -> bool:
        self.freed.append(message_id)
        return bool(chat_id)


async def test_the_taps_after_one_that_nobody_foresaw_are_thanked_for() -> None:
    bot = Bot()
    courtesy = Courtesy(bot)
    for tap, message in (("odd", 1), ("plain", 2), ("odd", 3), ("plain", 4)):
        courtesy.owe(tap, 7, message)
    courtesy._taps.put_nowait(None)  # the end, behind all of them
    await courtesy.run()
    assert bot.freed == [2, 4]
