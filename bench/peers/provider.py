"""A provider of SMS that takes any number of messages at once, each for so long, in a process of its own: `PORT SECONDS [TOKEN]`.

It speaks like Twilio to us, and in its plainest words to the textbook (`/send`). With a token it sends a signed receipt for each
message of ours; without one it sends none. `/counts` says how many messages it took and how many receipts were heard, and when it
last did; `/arrived` when each message came for which no receipt goes out, by our attempt or the textbook's request. All moments
are time.monotonic, one clock for all processes here. It knows only as much HTTP as that takes: what the measuring costs is taken
from what is measured.
"""

import asyncio
import hmac
import sys
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import cast
from urllib.parse import unquote_to_bytes, urlsplit
from uuid import uuid4

import orjson
import uvloop
from httptools import HttpRequestParser, HttpResponseParser

from bench.notifying import ACCOUNT

RECEIPT_LANES = 256  # reports that wait for an answer at the same time
AGAIN_SECONDS = 0.5
SERVER_ERROR = 500
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json".encode()
CALLBACK = b"StatusCallback="
REQUEST = b"request_id="
UUID_LENGTH = 36
ANSWER = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
RECEIPT = (
    b"POST %b%b HTTP/1.1\r\nHost: %b\r\nX-Twilio-Signature: %b\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\nMessageSid=%b&MessageStatus=delivered"
)


class Books:
    def __init__(self, token: bytes | None) -> None:
        self._token = token
        self.arrived: dict[str, float] = {}
        self._reporters: dict[bytes, Reporter] = {}
        self._numbers = count(uuid4().int >> 8)
        self.taken, self.taken_at = 0, 0.0
        self.heard, self.heard_at = 0, 0.0

    def take(self) -> None:
        self.taken += 1
        self.taken_at = time.monotonic()

    def remember(self, id_: bytes) -> None:
        self.arrived.setdefault(id_.decode("ascii"), time.monotonic())

    def take_to_report(self, form: bytes) -> bytes:
        """The message's number with us. Where its receipt goes differs from others only in the id of the attempt at its end."""
        self.take()
        number = b"SM%032x" % next(self._numbers)
        address = form[form.index(CALLBACK) + len(CALLBACK) :].partition(b"&")[0]
        start, attempt = address[:-UUID_LENGTH], address[-UUID_LENGTH:]
        if self._token is None:
            self.remember(attempt)
            return number
        if start not in self._reporters:
            self._reporters[start] = Reporter(self, self._token, unquote_to_bytes(start))
        self._reporters[start].report(attempt, number)
        return number

    def hear(self) -> None:
        self.heard += 1
        self.heard_at = time.monotonic()


class Door(asyncio.Protocol):
    """A connection over which messages come, one after the other."""

    def __init__(self, books: Books, takes_seconds: float) -> None:
        self._books = books
        self._takes_seconds = takes_seconds
        self._parser = HttpRequestParser(self)
        self._path, self._query, self._body = b"", b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by name

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, _, self._query = url.partition(b"?")  # the textbook's fields
        self._body = b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._path == MESSAGES:
            self._later(self._taken_and_reported, self._body)
        elif self._path == b"/send":
            self._later(self._taken, self._query)
        elif self._path == b"/counts":
            books = self._books
            self._answer(200, orjson.dumps([books.taken, books.taken_at, books.heard, books.heard_at]))
        elif self._path == b"/arrived":
            self._answer(200, orjson.dumps(self._books.arrived))
        else:
            self._answer(404, b"{}")

    def _later(self, taken: Callable[[bytes], None], fields: bytes) -> None:
        if self._takes_seconds:
            asyncio.get_running_loop().call_later(self._takes_seconds, taken, fields)
        else:
            taken(fields)

    def _taken(self, query: bytes) -> None:
        self._books.take()
        self._books.remember(query[query.index(REQUEST) + len(REQUEST) :][:UUID_LENGTH])
        self._answer(200, b'"ok"')

    def _taken_and_reported(self, form: bytes) -> None:
        self._answer(201, b'{"sid": "%b"}' % self._books.take_to_report(form))

    def _answer(self, status: int, body: bytes) -> None:
        if self._transport.is_closing():  # whoever asked is gone: a peer that was stopped in the middle
            return
        self._transport.write(ANSWER % (status, len(body), body))


class Reporter:
    """Says of each message that the phone has it, to one address, over as many lanes as that takes."""

    def __init__(self, books: Books, token: bytes, address: bytes) -> None:
        there = urlsplit(address.decode())
        self.host, self.port = there.hostname, there.port
        self.heard = books.hear
        self._token, self._address = token, address
        self._netloc = there.netloc.encode()
        self._path = f"{there.path}?{there.query}".encode()
        self._waiting: deque[bytes] = deque()
        self._idle = [Lane(self) for _ in range(RECEIPT_LANES)]

    def report(self, attempt: bytes, number: bytes) -> None:
        said = b"%b%bMessageSid%bMessageStatusdelivered" % (self._address, attempt, number)
        signed = b64encode(hmac.digest(self._token, said, "sha1"))
        length = len("MessageSid=&MessageStatus=delivered") + len(number)
        receipt = RECEIPT % (self._path, attempt, self._netloc, signed, length, number)
        if self._idle:
            self._idle.pop().tell(receipt)
        else:
            self._waiting.append(receipt)

    def is_free(self, lane: "Lane") -> None:
        if self._waiting:
            lane.tell(self._waiting.popleft())
        else:
            self._idle.append(lane)


class Lane(asyncio.Protocol):
    """A connection over which receipts go: one, its answer, the next. A connection that ends is made again."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._receipt: bytes | None = None  # until it is heard
        self._transport: asyncio.Transport | None = None

    def tell(self, receipt: bytes) -> None:
        self._receipt = receipt
        if self._transport is None:
            self._opening = asyncio.create_task(self._open())
        else:
            self._transport.write(receipt)

    async def _open(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, self._reporter.host, self._reporter.port)
        except OSError:
            self._end(SERVER_ERROR)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._parser = cast("asyncio.Transport", transport), HttpResponseParser(self)
        if self._receipt is not None:
            self._transport.write(self._receipt)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._end(self._parser.get_status_code())

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._end(SERVER_ERROR)

    def _end(self, status: int) -> None:
        receipt, self._receipt = self._receipt, None
        if receipt is None:
            return
        if status >= SERVER_ERROR:  # a provider tries again after a while
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self.tell, receipt)
        else:
            self._reporter.heard()
            self._reporter.is_free(self)


async def main(port: int, takes_seconds: float, token: str | None = None) -> None:
    books = Books(token.encode() if token else None)
    server = await asyncio.get_running_loop().create_server(lambda: Door(books, takes_seconds), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:4]))
