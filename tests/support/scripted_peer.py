"""A provider over HTTP on loopback that says what a test has written down, and misbehaves in every way that providers do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

DRIP_SECONDS = 0.02
BLOCK = b"x" * 65536
MOST_BLOCKS = 16_384  # of 64 KiB: a gigabyte

Way = Literal["answers", "hangs_up", "never", "drips", "floods"]


@dataclass(frozen=True)
class Reply:
    """`hangs_up`: after it has taken the request. `drips`: a byte at a time. `floods`: a gigabyte, unless somebody stops it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    way: Way = "answers"


def in_json(said: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, orjson.dumps(said), {"Content-Type": "application/json", **headers})


@dataclass(frozen=True)
class Asked:
    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # names in small letters
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Peer:
    """`reply` is given to everybody; `asked`: every request, in order; `flooded`: bytes that somebody took of a flood."""

    reply: Reply
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    flooded: int = 0
    serving: set["asyncio.Task[None]"] = field(default_factory=set)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            if self.reply.way == "floods":
                writer.transport.abort()  # what nobody reads would wait for ever
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """True: the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append(Asked(method, path, headers, body))
        match self.reply.way:
            case "hangs_up":
                return False
            case "never":
                await reader.read()  # until the caller gives up
                return False
            case "drips":
                await self._drip(writer)
                return False
            case "floods":
                await self._flood(writer)
                return False
        writer.write(self._head(len(self.reply.body)) + self.reply.body)
        await writer.drain()
        return True

    def _head(self, length: int) -> bytes:
        lines = [f"HTTP/1.1 {self.reply.status} X", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in self.reply.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._head(1000))
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)

    async def _flood(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._head(len(BLOCK) * MOST_BLOCKS))
        for _ in range(MOST_BLOCKS):
            writer.write(BLOCK)
            await writer.drain()
            self.flooded += len(BLOCK)


@asynccontextmanager
async def scripted_peer(reply: Reply | None = None) -> AsyncIterator[Peer]:
    peer = Peer(reply or Reply())
    server = await asyncio.start_server(peer.take, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        server.close()
        for task in peer.serving:
            task.cancel()
        await asyncio.gather(*peer.serving, return_exceptions=True)
        await server.wait_closed()
