"""Every provider's door as it is deployed, over real HTTP: what is forged, repeated, old or too long is refused and counted."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from prometheus_client import REGISTRY

from notify.callbacks.kannel import kannel_router
from notify.callbacks.telegram import telegram_router
from notify.callbacks.twilio import twilio_router
from notify.callbacks.zalo import zalo_router
from notify.channels.telegram import TelegramSettings, open_telegram
from shared.http.app import build_app
from shared.lifecycle import Lifecycle
from shared.security.tokens import Tokens
from tests.support.notifying import Bureau
from tests.support.texting import twilio_settings

SECRET, APP = "a-secret-of-this-test", "2553000000000000001"
DAY = 24 * 3600
LONG = "dài " * 20_000
TEXTS = "select count(*) from inbound_texts"


@dataclass(frozen=True)
class Call:
    """`route`: as the metrics of HTTP name it."""

    method: str
    path: str
    route: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


def zalo(text: str, id_: str, *, secret: str = SECRET, age: float = 0.0) -> Call:
    at = str(int((time.time() - age) * 1000))
    message = {"text": text, "msg_id": id_}
    told = {"event_name": "user_send_text", "app_id": APP, "sender": {"id": "614298765"}, "message": message, "timestamp": at}
    body = orjson.dumps(told)
    mac = hashlib.sha256(APP.encode() + body + at.encode() + secret.encode()).hexdigest()
    return Call("POST", "/callbacks/zalo", "/callbacks/zalo", body, {"X-ZEvent-Signature": f"mac={mac}"})


def telegram(text: str, id_: str, *, secret: str = SECRET) -> Call:
    chat = {"id": 5876543210, "type": "private"}
    message = {"message_id": 5, "date": 1, "chat": chat, "from": {"id": 5876543210}, "text": text}
    body = orjson.dumps({"update_id": int(id_), "message": message})
    return Call("POST", "/callbacks/telegram", "/callbacks/telegram", body, {"X-Telegram-Bot-Api-Secret-Token": secret})


def twilio(text: str, id_: str, *, secret: str = twilio_settings().token) -> Call:
    path, form = "/callbacks/twilio/sms", {"Body": text, "From": "+84901234567", "MessageSid": f"SM{id_}"}
    said = twilio_settings().callback_url + path + "".join(name + form[name] for name in sorted(form))
    signed = base64.b64encode(hmac.new(secret.encode(), said.encode(), hashlib.sha1).digest()).decode()
    return Call("POST", path, path, urlencode(form).encode(), {"X-Twilio-Signature": signed})


def kannel(text: str, id_: str, *, secret: str = SECRET) -> Call:
    params = {"id": id_, "from": "+84901234567", "to": "8088", "text": text}
    return Call("GET", f"/callbacks/kannel/{secret}/mo", "/callbacks/kannel/{secret}/mo", params=params)


DOORS: Mapping[str, Any] = {"zalo": zalo, "telegram": telegram, "twilio": twilio, "kannel": kannel}
every_door = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
async def us(bureau: Bureau, unused_tcp_port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A process of notify as far as its doors go."""
    desk, ready = bureau.desk(), asyncio.Event()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(open_telegram(TelegramSettings(url="http://127.0.0.1:9", token="1:x")))
        routers = (
            zalo_router(desk, app_id=APP, secret=SECRET),
            telegram_router(desk, SECRET, bot.courtesy),
            twilio_router(desk, twilio_settings()),
            kannel_router(desk, SECRET),
        )
        life = await stack.enter_async_context(Lifecycle(drain_seconds=1))
        app = build_app(routers, tokens=Tokens(bureau.pool))
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client:
            yield client
        life.stop()
        await serving


async def told(us: httpx.AsyncClient, call: Call) -> int:
    answer = await us.request(call.method, call.path, content=call.body, headers=dict(call.headers), params=dict(call.params))
    return answer.status_code


async def told_by_hand(us: httpx.AsyncClient, call: Call) -> int:
    """A client that knows no bound of its own."""
    reader, writer = await asyncio.open_connection(us.base_url.host, us.base_url.port)
    query, fields = urlencode(call.params), {"Host": "us", "Content-Length": str(len(call.body)), **call.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"{call.method} {call.path}{'?' if query else ''}{query} HTTP/1.1\r\n{head}\r\n".encode() + call.body)
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"techrescue_{name}_total", labels) or 0.0


@every_door
async def test_what_is_forged_finds_nothing_and_is_counted(bureau: Bureau, us: httpx.AsyncClient, door: str) -> None:
    before = counted("notify_callbacks", dependency=door, outcome="forged")
    for secret in ("x", SECRET + "x"):
        assert await told(us, DOORS[door]("1 27", "7", secret=secret)) == 404
    assert await bureau.one(TEXTS) == 0
    assert counted("notify_callbacks", dependency=door, outcome="forged") == before + 2


@every_door
async def test_what_is_repeated_is_answered_alike_and_counts_once(bureau: Bureau, us: httpx.AsyncClient, door: str) -> None:
    before = counted("notify_inbound_texts", outcome="repeated")
    call = DOORS[door]("máy in hỏng", "8")
    answers = {await told(us, call) for _ in range(3)}
    assert len(answers) == 1
    assert answers < {200, 204}, "or it would be repeated once more"
    assert await bureau.one(TEXTS) == 1
    assert counted("notify_inbound_texts", outcome="repeated") == before + 2


@every_door
async def test_what_is_too_long_is_not_read_and_is_counted(bureau: Bureau, us: httpx.AsyncClient, door: str) -> None:
    """However well it is signed. A GET has no body: its address is too long before any route is asked."""
    call: Call = DOORS[door](LONG, "9")
    route, status = (call.route, 413) if call.method == "POST" else ("unread", 431)
    labels = {"method": "POST" if call.body else "", "route": route, "status": str(status)}
    before = counted("http_requests", **labels)
    assert await told_by_hand(us, call) == status
    assert await bureau.one(TEXTS) == 0
    assert counted("http_requests", **labels) == before + 1


async def test_what_zalo_signed_more_than_a_day_ago_says_nothing_and_is_counted(bureau: Bureau, us: httpx.AsyncClient) -> None:
    """Of the others none says when it was signed: see decision 0030."""
    before = counted("notify_callbacks", dependency="zalo", outcome="out_of_time")
    assert await told(us, zalo("1 27", "10", age=DAY + 60)) == 200
    assert await bureau.one(TEXTS) == 0
    assert counted("notify_callbacks", dependency="zalo", outcome="out_of_time") == before + 1
