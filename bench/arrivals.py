"""Callers that come one by one at random, as callers do: a Poisson process of hotline filings.

They know only as much HTTP as that takes: what the measuring costs is taken from what is measured.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import orjson
from httptools import HttpResponseParser

ACCEPTED = 202
LONGEST_SECONDS = 30.0  # that a caller waits
IDLE_SECONDS = 2.0  # servers close what rests for five
FILING = (
    b"POST /v1/requests HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n%b"
    b"Idempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b"
)


@dataclass(slots=True)
class Filed:
    """`answered`: request id → when its 202 came, on time.monotonic()."""

    answered: dict[str, float] = field(default_factory=dict)
    failed: int = 0


async def file_at_random(
    port: int, token: str | None, *, rate: float, seconds: float, seed: int = 11, categories: Sequence[str] = ("equipment",)
) -> Filed:
    """`rate` a second on average; returns when every caller has an answer. The same seed: the same callers and moments."""
    choice, filed = random.Random(seed), Filed()  # noqa: S311 - the same callers for both sides
    idle: list[Line] = []
    proof = b"Authorization: Bearer %b\r\n" % token.encode() if token else b""
    started, offset = time.monotonic(), 0.0
    async with asyncio.TaskGroup() as callers:
        while (offset := offset + choice.expovariate(rate)) < seconds:
            await asyncio.sleep(max(0.0, started + offset - time.monotonic()))
            body = orjson.dumps(_body(choice, choice.choice(categories)))
            filing = FILING % (port, proof, uuid4().hex.encode(), len(body), body)
            callers.create_task(_call(idle, port, filing, filed))
    for line in idle:
        line.close()
    return filed


async def _call(idle: list["Line"], port: int, filing: bytes, filed: Filed) -> None:
    """Over the line that was used last, or a new one."""
    line = idle.pop() if idle else None
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            if line is None or line.is_over():
                _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
            status, body = await line.ask(filing)
    except OSError:  # TimeoutError is one
        filed.failed += 1
        return
    if status == ACCEPTED:
        filed.answered[orjson.loads(body)["id"]] = time.monotonic()
    else:
        filed.failed += 1
    idle.append(line)


class Line(asyncio.Protocol):
    """A connection to intake: one filing, its answer, the next."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = HttpResponseParser(self)
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body, self._idle_since = b"", 0.0

    def ask(self, filing: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(filing)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), self._body))
        self._body, self._idle_since = b"", time.monotonic() if self._parser.should_keep_alive() else 0.0

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("intake hung up"))

    def is_over(self) -> bool:
        """Also when it has rested for so long that the other side may be closing it."""
        return self._transport.is_closing() or time.monotonic() > self._idle_since + IDLE_SECONDS

    def close(self) -> None:
        self._transport.close()


def _body(choice: random.Random, category: str) -> dict[str, Any]:
    return {
        "channel": "hotline",
        "requester": {"name": "Nguyễn Thị Hoa", "phone": f"09{choice.randrange(10**8):08d}"},
        "category": category,
        "description": "Máy ở quầy không lên",
        "location": {"lat": 20.98 + choice.random() * 0.1, "lon": 105.76 + choice.random() * 0.1},
        "visit_consent": True,
    }
