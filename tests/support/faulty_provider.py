"""A provider of texts on loopback that counts what it takes and fails by lot, in every way that providers fail.

It speaks as Twilio does, which knows no idempotency and cannot be asked: whatever it takes twice is two texts.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

BLOCK: Final = b" " * 65536
GIGABYTE_BLOCKS: Final = 16_384
DRIP_SECONDS: Final = 0.05


class Fault(StrEnum):
    NONE = "none"  # takes it, and says so
    LIES = "lies"  # takes it, says so, reports it as delivered, and no phone ever shows it
    SILENT = "silent"  # takes it, and never answers
    HANGS_UP = "hangs_up"  # takes it, and hangs up
    DRIPS = "drips"  # takes it, and answers a byte at a time, for longer than anybody waits
    POURS = "pours"  # takes it, and answers with a gigabyte
    PAGE = "page"  # takes it, and something in between answers with a page
    BROKEN = "broken"  # takes it, and says 500
    BROKEN_BEFORE = "broken_before"  # says 500, and has not taken it
    AWAY = "away"  # 503
    THROTTLED = "throttled"  # 429
    THROTTLED_FOR = "throttled_for"  # 429, and for how long
    REFUSED = "refused"  # no such number


TAKES: Final = frozenset(
    {Fault.NONE, Fault.LIES, Fault.SILENT, Fault.HANGS_UP, Fault.DRIPS, Fault.POURS, Fault.PAGE, Fault.BROKEN}
)
DOUBTFUL: Final = (TAKES | {Fault.BROKEN_BEFORE}) - {Fault.NONE, Fault.LIES}
ANSWERS: Final = {
    Fault.NONE: (201, "", b'{"sid": "SM1"}'),
    Fault.LIES: (201, "", b'{"sid": "SM1"}'),
    Fault.PAGE: (200, "", b"<html><body>Sign in to the network</body></html>"),
    Fault.BROKEN: (500, "", b""),
    Fault.BROKEN_BEFORE: (500, "", b""),
    Fault.AWAY: (503, "", b"<html><body>503</body></html>"),
    Fault.THROTTLED: (429, "", b'{"code": 20429}'),
    Fault.THROTTLED_FOR: (429, "Retry-After: 1\r\n", b'{"code": 20429}'),
    Fault.REFUSED: (400, "", b'{"code": 21211}'),
}


@dataclass
class FaultyProvider:
    """`lot` says how the next request ends. `took`: how often the text of each number; `met`: what became of each attempt."""

    lot: Callable[[], Fault] = lambda: Fault.NONE
    answer_seconds: float = 0.0
    url: str = ""
    took: Counter[str] = field(default_factory=Counter)
    met: dict[UUID, Fault] = field(default_factory=dict)
    asked: int = 0
    poured: int = 0  # bytes of gigabytes that somebody took
    _told: int = 0  # of `met`, by `news`
    _serving: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def taken(self) -> set[UUID]:
        """The attempts that became a text."""
        return {attempt for attempt, fault in self.met.items() if fault in TAKES}

    def who_met(self, fault: Fault) -> set[UUID]:
        return {attempt for attempt, met in self.met.items() if met is fault}

    def news(self) -> list[tuple[UUID, Fault]]:
        """What it has taken since the last time."""
        fresh = list(islice(self.met.items(), self._told, None))
        self._told += len(fresh)
        return [(attempt, fault) for attempt, fault in fresh if fault in TAKES]

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            writer.transport.abort()  # what nobody reads would wait for ever

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """True: the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line.partition(": ")[2]) for line in head.split("\r\n") if line.startswith("content-length"))
        form = {name: values[0] for name, values in parse_qs((await reader.readexactly(length)).decode()).items()}
        fault = self._note(UUID(parse_qs(urlsplit(form["StatusCallback"]).query)["attempt"][0]), form["To"])
        if self.answer_seconds:
            await asyncio.sleep(self.answer_seconds)
        await self._misbehave(fault, reader, writer)
        if fault not in ANSWERS:
            return False
        status, header, body = ANSWERS[fault]
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{header}\r\n".encode() + body)
        await writer.drain()
        return True

    def _note(self, attempt: UUID, to: str) -> Fault:
        self.asked += 1
        self.met[attempt] = fault = self.lot()
        if fault in TAKES:
            self.took[to] += 1
        return fault

    async def _misbehave(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault is Fault.SILENT:
            await reader.read()  # until the caller gives up
        if fault is Fault.DRIPS:
            writer.write(b"HTTP/1.1 201 X\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(DRIP_SECONDS)
        if fault is Fault.POURS:
            writer.write(f"HTTP/1.1 201 X\r\nContent-Length: {len(BLOCK) * GIGABYTE_BLOCKS}\r\n\r\n".encode())
            for _ in range(GIGABYTE_BLOCKS):
                writer.write(BLOCK)
                await writer.drain()
                self.poured += len(BLOCK)


@asynccontextmanager
async def faulty_provider(lot: Callable[[], Fault] = lambda: Fault.NONE) -> AsyncIterator[FaultyProvider]:
    provider = FaultyProvider(lot)
    server = await asyncio.start_server(provider.accept, "127.0.0.1", 0, backlog=1024)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.close()
        for task in list(provider._serving):
            task.cancel()
        await asyncio.gather(*provider._serving, return_exceptions=True)
        await server.wait_closed()
