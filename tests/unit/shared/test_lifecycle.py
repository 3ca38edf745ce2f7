"""The order of stopping, and that a part which dies takes the process down loudly."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect

from shared.errors import Misconfigured
from shared.http import wire
from shared.http.guard import client_address
from shared.lifecycle import Lifecycle, Parts


class Part:
    """Writes down when it ends."""

    def __init__(self, name: str, log: list[str], *, error: Exception | None = None, deaf: bool = False) -> None:
        self._name, self._log, self._error, self._deaf = name, log, error, deaf
        self._stop = asyncio.Event()

    async def run(self) -> None:
        if self._error:
            raise self._error
        try:
            await self._stop.wait()
        except asyncio.CancelledError:
            self._log.append(f"{self._name} cancelled")
            raise
        self._log.append(self._name)

    def stop(self) -> None:
        if not self._deaf:
            self._stop.set()


@asynccontextmanager
async def pool(log: list[str]) -> AsyncIterator[str]:
    yield "pool"
    log.append("pool")


async def test_stopping_goes_from_the_outside_in() -> None:
    log: list[str] = []
    async with Lifecycle() as life:
        assert await life.enter(pool(log)) == "pool"
        life.run_parts(Parts(loops=[Part("loop", log)], consumers=[Part("consumer", log)], relay=Part("relay", log)))
        life.stop()
        await life.until_stopped()
    assert log == ["consumer", "loop", "relay", "pool"]


async def test_a_signal_stops() -> None:
    log: list[str] = []
    async with Lifecycle() as life:
        life.spawn(Part("loop", log))
        os.kill(os.getpid(), signal.SIGTERM)
        await life.until_stopped()
    assert log == ["loop"]


async def test_a_part_that_dies_ends_the_process_with_its_error() -> None:
    log: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with Lifecycle() as life:
            life.spawn(Part("loop", log), Part("broken", log, error=ZeroDivisionError()))
            await life.until_stopped()
    assert log == ["loop"]


async def test_a_part_that_ends_unasked_ends_the_process_too() -> None:
    part = Part("loop", [])
    part.stop()
    with pytest.raises(RuntimeError, match="ended by itself"):
        async with Lifecycle() as life:
            life.spawn(part)
            await life.until_stopped()


async def test_a_part_that_does_not_listen_is_cancelled_in_time() -> None:
    log: list[str] = []
    async with Lifecycle(drain_seconds=0.05) as life:
        life.consume(Part("consumer", log, deaf=True))
        life.relay(Part("relay", log))
        await asyncio.sleep(0)  # they have begun
        life.stop()
    assert log == ["consumer cancelled", "relay"]


@pytest.mark.parametrize("sent", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_who_does_not_finish_a_request_is_not_waited_for(
    sent: bytes, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.05)
    ready, app = asyncio.Event(), FastAPI()

    @app.post("/")
    async def listen(request: Request) -> None:
        await request.body()

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(sent)
        async with asyncio.timeout(10):
            answer = await reader.read()
        # Who has said nothing is told nothing.
        assert answer.startswith(b"HTTP/1.1 408 ") and b"application/problem+json" in answer if sent else answer == b""
        writer.close()
        life.stop()
        await serving


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"FOO / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Bad: a\x01b\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 12_000, 431),
        (b"GET /" + b"a" * 70_000, 431),
    ],
)
async def test_what_is_no_request_is_told_so_as_a_problem(sent: bytes, status: int, unused_tcp_port: int) -> None:
    ready = asyncio.Event()
    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(FastAPI(), host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(sent)
        async with asyncio.timeout(10):
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status)
        assert json.loads(body)["status"] == status
        writer.close()
        life.stop()
        await serving


async def test_half_a_request_does_not_hold_up_the_stop(unused_tcp_port: int) -> None:
    ready, reading, app = asyncio.Event(), asyncio.Event(), FastAPI()
    heard: list[bytes | None] = []

    @app.post("/")
    async def listen(request: Request) -> None:
        reading.set()
        try:
            heard.append(await request.body())
        except ClientDisconnect:
            heard.append(None)

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        await reading.wait()
        life.stop()
        await serving
    assert heard == [None]  # told at once that nobody is there any more, and not cancelled ten seconds later
    writer.close()


async def test_who_does_not_finish_a_second_request_is_not_waited_for_but_a_silent_connection_is_kept(
    unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.05)
    ready, app = asyncio.Event(), FastAPI()

    @app.get("/")
    async def answer() -> str:
        return "here"

    async def asked() -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b'"here"')).startswith(b"HTTP/1.1 200")

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        await asked()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):  # four times the limit, and nothing is hung up on
                await reader.read(1)
        await asked()
        writer.write(b"GET / HT")
        async with asyncio.timeout(10):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()
        life.stop()
        await serving


async def test_http_is_served_until_the_stop(unused_tcp_port: int) -> None:
    app, ready = FastAPI(), asyncio.Event()

    @app.get("/")
    async def root() -> str:
        return "here"

    async with Lifecycle() as life:
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=unused_tcp_port, on_ready=ready.set))
        await ready.wait()
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{unused_tcp_port}/")).json() == "here"
        life.stop()
        await serving


@pytest.mark.parametrize(("trusted", "address"), [("127.0.0.0/8", "203.0.113.7"), ("10.0.0.0/8", "127.0.0.1"), ("", "127.0.0.1")])
async def test_only_a_trusted_proxy_says_where_a_caller_comes_from(unused_tcp_port: int, trusted: str, address: str) -> None:
    app, ready = FastAPI(), asyncio.Event()

    @app.get("/")
    async def root(request: Request) -> str:
        return client_address(request)

    async with Lifecycle() as life:
        serving = life.serve(app, host="127.0.0.1", port=unused_tcp_port, trusted_proxies=trusted, on_ready=ready.set)
        task = asyncio.create_task(serving)
        await ready.wait()
        async with httpx.AsyncClient(headers={"X-Forwarded-For": "203.0.113.7"}) as client:
            assert (await client.get(f"http://127.0.0.1:{unused_tcp_port}/")).json() == address
        life.stop()
        await task


async def test_a_taken_port_is_told_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Misconfigured, match="TECHRESCUE_PORT"):
        async with Lifecycle() as life:
            await life.serve(FastAPI(), host="127.0.0.1", port=other.getsockname()[1])
