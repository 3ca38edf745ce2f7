"""The requests that our adapter really makes, held against a machine-readable description of Telegram's Bot API."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notify.channels.port import Button, Outgoing
from notify.channels.telegram import LONGEST_TEXT, TelegramCarrier, TelegramSettings, open_telegram
from notify.channels.telegram_courtesy import THANKS
from shared.ids import uuid7
from tests.support.provider import a_provider, says
from tests.support.telegram_api import SAID, problems

CHAT = 5876543210
BUTTONS = (Button("Nhận việc", "1 27"), Button("Không", "2 27"))
DONE = {"ok": True, "result": {"message_id": 77}}


def outgoing(text: str, *buttons: Button) -> Outgoing:
    until = datetime.now(UTC) + timedelta(minutes=5)
    return Outgoing(id=uuid7(), to=str(CHAT), text=text, buttons=buttons, not_after=until, request_id=uuid7(), kind="offer")


CALLS: dict[str, Callable[[TelegramCarrier], Awaitable[object]]] = {
    "a text": lambda bot: bot.send(outgoing("Việc này là của bạn")),
    "a text with buttons": lambda bot: bot.send(outgoing("1 27 nhận, 2 27 không", *BUTTONS)),
    "the longest text": lambda bot: bot.send(outgoing("ế" * LONGEST_TEXT, *BUTTONS)),
    "the longest button": lambda bot: bot.send(outgoing("x", Button("Nhận", "x" * 64))),
    "a button that is too long": lambda bot: bot.send(outgoing("x", Button("Nhận", "x" * 65))),
    "a button that says nothing": lambda bot: bot.send(outgoing("x", Button("Nhận", ""))),
    "thanks for a tap": lambda bot: bot.thank("4382bfdwdsb323b2d9", THANKS),
    "no buttons any more": lambda bot: bot.take_buttons(CHAT, 77),
}


async def asked(call: Callable[[TelegramCarrier], Awaitable[object]]) -> tuple[str, dict[str, Any]]:
    """Method and body of what Telegram heard."""
    async with a_provider(says(DONE)) as provider, open_telegram(TelegramSettings(url=provider.url, token="1:t")) as bot:
        await call(bot)
    (one,) = provider.asked
    return one.path.rpartition("/")[2], one.json


@pytest.mark.parametrize("what", CALLS)
async def test_telegram_would_take_it_as_it_is(what: str) -> None:
    method, body = await asked(CALLS[what])
    assert problems(method, body) == []


async def test_each_method_of_the_description_is_called_by_us() -> None:
    assert {(await asked(call))[0] for call in CALLS.values()} == SAID["methods"].keys()


@pytest.mark.parametrize(
    ("method", "body", "problem"),
    [
        ("sendMessage", {"chat_id": CHAT}, "sendMessage.text: missing"),
        ("sendMessage", {"chat_id": CHAT, "text": ""}, "sendMessage.text: 0 characters"),
        ("sendMessage", {"chat_id": CHAT, "text": "x" * 4097}, "sendMessage.text: 4097 characters"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, "sendMessage.chat_id: no integer"),
        ("sendMessage", {"chat_id": CHAT, "text": "x", "txt": 1}, "sendMessage.txt: no such field"),
        (
            "sendMessage",
            {"chat_id": CHAT, "text": "x", "disable_web_page_preview": True},
            "sendMessage.disable_web_page_preview: deprecated",
        ),
        ("editMessageReplyMarkup", {"chat_id": CHAT}, "editMessageReplyMarkup.message_id: missing"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "answerCallbackQuery.text: 201 characters"),
    ],
)
def test_what_telegram_would_not_take_is_found(method: str, body: dict[str, Any], problem: str) -> None:
    assert problem in problems(method, body)


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"text": "x", "callback_data": "ế" * 22}, "66 bytes"),
        ({"callback_data": "1"}, "missing"),
        ({"text": "x", "says": "1"}, "no such field"),
    ],
)
def test_what_is_wrong_deep_inside_is_found(button: dict[str, Any], problem: str) -> None:
    body = {"chat_id": CHAT, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}
    (found,) = problems("sendMessage", body)
    assert problem in found
