"""A provider of SMS that takes 50 ms for each message and any number at once, in a process of its own: `PORT [TOKEN]`.

It speaks like Twilio to us, with a signed receipt for each message, and in its plainest words to the textbook (`/send`).
`/counts` says how many messages it took and how many receipts were heard, and when it last did (time.monotonic, one clock for
all processes here). It knows only as much HTTP as that takes: what the measuring costs is taken from what is measured.
"""

import asyncio
import sys
import time
from typing import cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import orjson
import uvloop
from httptools import HttpRequestParser, HttpResponseParser, parse_url

from bench.notifying import ACCOUNT
from notify.callbacks_twilio import signature

TAKES_SECONDS = 0.05
RECEIPT_LANES = 256  # reports that wait for an answer at the same time
AGAIN_SECONDS = 0.5
SERVER_ERROR = 500
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json".encode()


class Books:
    def __init__(self) -> None:
        self.taken, self.taken_at = 0, 0.0
        self.heard, self.heard_at = 0, 0.0
        self.reports: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def take(self) -> None:
        self.taken += 1
        self.taken_at = time.monotonic()

    def hear(self) -> None:
        self.heard += 1
        self.heard_at = time.monotonic()


class Door(asyncio.Protocol):
    """A connection over which messages come, one after the other."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._parser = HttpRequestParser(self)
        self._path, self._body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by name

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, self._body = parse_url(url).path, b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._path == b"/counts":
            books = self._books
            self._answer(200, orjson.dumps([books.taken, books.taken_at, books.heard, books.heard_at]))
        elif self._path in {b"/send", MESSAGES}:
            done = self._taken if self._path == b"/send" else self._taken_and_reported
            asyncio.get_running_loop().call_later(TAKES_SECONDS, done, self._body)
        else:
            self._answer(404, b"{}")

    def _taken(self, _body: bytes) -> None:
        self._books.take()
        self._answer(200, b'"ok"')

    def _taken_and_reported(self, body: bytes) -> None:
        sid = f"SM{uuid4().hex}"
        self._books.take()
        self._books.reports.put_nowait((parse_qs(body.decode())["StatusCallback"][0], sid))
        self._answer(201, orjson.dumps({"sid": sid}))

    def _answer(self, status: int, body: bytes) -> None:
        head = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


class Lane(asyncio.Protocol):
    """A connection over which receipts go: one, its answer, the next. A connection that ends is made again."""

    def __init__(self, token: str, books: Books) -> None:
        self._token = token
        self._books = books
        self._answered: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    async def run(self) -> None:
        """Says of each message that the phone has it, until it is heard."""
        while True:
            url, sid = await self._books.reports.get()
            while await self._tell(url, sid) >= SERVER_ERROR:  # noqa: ASYNC110 - a provider tries again after a while
                await asyncio.sleep(AGAIN_SECONDS)
            self._books.hear()

    async def _tell(self, url: str, sid: str) -> int:
        loop, there = asyncio.get_running_loop(), urlsplit(url)
        said = {"MessageSid": sid, "MessageStatus": "delivered"}
        signed = signature(self._token, url, list(said.items()))
        body = "&".join(f"{name}={value}" for name, value in said.items())
        if self._transport is None or self._transport.is_closing():
            try:
                await loop.create_connection(lambda: self, there.hostname, there.port)
            except OSError:
                return SERVER_ERROR
        assert self._transport is not None
        self._answered = loop.create_future()
        self._transport.write(
            f"POST {there.path}?{there.query} HTTP/1.1\r\nHost: {there.netloc}\r\nX-Twilio-Signature: {signed}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        return await self._answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._parser = cast("asyncio.Transport", transport), HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._end(self._parser.get_status_code())

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._end(SERVER_ERROR)

    def _end(self, status: int) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(status)


async def main(port: int, token: str) -> None:
    books = Books()
    await asyncio.get_running_loop().create_server(lambda: Door(books), "127.0.0.1", port, backlog=1024)
    await asyncio.gather(*(Lane(token, books).run() for _ in range(RECEIPT_LANES)))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), *sys.argv[2:] or ["-"]))
