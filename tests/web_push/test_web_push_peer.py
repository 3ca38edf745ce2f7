"""Our pushes at a push service that others have written: it checks who signed, opens what is sealed, and forgets who has left."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from notify.channels.port import Button, CarrierRefused, Outgoing
from notify.channels.push_sealing import Signer, new_key
from notify.channels.web_push import WebPushCarrier, WebPushSettings, open_web_push
from shared.clock import SystemClock
from tests.support.texting import outgoing

pytestmark = pytest.mark.web_push

ROOT = Path(__file__).parents[2]
KEY = new_key()
TEXT = "Việc mới: máy in ở quầy một cửa không in được, cách bạn 900 m. 🖨 Nhận: 1 27, từ chối: 2 27."


class Service:
    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def subscribed(self, key: str = KEY) -> dict[str, Any]:
        form = {"applicationServerKey": Signer(key, "").public_key, "userVisibleOnly": "true"}
        found: dict[str, Any] = (await self._ask("subscribe", form))["data"]
        return found

    async def shown(self, subscription: dict[str, Any]) -> list[Any]:
        found = await self._ask("get-notifications", {"clientHash": subscription["clientHash"]})
        return [orjson.loads(text) for text in found["data"]["messages"]]

    async def forgets(self, subscription: dict[str, Any]) -> None:
        async with self._http.post(f"{self._url}/expire-subscription/{subscription['clientHash']}") as answer:
            assert answer.status == 200

    async def _ask(self, path: str, form: dict[str, str]) -> Any:
        async with self._http.post(f"{self._url}/{path}", json=form) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "NODE_PATH": str(ROOT / ".tools/web-push/node_modules")}
    command = ("node", str(Path(__file__).with_name("peer.cjs")), str(port))
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert b"running" in await process.stdout.readline()
        async with aiohttp.ClientSession() as http:
            yield Service(f"http://127.0.0.1:{port}", http)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def carrier(key: str = KEY) -> AsyncIterator[WebPushCarrier]:
    settings = WebPushSettings(key=key, contact="mailto:ops@example.vn", hosts=(), loopback=True)
    async with open_web_push(settings) as opened:
        yield opened


def message(subscription: dict[str, Any], text: str = TEXT) -> Outgoing:
    seconds = (SystemClock().now() - outgoing(seconds=0).not_after).total_seconds() + 90
    told = outgoing(text, seconds=seconds, to=orjson.dumps(subscription).decode())
    return Outgoing(
        id=told.id,
        to=told.to,
        text=text,
        buttons=(Button("Nhận việc", "1 27"),),
        not_after=told.not_after,
        request_id=told.request_id,
        kind="offer",
    )


async def test_what_we_seal_is_opened_letter_by_letter(service: Service) -> None:
    subscription = await service.subscribed()
    sent = [message(subscription), message(subscription, "Đ"), message(subscription, "ơ" * 1000)]
    async with carrier() as push:
        for one in sent:
            await push.send(one)
    shown = await service.shown(subscription)
    assert [one["body"] for one in shown] == [one.text for one in sent]
    assert shown[0]["actions"] == [{"action": "1 27", "title": "Nhận việc"}]


async def test_nobody_can_push_with_another_key(service: Service) -> None:
    subscription = await service.subscribed()
    async with carrier(new_key()) as stranger:
        with pytest.raises(CarrierRefused) as refused:
            await stranger.send(message(subscription))
    assert not refused.value.gone, "our mistake, not the end of a subscription"
    assert await service.shown(subscription) == []


async def test_a_browser_that_has_left_is_gone(service: Service) -> None:
    subscription = await service.subscribed()
    await service.forgets(subscription)
    async with carrier() as push:
        with pytest.raises(CarrierRefused, match="gone") as refused:
            await push.send(message(subscription))
    assert refused.value.gone
