"""Server-sent events: an answer that goes on until the caller hangs up, is too slow, or this process stops. Knows no event.

https://html.spec.whatwg.org/multipage/server-sent-events.html: `id` comes back as Last-Event-ID; a colon first is no event.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

# In the ASGI scope. wire.py hangs up on what is a stream when the process stops, which would wait for it, and says how to drop a
# connection: closing waits for whoever does not read.
STREAM: Final = "techrescue.stream"
ABORT: Final = "techrescue.abort"
SEND_SECONDS: Final = 20.0  # for one piece: who takes none for so long is gone
HEARTBEAT: Final = b": \n\n"
HEARTBEAT_SECONDS: Final = 15.0
HEADERS: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that gathers would keep what is told from whoever waits for it
)


def event(name: str, data: Any, id_: str | None = None) -> bytes:
    """One event. JSON has no raw line breaks, so that it is one line of data."""
    head = b"" if id_ is None else b"id: %b\n" % id_.encode()
    return b"%bevent: %b\ndata: %b\n\n" % (head, name.encode(), orjson.dumps(data, default=str))


async def next_piece(queue: "asyncio.Queue[bytes]") -> bytes:
    """A heartbeat when nothing comes: what stands between would hang up on silence."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await queue.get()
    except TimeoutError:
        return HEARTBEAT


class EventStream(Response):
    """`pieces` ends the answer when it ends; `leave` is called however it ends."""

    def __init__(self, pieces: AsyncIterator[bytes], leave: Callable[[], None]) -> None:
        self.status_code, self.background, self.body = 200, None, b""
        self.raw_headers = list(HEADERS)
        self._pieces = pieces
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[STREAM] = True
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        told, gone = asyncio.create_task(self._tell(send)), asyncio.create_task(_hung_up(receive))
        try:
            await asyncio.wait({told, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (told, gone):
                task.cancel()
            ended = await asyncio.gather(told, gone, return_exceptions=True)
            self._leave()
            if isinstance(ended[0], Exception) and ABORT in scope:
                scope[ABORT]()

    async def _tell(self, send: Send) -> None:
        async for piece in self._pieces:
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
