"""From a provider's callback, as documented, to the answer in its chat; with the broker away only the answer waits."""

import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from notify.callbacks.telegram import telegram_router
from notify.callbacks.zalo import zalo_router
from notify.channels.telegram import TelegramSettings, open_telegram
from shared.events.contract import ChannelKind
from shared.http.problems import install_problems
from tests.support.chatting import SMS, TELEGRAM, ZALO, Chat
from tests.support.front_house import FrontHouse, front_house
from tests.support.notifying import Bureau

APP, SECRET, TELEGRAM_SECRET = "1027000000000000001", "webhook-secret-of-this-test", "a-secret_of-this-test"
LAN_ZALO, LAN_TELEGRAM = "8309987654321098765", 5876543210


@pytest.fixture
def chat(bureau: Bureau) -> Chat:
    return Chat(bureau)


@pytest.fixture
async def house(bureau: Bureau, chat: Chat) -> AsyncIterator[FrontHouse]:
    async with front_house(bureau) as house:
        yield house


@pytest.fixture
async def doors(bureau: Bureau, chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with open_telegram(TelegramSettings(url="http://127.0.0.1:9", token="1:x")) as bot:
        app = FastAPI()
        install_problems(app)
        app.include_router(zalo_router(bureau.desk(), app_id=APP, secret=SECRET))
        app.include_router(telegram_router(bureau.desk(), TELEGRAM_SECRET, bot.courtesy))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here/callbacks") as client:
            yield client


class Zalo:
    """Lan in Zalo; each callback as section 1 of the contract of the Official Account has it."""

    def __init__(self, doors: httpx.AsyncClient) -> None:
        self._doors = doors
        self._count = 0

    async def tells(self, name: str, message: dict[str, Any], *, msg_id: str | None = None) -> httpx.Response:
        self._count += 1
        at = str(int(time.time() * 1000))
        told = {
            "event_name": name, "app_id": APP, "sender": {"id": LAN_ZALO}, "recipient": {"id": "1423000000000000001"},
            "message": {**message, "msg_id": msg_id or f"b8de{self._count:04}"}, "timestamp": at, "user_id_by_app": "7300",
        }  # fmt: skip
        body = orjson.dumps(told)
        mac = hashlib.sha256(APP.encode() + body + at.encode() + SECRET.encode()).hexdigest()
        return await self._doors.post("/zalo", content=body, headers={"X-ZEvent-Signature": f"mac={mac}"})


class Telegram:
    def __init__(self, doors: httpx.AsyncClient) -> None:
        self._doors = doors
        self._count = 920_000_000

    async def tells(self, message: dict[str, Any]) -> httpx.Response:
        self._count += 1
        person = {"id": LAN_TELEGRAM, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        told = {
            "update_id": self._count,
            "message": {
                "message_id": self._count - 919_000_000, "date": int(time.time()), "from": person,
                "chat": {"id": LAN_TELEGRAM, "type": "private", "first_name": "Lan"}, **message,
            },
        }  # fmt: skip
        headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET, "content-type": "application/json"}
        return await self._doors.post("/telegram", content=json.dumps(told), headers=headers)


async def test_zalo_from_the_first_text_to_the_code(
    bureau: Bureau, chat: Chat, house: FrontHouse, doors: httpx.AsyncClient
) -> None:
    lan = Zalo(doors)
    place = {"type": "location", "payload": {"coordinates": {"latitude": "21.0342", "longitude": "105.8142"}}}
    said = [
        ("user_send_text", {"text": "Chào em, không đăng nhập được VNeID"}),
        ("user_send_location", {"attachments": [place]}),
        ("user_send_text", {"text": "tôi tên là Lan"}),
        ("user_send_text", {"text": "0912 345 678"}),
        ("user_send_text", {"text": "đúng rồi"}),
    ]
    for name, message in said:
        assert (await lan.tells(name, message)).status_code == 200
        await bureau.read()
        await house.broker_is_back()
    answers = [one.text for one in chat.said(LAN_ZALO, over=ZALO)]
    (request,) = await house.pool.fetch("select * from requests")
    assert request["code"] in answers[-1]
    assert (request["lat"], request["lon"]) == (21.034, 105.814), "where the pin was, coarse"
    assert len(answers) == len(said), "one answer a message"


async def test_telegram_and_what_it_repeats(bureau: Bureau, chat: Chat, house: FrontHouse, doors: httpx.AsyncClient) -> None:
    lan = Telegram(doors)
    for message in ({"text": "/start"}, {"text": "máy in hỏng"}, {"location": {"latitude": 21.0345, "longitude": 105.8142}}):
        assert (await lan.tells(message)).status_code == 200
        await bureau.read()
        await house.broker_is_back()
    lan._count -= 1  # the same update once more
    assert (await lan.tells({"location": {"latitude": 21.0345, "longitude": 105.8142}})).status_code == 200
    await bureau.read()
    await house.broker_is_back()
    answers = [one.text for one in chat.said(str(LAN_TELEGRAM), over=TELEGRAM)]
    assert len(answers) == 3
    assert "tình trạng" in answers[0], "/start is answered with what can be written"
    assert "tên" in answers[-1]


async def test_a_number_that_is_shared_counts_when_it_is_the_writers_own(
    bureau: Bureau, chat: Chat, house: FrontHouse, doors: httpx.AsyncClient
) -> None:
    lan = Telegram(doors)
    for text in ("không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình", "tôi tên là Lan"):
        await lan.tells({"text": text})
    await lan.tells({"contact": {"phone_number": "84987654321", "first_name": "Hoa", "user_id": 5}})
    await bureau.read()
    await house.broker_is_back()
    assert "Số điện thoại nào" in chat.said(str(LAN_TELEGRAM))[-1].text, "somebody else's"
    await lan.tells({"contact": {"phone_number": "84912345678", "first_name": "Lan", "user_id": LAN_TELEGRAM}})
    await bureau.read()
    await house.broker_is_back()
    assert "0912345678" in chat.said(str(LAN_TELEGRAM))[-1].text


async def test_with_the_broker_away_the_callback_is_answered_and_kept_and_the_conversation_follows(
    bureau: Bureau, chat: Chat, house: FrontHouse, doors: httpx.AsyncClient
) -> None:
    lan = Zalo(doors)
    for text in ("không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình", "tôi tên là Lan"):
        assert (await lan.tells("user_send_text", {"text": text})).status_code == 200
    assert (await lan.tells("user_send_text", {"text": "tôi tên là Lan"}, msg_id="b8de0003")).status_code == 200, "repeated"
    assert await bureau.one("select count(*) from inbound_texts") == 3, "kept, once each"
    await bureau.read()
    assert chat.said(LAN_ZALO, over=ZALO) == []
    await house.broker_is_back()
    answers = [one.text for one in chat.said(LAN_ZALO, over=ZALO)]
    assert "Số điện thoại nào" in answers[-1], "all three were heard, in their order"


@pytest.mark.parametrize("over", [ZALO, TELEGRAM, SMS])
async def test_who_files_from_the_own_number_is_told_once_where_they_wrote(
    bureau: Bureau, chat: Chat, house: FrontHouse, over: ChannelKind
) -> None:
    """Code, time and phrase in one message; the conversation does not say it once more, and nobody pays for that."""
    an = await bureau.person("Bà An", "+84912000001")
    if over is not SMS:
        await chat.bound(an, LAN_ZALO, over=over)
    for text in ("không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình", "An", "1"):
        await (bureau.writes(an, text) if over is SMS else chat.writes(LAN_ZALO, text, over=over))
        await house.broker_is_back()
    code = await house.pool.fetchval("select code from requests")
    (told,) = [message for carrier in bureau.carriers for message in carrier.taken if code in message.text]
    assert (told.to, told.kind) == (an.phone if over is SMS else LAN_ZALO, "filed_here")
    assert "khi người đến nói đúng ám hiệu:" in told.text
    assert "Ngoài giờ" in told.text or "dự kiến trước" in told.text


async def test_one_row_a_person_whoever_writes_how_much(bureau: Bureau, chat: Chat, house: FrontHouse) -> None:
    """A storm of half repeats: every message is heard once, and each person has one conversation."""
    for round_ in range(3):
        for person in range(20):
            text = ("máy in hỏng", "12 Kim Mã, phường Ba Đình", "Lan")[round_]
            for _ in range(2):
                await chat.writes(str(7_000_000 + person), text, id=f"{person}-{round_}")
    await house.broker_is_back()
    assert await house.pool.fetchval("select count(*) from conversations") == 20
    assert await house.pool.fetchval("select count(*) from conversation_turns where speaker = 'they'") == 60
