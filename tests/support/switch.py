"""A small provider that connects two telephones, over HTTP on loopback: rings once an id, and misbehaves on request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson


@dataclass
class Switch:
    """`calls`: what was rung, by id. `becomes`: the status of a new call. `loses`: so many answers get lost after the fact."""

    becomes: str = "ringing"
    loses: int = 0
    refuses: bool = False
    url: str = ""
    calls: dict[str, dict[str, str]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    rings: list[str] = field(default_factory=list)  # each time somebody's telephone was rung for it
    tokens: set[str] = field(default_factory=set)
    serving: set["asyncio.Task[None]"] = field(default_factory=set)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # whoever calls may be killed in the middle of a word
            await self._hear(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.tokens.add(headers["authorization"])
        status, said = self._answer(method, path.rpartition("/")[2], body)
        if self.loses:
            self.loses -= 1
        else:
            text = orjson.dumps(said).decode()
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
            await writer.drain()

    def _answer(self, method: str, call_id: str, body: bytes) -> tuple[int, dict[str, str]]:
        if self.refuses:
            return 503, {}
        if method == "PUT" and call_id not in self.calls:
            self.calls[call_id] = orjson.loads(body)
            self.status[call_id] = self.becomes
            self.rings.append(call_id)
        if call_id not in self.calls:
            return 404, {}
        if method == "DELETE" and self.status[call_id] == "ringing":
            self.status[call_id] = "failed"
        return 200, {"status": self.status[call_id]}


@asynccontextmanager
async def a_switch() -> AsyncIterator[Switch]:
    switch = Switch()
    server = await asyncio.start_server(switch.take, "127.0.0.1", 0)
    switch.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield switch
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*switch.serving)
