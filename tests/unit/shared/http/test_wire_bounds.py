"""Whoever sends without end is hung up on, wherever in a request it grows; and no stranger writes into our log."""

import asyncio
from contextlib import suppress

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.http import wire
from shared.lifecycle import Lifecycle

CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "again", "status"),
    [
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"x: " + b"a" * 500 + b"\r\n", 431),  # fields after the last chunk
        (CHUNKED + b"2\r\n{}\r\n0\r\nx: ", b"a" * 500, 431),  # one field there
        (CHUNKED + b"2;", b"a" * 500, 431),  # what is said of a chunk
        (CHUNKED, b"1\r\na\r\n" * 100, 431),  # more frame than body
        (CHUNKED, b"1f4\r\n" + b"a" * 500 + b"\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", b"a" * 500, None),  # it has its answer
    ],
)
async def test_a_request_has_an_end_wherever_it_grows(
    sent: bytes, again: bytes, status: int | None, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_REQUEST_BYTES", 1_000_000)
    ready, app = asyncio.Event(), FastAPI()

    @app.api_route("/", methods=["GET", "POST"])
    async def listen(request: Request) -> None:
        if request.method == "POST":
            await request.body()

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(sent)
        passed = 0
        with suppress(ConnectionError):
            while not writer.is_closing() and not reader.at_eof() and passed < 20_000_000:
                writer.write(again * 100)
                await writer.drain()
                passed += len(again) * 100
        assert passed < 20_000_000, "nobody hung up"
        told = b""
        with suppress(ConnectionError):
            told = await reader.read()
        assert told.count(b"HTTP/1.1") <= 1, "a second answer to one request"
        if status is not None and told:  # whoever goes on sending may lose it
            assert told.startswith(b"HTTP/1.1 %d " % status)
        writer.close()
        life.stop()
        await serving


async def test_many_requests_in_one_piece_are_no_long_head(unused_tcp_port: int) -> None:
    ready, app = asyncio.Event(), FastAPI()

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        one = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n" + b"a" * 90_000
        writer.write(one * 3)
        async with asyncio.timeout(10):
            for _ in range(3):
                assert (await reader.readuntil(b"\r\n\r\n90000")).startswith(b"HTTP/1.1 200 ")
        writer.close()
        life.stop()
        await serving


async def test_a_stranger_who_wants_a_web_socket_is_answered_and_nothing_is_logged(
    unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    ready, app = asyncio.Event(), FastAPI()

    @app.get("/")
    async def root() -> str:
        return "here"

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{unused_tcp_port}/", headers=upgrade)).json() == "here"
        assert not [record for record in caplog.records if record.levelname == "WARNING"]
        life.stop()
        await serving
