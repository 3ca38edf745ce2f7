"""The simulated carrier on a real PostgreSQL: what it delivers stays, what it owes comes, and its weather is as asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from notify.channels.phones import phones_router
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, ReceiptStatus
from notify.channels.simulated import Knobs, SimulatedCarrier
from shared.http.problems import install_problems
from shared.ids import uuid7
from shared.postgres.pool import open_pool
from tests.support.arrivals import RecordingArrivals
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually

AT_ONCE = Knobs(receipt_delay_seconds=0.0)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="carrier", max_size=3) as pool:
        yield pool


@pytest.fixture
def desk() -> RecordingArrivals:
    return RecordingArrivals()


def outgoing(text: str = "Việc này là của bạn", *, to: str = "+84912345678") -> Outgoing:
    not_after = datetime.now(UTC) + timedelta(hours=1)
    return Outgoing(id=uuid7(), to=to, text=text, not_after=not_after, request_id=uuid7(), kind="offer")


@asynccontextmanager
async def phones(pool: asyncpg.Pool, desk: RecordingArrivals) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    app.include_router(phones_router(pool, desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


async def shown(pool: asyncpg.Pool, since: str = "") -> list[dict[str, Any]]:
    async with phones(pool, RecordingArrivals()) as client:
        answer = await client.get("/dev/messages", params={"since": since})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_what_was_sent_is_on_the_phone_and_the_receipts_come(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    carrier, message = SimulatedCarrier(pool, desk, knobs=AT_ONCE), outgoing()
    assert (await carrier.send(message)).carrier_ref
    (seen,) = await shown(pool)
    assert seen["text"] == message.text
    assert seen["to"] == message.to
    assert (seen["channel"], seen["kind"], seen["request_id"]) == ("sms", "offer", str(message.request_id))
    assert await carrier.hand_out_receipts() == 2
    assert desk.said_of(message.id) == [ReceiptStatus.ACCEPTED, ReceiptStatus.DELIVERED]
    assert await carrier.hand_out_receipts() == 0
    assert await carrier.ask(message.id) is ReceiptStatus.DELIVERED
    assert await carrier.ask(uuid7()) is None


async def test_a_message_sent_twice_is_there_twice(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    carrier, message = SimulatedCarrier(pool, desk), outgoing()
    await carrier.send(message)
    await SimulatedCarrier(pool, desk).send(message)
    assert [seen["text"] for seen in await shown(pool)] == [message.text] * 2


async def test_many_at_once_all_arrive(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    carrier = SimulatedCarrier(pool, desk)
    texts = [f"số {n}" for n in range(300)]
    await asyncio.gather(*(carrier.send(outgoing(text)) for text in texts))
    assert sorted(seen["text"] for seen in await shown(pool)) == sorted(texts)


async def test_a_message_whose_time_is_over_is_not_delivered(pool: asyncpg.Pool, desk: RecordingArrivals, dsn: str) -> None:
    await set_app_clock(dsn, 7200)
    carrier, message = SimulatedCarrier(pool, desk, knobs=AT_ONCE), outgoing()
    await carrier.send(message)
    assert await shown(pool) == []
    await carrier.hand_out_receipts()
    assert desk.said_of(message.id) == [ReceiptStatus.ACCEPTED, ReceiptStatus.UNDELIVERED]


@pytest.mark.parametrize(
    ("knobs", "error", "on_the_phone"),
    [
        (Knobs(down_rate=1), CarrierDown, 0),
        (Knobs(refused_rate=1), CarrierRefused, 0),
        (Knobs(refused_numbers=frozenset({"+84912345678"})), CarrierRefused, 0),
        (Knobs(uncertain_rate=1), CarrierUncertain, 1),
    ],
)
async def test_bad_weather_is_what_the_port_says(
    pool: asyncpg.Pool, desk: RecordingArrivals, knobs: Knobs, error: type[Exception], on_the_phone: int
) -> None:
    with pytest.raises(error):
        await SimulatedCarrier(pool, desk, knobs=knobs).send(outgoing())
    assert len(await shown(pool)) == on_the_phone


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        (replace(AT_ONCE, receipt_missing_rate=1), []),
        (replace(AT_ONCE, receipt_reversed_rate=1), ["delivered", "accepted"]),
        (replace(AT_ONCE, receipt_doubled_rate=1), ["accepted", "delivered"] * 2),
        (replace(AT_ONCE, undelivered_rate=1), ["accepted", "undelivered"]),
        (replace(AT_ONCE, undelivered_numbers=frozenset({"+84912345678"})), ["accepted", "undelivered"]),
        (Knobs(receipt_delay_seconds=3600), []),
    ],
)
async def test_receipts_follow_the_knobs(pool: asyncpg.Pool, desk: RecordingArrivals, knobs: Knobs, said: list[str]) -> None:
    carrier, message = SimulatedCarrier(pool, desk, knobs=knobs), outgoing()
    await carrier.send(message)
    await carrier.hand_out_receipts()
    assert desk.said_of(message.id) == said


async def test_receipts_survive_a_restart_and_a_desk_that_is_away(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    message = outgoing()
    await SimulatedCarrier(pool, desk, knobs=AT_ONCE).send(message)
    restarted = SimulatedCarrier(pool, desk, knobs=AT_ONCE)
    desk.away = True
    loop = asyncio.create_task(restarted.run())
    try:
        desk.away = False
        await eventually(lambda: ReceiptStatus.DELIVERED in desk.said_of(message.id))
    finally:
        restarted.stop()
        await loop


async def test_messages_are_found_since_an_id_or_a_time(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    carrier = SimulatedCarrier(pool, desk)
    await carrier.send(outgoing("một"))
    await carrier.send(outgoing("hai"))
    first, second = await shown(pool)
    assert [seen["text"] for seen in await shown(pool, str(first["id"]))] == ["hai"]
    assert [seen["text"] for seen in await shown(pool, second["at"])] == ["hai"]
    assert await shown(pool, "9" * 60) == [], "more than a bigint: nothing is after it, and nothing breaks"


async def test_an_answer_typed_on_a_phone_reaches_the_desk(pool: asyncpg.Pool, desk: RecordingArrivals) -> None:
    async with phones(pool, desk) as client:
        answer = await client.post("/dev/replies", json={"from": "0912345678", "text": "1 27"})
        refused = await client.post("/dev/replies", json={"from": "0912345678"})
        from_nobody = await client.post("/dev/replies", json={"from": "abc", "text": "1 27"})
        of_no_time = await client.get("/dev/messages", params={"since": "0001-01-01T00:00:00+14:00"})
    assert (answer.status_code, refused.status_code) == (202, 422)
    assert (from_nobody.status_code, from_nobody.json()["errors"][0]["pointer"]) == (422, "#/from")
    assert of_no_time.status_code == 422
    (text,) = desk.texts
    assert (text.sender, text.text, text.carrier, text.id) == ("0912345678", "1 27", "simulated", answer.json()["id"])


async def test_the_carrier_reads_nobody_else_s_schema(pool: asyncpg.Pool) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.fetch("select * from notify.messages")
