"""How our side reads smsbox's answers, against a server that gives each of them; the real one is in tests/kannel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from notify.channels.kannel import KannelSettings, open_kannel
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from shared.ids import uuid7

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@dataclass
class Smsbox:
    """Answers every request with `answer`; None: hangs up without a word; "": never answers."""

    answer: str | None
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    serving: set["asyncio.Task[None]"] = field(default_factory=set)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        asked = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        asked["text"] = (await reader.readexactly(int(asked["content-length"]))).decode()
        self.asked.append({"request": head[0], **asked})
        if self.answer == "":
            await reader.read()  # until the caller gives up
        elif self.answer is not None:
            status, _, body = self.answer.partition(" ")
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def smsbox(answer: str | None) -> AsyncIterator[Smsbox]:
    box = Smsbox(answer)
    server = await asyncio.start_server(box.take, "127.0.0.1", 0)
    box.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*box.serving)


def settings(url: str) -> KannelSettings:
    return KannelSettings(
        url=url,
        username="techrescue",
        password="p&w",
        sender="8088",
        callback_url="http://notify:8000",
        callback_secret="s3",
        answer_seconds=0.2,
    )


class Still:
    """A clock."""

    def now(self) -> datetime:
        return NOW


def outgoing(text: str = "Việc này là của bạn", *, seconds: float = 90) -> Outgoing:
    not_after = NOW + timedelta(seconds=seconds)
    return Outgoing(id=uuid7(), to="+84901234567", text=text, not_after=not_after, request_id=uuid7(), kind="offer")


async def send(box: Smsbox, message: Outgoing) -> None:
    async with open_kannel(settings(box.url), Still()) as carrier:
        await carrier.send(message)


@pytest.mark.parametrize("answer", ["202 0: Accepted for delivery", "202 3: Queued for later delivery"])
async def test_taken_over_is_submitted(answer: str) -> None:
    message = outgoing()
    async with smsbox(answer) as box:
        await send(box, message)
    (asked,) = box.asked
    assert asked["request"] == "POST /cgi-bin/sendsms HTTP/1.1"  # no number, text or password in an address
    assert (asked["x-kannel-to"], asked["text"], asked["x-kannel-password"]) == (message.to, message.text, "p&w")
    assert (asked["x-kannel-coding"], asked["content-type"]) == ("2", "text/plain; charset=UTF-8")
    assert (asked["x-kannel-dlr-mask"], asked["x-kannel-validity"]) == ("31", "2")
    assert asked["x-kannel-dlr-url"] == f"http://notify:8000/callbacks/kannel/s3/dlr?cid={message.id}&d=%d&fid=%F&smsc=%i"


async def test_plain_ascii_goes_without_coding() -> None:
    async with smsbox("202 0: Accepted") as box:
        await send(box, outgoing("Viec nay la cua ban"))
    assert "x-kannel-coding" not in box.asked[0]
    assert box.asked[0]["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("503 Temporal failure, try again later.", CarrierDown),
        ("403 Authorization failed for sendsms", CarrierDown),
        ("404 Not found", CarrierDown),
        ("302 Elsewhere", CarrierDown),
        ("403 Not routable. Do not try again.", CarrierRefused),
        ("400 Missing receiver number, rejected", CarrierRefused),
        ("500 Oops", CarrierUncertain),
        ("504 Gateway", CarrierUncertain),
        (None, CarrierUncertain),
        ("", CarrierUncertain),
    ],
)
async def test_every_other_answer_says_what_became_of_the_message(answer: str | None, error: type[Exception]) -> None:
    async with smsbox(answer) as box:
        with pytest.raises(error) as raised:
            await send(box, outgoing())
    assert len(box.asked) == 1  # asked once: a client that repeats by itself sends twice
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert "84901234567" not in told
    assert "Việc" not in told


async def test_nobody_there_is_down() -> None:
    async with smsbox("202 x") as box:
        pass
    with pytest.raises(CarrierDown):
        await send(box, outgoing())


async def test_time_is_up_before_it_is_sent() -> None:
    async with smsbox("202 x") as box:
        with pytest.raises(CarrierRefused, match="too_late"):
            await send(box, outgoing(seconds=0))
    assert box.asked == []
