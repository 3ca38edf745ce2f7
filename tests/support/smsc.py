"""A small SMSC that speaks SMPP 3.4 to a real bearerbox and misbehaves on request; what fakesmsc cannot: reject, throttle, tell.

It reads only what the tests ask about. Field order of submit_sm: SMPP 3.4 §4.4.1; of deliver_sm: §4.6.1.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = struct.Struct(">IIII")
BIND, UNBIND, SUBMIT, DELIVER, ENQUIRE = 0x9, 0x6, 0x4, 0x5, 0x15
ANSWER: Final = 0x80000000
OK, SUBMIT_FAILED, THROTTLED = 0x0, 0x45, 0x58


@dataclass(frozen=True, slots=True)
class Submitted:
    """One part. `number` counts from one over everything that was submitted, refused parts too."""

    number: int
    to: bytes
    sender: bytes
    validity: str
    wants_receipt: bool
    text: bytes


@dataclass
class Smsc:
    """`judge` gives the SMPP status of each part; parts that are taken get a receipt with `stat` when they want one."""

    judge: Callable[[Submitted], int] = lambda _: OK
    stat: str = "DELIVRD"
    seen: list[Submitted] = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _serving: list["asyncio.Task[None]"] = field(default_factory=list)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._serving.append(asyncio.create_task(self._talk(reader, writer)))

    async def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await asyncio.gather(*self._serving)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length, command, _, sequence = HEADER.unpack(await reader.readexactly(HEADER.size))
                body = await reader.readexactly(length - HEADER.size)
                if command == SUBMIT:
                    self._submit(writer, sequence, body)
                elif command < ANSWER:
                    writer.write(_pdu(command | ANSWER, sequence, b"smsc\0" if command == BIND else b""))
                await writer.drain()

    def _submit(self, writer: asyncio.StreamWriter, sequence: int, body: bytes) -> None:
        part = _submitted(len(self.seen) + 1, body)
        self.seen.append(part)
        status = self.judge(part)
        writer.write(_pdu(SUBMIT | ANSWER, sequence, b"" if status else b"%d\0" % part.number, status))
        if status == OK and part.wants_receipt:
            writer.write(_pdu(DELIVER, 1000 + part.number, _receipt(part, self.stat)))


@asynccontextmanager
async def smsc_on(port: int, smsc: Smsc) -> AsyncIterator[Smsc]:
    server = await asyncio.start_server(smsc.take, "127.0.0.1", port)
    try:
        yield smsc
    finally:
        server.close()
        await smsc.hang_up()
        await server.wait_closed()


def _pdu(command: int, sequence: int, body: bytes, status: int = OK) -> bytes:
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def _submitted(number: int, body: bytes) -> Submitted:
    _, rest = body.split(b"\0", 1)  # service type
    sender, rest = rest[2:].split(b"\0", 1)
    to, rest = rest[2:].split(b"\0", 1)
    _, rest = rest[3:].split(b"\0", 1)  # schedule
    validity, rest = rest.split(b"\0", 1)
    return Submitted(number, to, sender, validity.decode(), bool(rest[0] & 1), rest[5 : 5 + rest[4]])


def _receipt(part: Submitted, stat: str) -> bytes:
    text = f"id:{part.number} sub:001 dlvrd:001 submit date:2603021000 done date:2603021000 stat:{stat} err:000 text:".encode()
    addresses = b"\0\1\1" + part.to + b"\0\1\1" + part.sender + b"\0"
    return addresses + b"\4\0\0" + b"\0\0" + b"\0\0\0\0" + bytes([len(text)]) + text
