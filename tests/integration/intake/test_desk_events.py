"""The board as it changes, as a screen hears it over HTTP, from where it stopped, for its commune only; the slow are cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
import uvicorn

from intake.desk.board import Wanted
from intake.desk.listener import Listener
from intake.desk.sight import Sight
from intake.desk.stream import BoardStream
from shared.events.assignments import JobStatus
from shared.http.wire import WireProtocol
from shared.security.tokens import revoke
from tests.integration.intake.conftest import Desk, open_desk
from tests.integration.intake.test_board import Job, filed
from tests.support.desk import EAST, PLACES, WEST, operator_of
from tests.support.eventually import eventually
from tests.support.running import running


@dataclass
class Heard:
    """One event as it came."""

    name: str
    data: Any
    id: str | None


@dataclass
class Screen:
    """Somebody who listens; `next` waits for the next event that is no greeting."""

    lines: AsyncIterator[str]
    last_id: str | None = None
    all: list[Heard] = field(default_factory=list)

    async def next(self, *, greeting: bool = False) -> Heard:
        async with asyncio.timeout(20):
            while True:
                heard = await self._one()
                if heard.name != "hello" or greeting:
                    return heard

    async def _one(self) -> Heard:
        fields: dict[str, str] = {}
        async for line in self.lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                heard = Heard(fields["event"], orjson.loads(fields["data"]), fields.get("id"))
                self.last_id = heard.id or self.last_id
                self.all.append(heard)
                return heard
            else:
                fields = {}
        raise EOFError


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[uvicorn.Server]:
    """On a real port, as a process serves it, with the loops of the desk."""
    server = uvicorn.Server(
        uvicorn.Config(desk.app, host="127.0.0.1", port=0, http=WireProtocol, ws="none", log_config=None, lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        async with running(*desk.loops):
            yield server
    finally:
        server.should_exit = True
        await task


def port_of(server: uvicorn.Server) -> int:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


@asynccontextmanager
async def listening_to(
    desk: Desk, server: uvicorn.Server, *, role: str = "operator", query: str = "", after: str | None = None
) -> AsyncIterator[Screen]:
    headers = {"authorization": f"Bearer {desk.tokens[role]}"} | ({} if after is None else {"last-event-id": after})
    url = f"http://127.0.0.1:{port_of(server)}/v1/board/events{query}"
    async with httpx.AsyncClient(timeout=30) as client, client.stream("GET", url, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        yield Screen(answer.aiter_lines())


async def test_a_screen_hears_what_changes_and_what_leaves(desk: Desk) -> None:
    async with served(desk) as server, listening_to(desk, server) as screen:
        assert (await screen.next(greeting=True)).name == "hello"
        request = await filed(desk)
        first = await screen.next()
        assert (first.name, first.data["code"], first.data["status"]) == ("request", request.code, "filed")
        await desk.board.handle([Job(request).says(JobStatus.EN_ROUTE)])
        assert (await screen.next()).data["status"] == "on_the_way"
        await desk.board.handle([Job(request, opened_after=9).says(JobStatus.HANDED_OFF)])
        gone = await screen.next()
        assert (gone.name, gone.data) == ("gone", {"id": str(request.request_id)})


async def test_a_screen_that_comes_again_hears_what_it_missed_also_from_another_process(desk: Desk) -> None:
    async with served(desk) as server, listening_to(desk, server) as screen:
        await screen.next(greeting=True)
        await filed(desk)
        await screen.next()
    missed = await filed(desk, requester={"name": "An", "phone": "0912345671"})
    async with (
        open_desk(desk.dsn, secrets=desk.tokens) as other,
        served(other) as server,
        listening_to(other, server, after=screen.last_id) as again,
    ):
        heard = await again.next()
        assert (heard.name, heard.data["code"]) == ("request", missed.code)
        later = await filed(desk, requester={"name": "Bình", "phone": "0912345672"})
        assert (await again.next()).data["code"] == later.code


@pytest.mark.parametrize("after", ["nonsense", "1-1-1", "99999999-1-4102444800", "-1"])
async def test_whoever_comes_from_nowhere_reads_the_board_anew(desk: Desk, after: str) -> None:
    async with served(desk) as server, listening_to(desk, server, after=after) as screen:
        assert (await screen.next()).name == "reset"


async def test_two_communes_hear_only_their_own_also_when_a_request_moves(desk: Desk) -> None:
    west, east = await operator_of(desk, WEST), await operator_of(desk, EAST)
    async with (
        served(desk) as server,
        listening_to(desk, server, role=west) as in_the_west,
        listening_to(desk, server, role=east) as in_the_east,
    ):
        await in_the_west.next(greeting=True)
        await in_the_east.next(greeting=True)
        request = await filed(desk, location=PLACES[WEST])
        assert (await in_the_west.next()).data["code"] == request.code
        await desk.send("PATCH", f"/v1/requests/{request.code}", {"commune_code": EAST})
        assert (await in_the_west.next()).name == "gone"
        assert (await in_the_east.next()).data["code"] == request.code
    assert [heard.name for heard in in_the_east.all] == ["hello", "request"]
    assert east not in str([heard.data for heard in in_the_west.all])


async def test_a_change_is_told_though_an_earlier_transaction_ends_later(desk: Desk) -> None:
    """Ids are given before commits: who went by ids alone would never hear of the slow one."""
    slow_one, quick_one = await filed(desk), await filed(desk, requester={"name": "An", "phone": "0912345671"})
    stream = desk.loops[0]
    assert isinstance(stream, BoardStream)
    heard: list[bytes] = []
    listener = await stream.join(Sight("hanoi"), Wanted(), None, names=False, still_welcome=_always)
    listener.hear = heard.append  # type: ignore[method-assign]
    insert = "insert into intake.board_changes (request_id) select $1"
    slow = await asyncpg.connect(desk.dsn)
    try:
        begun = slow.transaction()
        await begun.start()
        await slow.execute(insert, slow_one.request_id)
        await desk.pool.execute(insert, quick_one.request_id)
        await stream.look()
        assert heard == []
        await begun.commit()
        await stream.look()
    finally:
        await slow.close()
    assert [slow_one.code.encode() in piece or quick_one.code.encode() in piece for piece in heard] == [True, True]


async def test_many_screens_share_one_look_and_one_reading(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = desk.loops[0]
    assert isinstance(stream, BoardStream)
    listeners = [await stream.join(Sight("hanoi"), Wanted(), None, names=False, still_welcome=_always) for _ in range(50)]
    await filed(desk)
    asked = 0
    real = stream._board.items

    async def counted(*values: Any, **more: Any) -> Any:
        nonlocal asked
        asked += 1
        return await real(*values, **more)

    monkeypatch.setattr(stream._board, "items", counted)
    await stream.look()
    assert asked == 1
    assert all(listener._queue.qsize() == 2 for listener in listeners)
    for listener in listeners:
        listener.leave()


async def test_whoever_does_not_keep_up_is_cut_off_with_a_reason_and_holds_nobody(desk: Desk) -> None:
    left: list[Listener] = []
    slow = Listener(Sight("hanoi"), Wanted(), names=False, still_welcome=_always, leave=left.append, waiting=3)
    for number in range(10):
        slow.hear(b"data: %d\n\n" % number)
    pieces = [piece async for piece in slow.pieces()]
    assert left == [slow]
    assert pieces[-1].startswith(b"event: cut\n")
    assert b'"reason":"slow"' in pieces[-1]
    assert len(pieces) == 2


async def test_a_token_that_is_taken_back_hears_nothing_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.security.tokens.CACHE_SECONDS", 0.0)
    monkeypatch.setattr("shared.http.streams.HEARTBEAT_SECONDS", 0.1)
    async with served(desk) as server, listening_to(desk, server) as screen:
        await screen.next(greeting=True)
        login = await asyncpg.connect(desk.dsn)
        assert await revoke(login, "test operator")
        await login.close()
        cut = await screen.next()
        assert (cut.name, cut.data["reason"]) == ("cut", "token")
        with pytest.raises(EOFError):
            await screen.next()


async def test_a_process_that_stops_hangs_up_on_its_screens(desk: Desk) -> None:
    async with served(desk) as server, listening_to(desk, server) as screen:
        await screen.next(greeting=True)
        server.should_exit = True
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError, EOFError)):
            await screen.next()


async def test_whoever_hangs_up_is_forgotten(desk: Desk) -> None:
    stream = desk.loops[0]
    assert isinstance(stream, BoardStream)
    async with served(desk) as server:
        async with listening_to(desk, server) as screen:
            await screen.next(greeting=True)
            assert len(stream._listeners) == 1
        await eventually(lambda: not stream._listeners)


async def _always() -> bool:
    return True
