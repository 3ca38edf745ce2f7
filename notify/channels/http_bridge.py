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

from pydantic import BaseModel

from notify.calls.bridge import Bridged, BridgeDown, BridgeStatus, BridgeUncertain
from notify.channels.http_provider import NOT_FOUND, Answer, HttpProvider, Patience, open_http
from notify.channels.port import CarrierDown, CarrierUncertain

OK: Final = frozenset({200, 201, 202})
UNHEARD: Final = frozenset({500, 502, 504})  # something stands in between and did not hear the end


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSettings:
    url: str
    token: str = field(repr=False)
    hotline: str  # the number that both see
    patience: Patience = field(default_factory=Patience)


class _Said(BaseModel):
    status: BridgeStatus


@asynccontextmanager
async def open_bridge(settings: BridgeSettings) -> AsyncIterator["HttpBridge"]:
    async with open_http(settings.patience, reuse=False) as http:
        yield HttpBridge(settings, http)


class HttpBridge:
    """A CallBridge."""

    def __init__(self, settings: BridgeSettings, http: HttpProvider) -> None:
        self._settings = settings
        self._http = http

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
        url, headers = f"{self._settings.url}/calls/{call_id}", {"Authorization": f"Bearer {self._settings.token}"}
        try:
            return _judge(await self._http.ask(method, url, json=body, headers=headers))
        except CarrierDown:
            raise BridgeDown from None  # nothing left this machine
        except CarrierUncertain:
            raise BridgeUncertain from None


def _judge(answer: Answer) -> BridgeStatus | None:
    if answer.status == NOT_FOUND:
        return None
    if answer.status in UNHEARD:
        raise BridgeUncertain
    if answer.status not in OK:
        raise BridgeDown
    said = answer.read(_Said)
    if said is None:
        raise BridgeUncertain
    return said.status
