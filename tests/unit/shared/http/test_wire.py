"""Two writes of one turn leave as one, in order, and nothing stays behind when the connection is closed."""

import asyncio
from typing import Any

from shared.http.wire import Gathering
from tests.support.eventually import eventually


class Wire:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def write(self, data: bytes) -> None:
        self.events.append(data)

    def close(self) -> None:
        self.events.append("closed")

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def gathering(wire: Wire) -> Gathering:
    return Gathering(wire, asyncio.get_running_loop())  # type: ignore[arg-type]


async def test_head_and_body_leave_together_and_the_next_answer_after_them() -> None:
    wire = Wire()
    transport = gathering(wire)
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.events == []
    await eventually(lambda: wire.events, what="the first answer")
    transport.write(b"more")
    await eventually(lambda: len(wire.events) == 2, what="the second answer")
    assert wire.events == [b"head body", b"more"]


async def test_what_was_written_leaves_before_the_connection_closes() -> None:
    wire = Wire()
    transport = gathering(wire)
    transport.write(b"farewell")
    transport.close()
    await asyncio.sleep(0)
    assert wire.events == [b"farewell", "closed"]


async def test_everything_else_is_the_servers_transport() -> None:
    assert gathering(Wire()).get_extra_info("peername") == "the peername"
