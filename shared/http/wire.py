"""How a request comes in and an answer goes out, below ASGI: whole within bounds, and in one write. Knows no route.

uvicorn writes head and body one after the other, which is two system calls here, two packets and two wake-ups of the client: a
sixth of what a small answer costs. And it waits without end for the rest of a request that somebody has begun.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.problems import problem_response
from shared.http.streams import ABORT, STREAM
from shared.telemetry.metrics import HTTP_REQUESTS

READ_SECONDS: Final = 20.0  # from the connection, or from a request's first byte, to its last one
MOST_HEAD_BYTES: Final = 64 * 1024  # of all that is no body: address and fields, before and after it, and the frame of chunks
MOST_REQUEST_BYTES: Final = 32 * 1024 * 1024  # whatever it is, also where nobody reads the body: above the longest file, drained
UNREAD: Final = "unread"  # among the routes of the metric: no guard has seen it


class WireProtocol(HttpToolsProtocol):
    """uvicorn's own protocol on a gathering transport, with limits for whoever is slow to ask, or has no end.

    What is refused here is told as any other problem, and hung up on.
    """

    _begun = False  # a request that is not whole yet
    _came_bytes = _head_bytes = 0  # of that one
    _body_bytes = 0  # of what the parser is at
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Gathering(transport, asyncio.get_running_loop()))  # type: ignore[arg-type]
        self._await_the_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_it_all()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._body_bytes = 0
        super().data_received(data)
        if self._begun and not self.transport.is_closing():  # most requests come in one piece, and need no timer
            self._await_the_rest()
            self._bound_it(len(data))

    def _unsupported_upgrade_warning(self) -> None:
        """Any stranger may ask for a WebSocket, and is answered as if they had not: nothing to log, nothing to install."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - says no more than that it is invalid
        self._refuse(400, "This is not a request of HTTP/1.1; check the method, the address and the header fields.")

    def shutdown(self) -> None:
        super().shutdown()
        if self._begun:  # what has not come whole was not accepted, and is not waited for
            self.transport.close()
        if self.cycle is not None and not self.cycle.response_complete and STREAM in self.cycle.scope:
            self.transport.abort()  # has no end of its own; whoever listens comes again and goes on where they were

    def on_message_begin(self) -> None:
        self._begun, self._came_bytes, self._head_bytes = True, 0, 0
        super().on_message_begin()
        self.scope[ABORT] = self.transport.abort  # type: ignore[typeddict-unknown-key]

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

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

    def _bound_it(self, came: int) -> None:
        """The parser keeps each field, also those that follow the last chunk; body.py bounds only what it reads."""
        self._came_bytes += came
        self._head_bytes += came - self._body_bytes
        if self._head_bytes > MOST_HEAD_BYTES:
            self._turn_away(431, f"Address and header fields are too long; {MOST_HEAD_BYTES // 1024} KiB are the most.")
        elif self._came_bytes > MOST_REQUEST_BYTES:
            self._turn_away(413, f"The request is too long; {MOST_REQUEST_BYTES // 1024 // 1024} MiB are the most.")

    def _too_slow(self) -> None:
        self._limit = None
        self._turn_away(408, f"The request did not come whole within {READ_SECONDS:.0f} seconds. Send it again.")

    def _turn_away(self, status: int, detail: str) -> None:
        """With a word why, unless nothing was asked yet, or another answer has its turn."""
        if self._begun and self._may_answer():
            self._refuse(status, detail)
        else:
            self.transport.close()

    def _may_answer(self) -> bool:
        """False while an earlier request on this connection waits for its answer, and once this one has it."""
        cycle = self.cycle
        if "method" not in self.scope:  # uvicorn puts it there once the head is whole: then the cycle is of one before
            return cycle is None or cycle.response_complete
        return cycle.more_body and not cycle.response_started and not self.pipeline

    def _refuse(self, status: int, detail: str) -> None:
        HTTP_REQUESTS.labels("", UNREAD, str(status)).inc()
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
