"""How a request comes in and an answer goes out, below ASGI: whole within a bound, and in one write. Knows no route.

uvicorn writes head and body one after the other, which is two system calls here, two packets and two wake-ups of the client: a
sixth of what a small answer costs. And it waits without end for the rest of a request that somebody has begun.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

READ_SECONDS: Final = 20.0  # from the connection, or from a request's first byte, to its last one


class WireProtocol(HttpToolsProtocol):
    """uvicorn's own protocol on a gathering transport, with a limit for whoever is slow to ask."""

    _begun = False
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Gathering(transport, asyncio.get_running_loop()))  # type: ignore[arg-type]
        self._await_the_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_it_all()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._begun:  # most requests come in one piece, and need no timer
            self._await_the_rest()

    def on_message_begin(self) -> None:
        self._begun = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._have_it_all()
        super().on_message_complete()

    def _await_the_rest(self) -> None:
        if self._limit is None:
            self._limit = asyncio.get_running_loop().call_later(READ_SECONDS, self._too_slow)

    def _have_it_all(self) -> None:
        self._begun = False
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _too_slow(self) -> None:
        self._limit = None
        self.transport.close()


class Gathering:
    """A transport: what is written in one turn of the loop leaves together at its end, or when it is closed."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._call_soon(self._leave)
        self._parts.append(data)

    def close(self) -> None:
        self._leave()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _leave(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))
