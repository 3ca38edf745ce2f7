"""A provider that connects two telephones, over HTTP: our small contract, which an adapter in front of any switch can serve.

`PUT {url}/calls/{id}` `{from, helper, resident}` rings, once an id; `GET` tells the status; `DELETE` ends the ringing. Each
answers `{"status": "ringing" | "connected" | "ended" | "failed"}`; 404: never heard of it. `from` is the hotline's number, which
both see.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import aiohttp
import orjson

from notify.bridge import Bridged, BridgeDown, BridgeStatus, BridgeUncertain

NOT_FOUND: Final = 404
OK: Final = frozenset({200, 201, 202})
UNHEARD: Final = frozenset({500, 502, 504})  # something stands in between and did not hear the end


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSettings:
    url: str
    token: str = field(repr=False)
    hotline: str  # the number that both see
    connect_seconds: float = 3.0
    answer_seconds: float = 10.0


@asynccontextmanager
async def open_bridge(settings: BridgeSettings) -> AsyncIterator["HttpBridge"]:
    connector = aiohttp.TCPConnector(force_close=True)
    whole = settings.connect_seconds + settings.answer_seconds
    timeout = aiohttp.ClientTimeout(total=whole, sock_connect=settings.connect_seconds, sock_read=settings.answer_seconds)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
        yield HttpBridge(settings, session)


class HttpBridge:
    """A CallBridge. No error leaves here with a number in it (hence `from None`)."""

    def __init__(self, settings: BridgeSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session

    async def ring(self, call: Bridged) -> BridgeStatus:
        body = {"from": self._settings.hotline, "helper": call.helper, "resident": call.resident}
        status = await self._ask("PUT", call.id, body)
        if status is None:
            raise BridgeDown  # a path of our own configuration
        return status

    async def look(self, call_id: UUID) -> BridgeStatus | None:
        return await self._ask("GET", call_id)

    async def hang_up(self, call_id: UUID) -> BridgeStatus | None:
        return await self._ask("DELETE", call_id)

    async def _ask(self, method: str, call_id: UUID, body: Any = None) -> BridgeStatus | None:
        url, data = f"{self._settings.url}/calls/{call_id}", None if body is None else orjson.dumps(body)
        headers = {"Authorization": f"Bearer {self._settings.token}", "Content-Type": "application/json"}
        try:
            async with self._session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
                return _judge(answer.status, await answer.content.read(500))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise BridgeDown from None  # nothing left this machine
        except (aiohttp.ClientError, TimeoutError):
            raise BridgeUncertain from None


def _judge(status: int, body: bytes) -> BridgeStatus | None:
    if status == NOT_FOUND:
        return None
    if status in UNHEARD:
        raise BridgeUncertain
    if status not in OK:
        raise BridgeDown
    try:
        return BridgeStatus(orjson.loads(body)["status"])
    except (ValueError, KeyError, TypeError):
        raise BridgeUncertain from None
