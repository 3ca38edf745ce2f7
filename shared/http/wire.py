"""How a request comes in and an answer goes out, below ASGI: whole within bounds, and in one write. Knows no route.

uvicorn writes head and body one after the other, which is two system calls here, two packets and two wake-ups of the client: a
sixth of what a small answer costs. And it waits without end for the rest of a request that somebody has begun.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problems import problem_response

READ_SECONDS: Final = 20.0  # from the connection, or from a request's first byte, to its last one
MOST_HEAD_BYTES: Final = 64 * 1024  # of address and header fields


class WireProtocol(HttpToolsProtocol):
    """uvicorn's own protocol on a gathering transport, with limits for whoever is slow to ask, or has no end.

    What is refused here is told as any other problem, and hung up on.
    """

    _begun = False  # a request that is not whole yet
    _head_bytes = 0
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
            self._bound_the_head(len(data))

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - says no more than that it is invalid
        self._refuse(400, "This is not a request of HTTP/1.1; check the method, the address and the header fields.")

    def shutdown(self) -> None:
        super().shutdown()
        if self._begun:  # what has not come whole was not accepted, and is not waited for
            self.transport.close()

    def on_message_begin(self) -> None:
        self._begun, self._head_bytes = True, 0
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

    def _bound_the_head(self, came: int) -> None:
        if "method" in self.scope:  # uvicorn puts it there once the head is whole; body.py bounds what follows
            return
        self._head_bytes += came
        if self._head_bytes > MOST_HEAD_BYTES:
            self._refuse(431, f"Address and header fields are too long; {MOST_HEAD_BYTES // 1024} KiB are the most.")

    def _too_slow(self) -> None:
        self._limit = None
        if self._begun and self._may_answer():
            self._refuse(408, f"The request did not come whole within {READ_SECONDS:.0f} seconds. Send it again.")
        else:
            self.transport.close()

    def _may_answer(self) -> bool:
        """False while an earlier request on this connection still waits for its answer."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete or (cycle.more_body and not cycle.response_started)

    def _refuse(self, status: int, detail: str) -> None:
        response = problem_response(status, detail, headers={"connection": "close"})
        fields = b"".join(b"%b: %b\r\n" % field for field in response.raw_headers)
        line = b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())
        self.transport.write(b"".join((line, fields, b"\r\n", response.body)))
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
