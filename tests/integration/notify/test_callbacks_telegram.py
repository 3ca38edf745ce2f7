"""What Telegram calls about: texts and taps are handed to the desk once it is sure who speaks; all else is only counted."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from notify.answers.reading import parse
from notify.callbacks.telegram import telegram_router
from notify.channels.telegram import TelegramSettings, open_telegram
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind
from shared.http.problems import install_problems
from shared.telemetry.metrics import NOTIFY_CALLBACKS
from tests.support.arrivals import RecordingArrivals
from tests.support.eventually import eventually
from tests.support.provider import HTML, Provider, a_provider, never_answers, says

SECRET = "a-secret_of-this-test"
LAN = 5876543210  # beyond 32 bits
PERSON = {"id": LAN, "is_bot": False, "first_name": "Lan"}
PRIVATE = {"id": LAN, "type": "private", "first_name": "Lan"}
DONE = says({"ok": True, "result": True})


@pytest.fixture
def desk() -> RecordingArrivals:
    return RecordingArrivals()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with a_provider(DONE) as provider:
        yield provider


@asynccontextmanager
async def a_bot(desk: RecordingArrivals, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with open_telegram(TelegramSettings(url=provider.url, token="1:x")) as carrier:
        courtesy = carrier.courtesy
        running = asyncio.create_task(courtesy.run())
        app = FastAPI()
        install_problems(app)
        app.include_router(telegram_router(desk, SECRET, courtesy))
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://here/callbacks", headers=headers
        ) as client:
            yield client
        provider.over.set()
        courtesy.stop()
        await running


@pytest.fixture
async def bot(desk: RecordingArrivals, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    async with a_bot(desk, provider) as client:
        yield client


def message(**changes: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1, "chat": PRIVATE, "from": PERSON, **changes}


def tap(data: str | None = "1 27", **changes: Any) -> dict[str, Any]:
    asked = {
        "message_id": 77,
        "date": 1,
        "chat": PRIVATE,
        "from": {"id": 99, "is_bot": True, "first_name": "TechRescue"},
        "text": "Nhận việc?",
    }
    fields = {"id": "4382", "from": PERSON, "message": asked, "chat_instance": "-1", "data": data}
    return {"update_id": 901, "callback_query": {**fields, **changes}}


async def test_a_text_is_exact_and_keeps_the_id_of_its_update(bot: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    answer = await bot.post("/telegram", json={"update_id": 900, "message": message(text=" 1 27 có ạ ")})
    assert (answer.status_code, answer.content) == (200, b"")
    (text,) = desk.texts
    assert (text.carrier, text.id, text.sender, text.text) == ("telegram", "900", str(LAN), " 1 27 có ạ ")
    assert text.channel is ChannelKind.TELEGRAM


async def test_the_code_behind_a_link_arrives_as_a_text(bot: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    await bot.post("/telegram", json={"update_id": 1, "message": message(text="/start K7QX-2M")})
    assert desk.texts[0].text == "/start K7QX-2M"


async def test_a_tap_says_its_words_and_is_thanked_for_afterwards(
    bot: httpx.AsyncClient, desk: RecordingArrivals, provider: Provider
) -> None:
    assert (await bot.post("/telegram", json=tap())).status_code == 200
    assert [(text.id, text.sender, text.text) for text in desk.texts] == [("901", str(LAN), "1 27")]

    async def thanked() -> bool:
        return len(provider.asked) == 2

    await eventually(thanked)
    thanks, buttons = provider.asked
    assert (thanks.path, thanks.json["callback_query_id"]) == ("/bot1:x/answerCallbackQuery", "4382")
    assert (buttons.path, buttons.json) == ("/bot1:x/editMessageReplyMarkup", {"chat_id": LAN, "message_id": 77})


async def test_telegram_away_holds_no_tap_up(desk: RecordingArrivals) -> None:
    async with a_provider(never_answers) as provider, a_bot(desk, provider) as bot:
        async with asyncio.timeout(5):
            for n in range(3):
                assert (await bot.post("/telegram", json={**tap(), "update_id": n})).status_code == 200
        assert len(desk.texts) == 3


async def test_a_tap_that_is_not_stored_is_neither_thanked_for_nor_lost(
    bot: httpx.AsyncClient, desk: RecordingArrivals, provider: Provider
) -> None:
    desk.away = True
    assert (await bot.post("/telegram", json=tap())).status_code == 503
    await asyncio.sleep(0)
    assert provider.asked == []
    desk.away = False
    assert (await bot.post("/telegram", json=tap())).status_code == 200  # Telegram repeats it
    assert [text.text for text in desk.texts] == ["1 27"]


@pytest.mark.parametrize(
    "update",
    [
        tap(**{"from": {"id": 666}}),  # forged: somebody else's chat
        tap(message={"message_id": 7, "date": 1, "chat": {"id": -100, "type": "supergroup"}}),
        tap(message=None),
        tap(data=None),
        {"update_id": 2, "message": message(text="1 27", chat={"id": -100, "type": "group"})},
        {"update_id": 3, "message": message(text="1 27", **{"from": {"id": 666}})},
        {"update_id": 4, "message": message(sticker={"file_id": "x"})},
        {"update_id": 5, "edited_message": message(text="2 27")},  # an answer is what was said first
        {"update_id": 6, "my_chat_member": {}},
        {"update_id": "x"},
        {},
        [],
    ],
)
async def test_what_is_nobodys_own_word_is_taken_and_dropped(
    bot: httpx.AsyncClient, desk: RecordingArrivals, provider: Provider, update: Any
) -> None:
    assert (await bot.post("/telegram", json=update)).status_code == 200
    assert desk.texts == []
    assert provider.asked == []


@pytest.mark.parametrize("beyond", [2**63, -(2**63) - 1, 10**400], ids=["above", "below", "far"])
async def test_an_id_that_is_no_number_of_telegrams_is_unreadable(
    bot: httpx.AsyncClient, desk: RecordingArrivals, beyond: int
) -> None:
    unreadable = NOTIFY_CALLBACKS.labels("telegram", "unreadable")._value
    before = unreadable.get()
    somebody = {"from": {"id": beyond}, "chat": {"id": beyond, "type": "private"}}
    updates = [
        {"update_id": 1, "message": message(text="1 27", **somebody)},
        {"update_id": beyond, "message": message(text="1 27")},
        tap(message={"message_id": beyond, "chat": PRIVATE}),
    ]
    for update in updates:
        body = json.dumps(update).encode()
        assert (await bot.post("/telegram", content=body)).status_code == 200
    assert desk.texts == []
    assert unreadable.get() == before + len(updates)


async def test_nonsense_is_answered_so_that_telegram_stops(bot: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    for body in (HTML, b"", b'{"update_id": 1, "message":', b'{"update_id": 1, "message": "\\ud800"}', b"\xff"):
        assert (await bot.post("/telegram", content=body)).status_code == 200
    assert desk.texts == []


async def test_a_place_is_shown_to_whoever_reads_it_and_answers_nothing(bot: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    place = {"latitude": 21.0345678, "longitude": 105.8, "horizontal_accuracy": 20}
    await bot.post("/telegram", json={"update_id": 8, "message": message(location=place)})
    assert desk.texts[0].text == "Vị trí / location: 21.034568, 105.800000"
    assert parse(desk.texts[0].text) is None


@pytest.mark.parametrize("secret", ["wrong", "", SECRET + "x", None])
async def test_who_does_not_know_the_secret_finds_nothing(
    bot: httpx.AsyncClient, desk: RecordingArrivals, secret: str | None
) -> None:
    bot.headers.pop("X-Telegram-Bot-Api-Secret-Token")
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    answer = await bot.post("/telegram", json={"update_id": 1, "message": message(text="1 27")}, headers=headers)
    assert answer.status_code == 404
    assert desk.texts == []


async def test_without_a_secret_there_is_no_door(desk: RecordingArrivals) -> None:
    async with open_telegram(TelegramSettings(url="http://127.0.0.1:1", token="1:x")) as carrier:
        with pytest.raises(Misconfigured):
            telegram_router(desk, "", carrier.courtesy)
