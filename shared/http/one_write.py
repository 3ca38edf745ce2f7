"""Head and body of an answer leave in one write. Knows the server's transport and nothing of what is sent.

uvicorn writes them one after the other, which is two system calls here, two packets and two wake-ups of the client: a sixth of
what a small answer costs.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's own protocol on a gathering transport."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Gathering(transport, asyncio.get_running_loop()))  # type: ignore[arg-type]


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
