"""A provider's HTTP side on loopback, scripted: it writes down what it was asked, and says or does what a test tells it.

What it says comes from `script`, one entry a request, the last one for ever. Words of a provider stand in the tests, not here.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiohttp import web

HTML: Final = b"<html><body>502 Bad Gateway</body></html>"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # however their names are written
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


Act = Callable[["Provider", web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Provider:
    url: str = ""
    script: list[Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    lines: list[asyncio.BaseTransport | None] = field(default_factory=list)  # the connections over which they came, in order
    poured: int = 0  # bytes that somebody took of what pours
    over: asyncio.Event = field(default_factory=asyncio.Event)  # the test is over: nobody hangs any longer

    def will(self, *acts: Act) -> None:
        self.script = list(acts)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.method, request.raw_path, request.headers, await request.read()))
        if request.transport not in self.lines:
            self.lines.append(request.transport)
        act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await act(self, request)


def says(body: Any, status: int = 200, **headers: str) -> Act:
    """`body`: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)

    async def act(_provider: Provider, _request: web.Request) -> web.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=raw, headers=names, content_type="application/json")

    return act


async def hangs_up(_provider: Provider, request: web.Request) -> web.Response:
    """It has taken the request, and nobody hears of it."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def never_answers(provider: Provider, _request: web.Request) -> web.Response:
    await provider.over.wait()
    return web.Response()


def drips(beginning: bytes, every_seconds: float = 0.02) -> Act:
    """Slower than anybody should wait for, and never silent for long."""

    async def act(provider: Provider, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(beginning)
        while not provider.over.is_set() and request.transport is not None and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(every_seconds)
        return response

    return act


def pours(at_most: int = 64 * 1024 * 1024) -> Act:
    """A valid beginning, and then more than anybody should read. `poured` says how much left."""

    async def act(provider: Provider, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        part = b" " * 65536
        while provider.poured < at_most and request.transport is not None and not request.transport.is_closing():
            await response.write(part)
            provider.poured += len(part)
        return response

    return act


def nobody() -> str:
    """The address of a provider that has gone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@asynccontextmanager
async def a_provider(*acts: Act) -> AsyncIterator[Provider]:
    provider = Provider(script=list(acts))
    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", provider._serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    provider.url = f"http://127.0.0.1:{port}"
    try:
        yield provider
    finally:
        provider.over.set()
        await runner.cleanup()
