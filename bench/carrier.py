"""The end of the road in a measurement: an HTTP provider that takes every message at once and remembers when."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bench.parts import free_port


class Provider:
    """`arrived`: our attempt id, or the textbook's request id → when it was handed over, on time.monotonic()."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: dict[str, float] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def kannel(self, request: web.Request) -> web.Response:
        """Kannel's smsbox, as far as our carrier looks."""
        at = time.monotonic()
        receipt = parse_qs(urlsplit(request.headers["X-Kannel-DLR-Url"]).query)
        self.arrived.setdefault(receipt["cid"][0], at)
        return web.Response(status=202, text="0: Accepted for delivery")

    async def plain(self, request: web.Request) -> web.Response:
        self.arrived.setdefault(request.query["request_id"], time.monotonic())
        return web.Response(text="ok")


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    carrier = Provider(free_port())
    app = web.Application()
    app.router.add_post("/cgi-bin/sendsms", carrier.kannel)
    app.router.add_post("/send", carrier.plain)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", carrier.port).start()
    try:
        yield carrier
    finally:
        await runner.cleanup()
