"""Counts the answers of one route and how long they took. Outermost, so that refusals are measured, too."""

import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.metrics import HTTP_REQUESTS, HTTP_SECONDS


class Measured:
    """`path` is the route's template: an address as somebody called it would be a label without end, and may hold a code."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self._path = path
        self._counters: dict[tuple[str, int], Counter] = {}  # kept: looking labels up costs more than counting
        self._clocks: dict[str, Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, status, began = scope["method"], 0, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._note(method, status, time.perf_counter() - began)

    def _note(self, method: str, status: int, seconds: float) -> None:
        """Status 0: the caller hung up before there was an answer."""
        if (method, status) not in self._counters:
            self._counters[method, status] = HTTP_REQUESTS.labels(method, self._path, str(status))
            self._clocks[method] = HTTP_SECONDS.labels(method, self._path)
        self._counters[method, status].inc()
        self._clocks[method].observe(seconds)
