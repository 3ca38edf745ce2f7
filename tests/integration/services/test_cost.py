"""What messages cost, from the rows: in parts, for each message, request and accepted job; what did not leave costs nothing."""

import asyncio
import json

import pytest

from notify.sms_text import count_parts
from services.audit.cost import RouteCost, read_costs
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.commands import Terminal
from tests.support.databases import execute
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, open_bureau


async def told(bureau: Bureau, number: int) -> None:
    resident = await bureau.person(f"Bà {number}", f"+84913{number:06}")
    request = await bureau.request(resident)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


async def test_each_part_of_a_text_has_its_price_and_what_did_not_leave_has_none(dsn: str) -> None:
    async with open_bureau(dsn) as bureau:
        bureau.carrier.cost_vnd = 500
        await told(bureau, 1)
        await told(bureau, 2)
        await bureau.send_all()
        parts = sum(count_parts(text) for text in bureau.carrier.texts())
        bureau.carrier.down = True
        await told(bureau, 3)
        async with bureau.sending():
            await eventually(lambda: bureau.carrier.tried > 2)
        assert await bureau.one("select max(status) from message_attempts where status = 'not_sent'") == "not_sent"
    found = await read_costs(dsn, days=1)
    assert found.routes == [RouteCost("recording", "sms", attempts=2, vnd=500 * parts)]
    assert (found.messages, found.requests, found.accepted_jobs) == (2, 2, 0)
    assert (found.today.vnd, found.today.commune_code, found.today.commune_vnd) == (500 * parts, "00004", 500 * parts)
    assert (found.vnd_per_message, found.vnd_per_request, found.vnd_per_accepted_job) == (250.0 * parts, 250.0 * parts, None)


async def test_an_attempt_that_nobody_knows_of_is_counted_as_owed(dsn: str) -> None:
    async with open_bureau(dsn) as bureau:
        bureau.carrier.cost_vnd, bureau.carrier.swallowed = 500, 1
        await told(bureau, 1)
        await bureau.send_all()
    assert (await read_costs(dsn, days=1)).vnd >= 500


async def sent_over(dsn: str, carrier: str) -> None:
    async with open_bureau(dsn) as bureau:
        await told(bureau, 1)
        await bureau.send_all()
    await execute(dsn, f"update notify.message_attempts set carrier = '{carrier}'")


def test_whose_price_nobody_has_set_is_said_and_is_not_taken_for_free(
    dsn: str, deployment: None, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Không gửi tin nào trong 30 ngày" in terminal.types("cost")[1]
    asyncio.run(sent_over(dsn, "kannel"))
    status, said = terminal.types("cost")
    assert status == 0
    assert "Chưa đặt giá của kannel" in said
    assert "TECHRESCUE_KANNEL_COST_VND" in said
    assert "mỗi tin nhắn" not in said, "nothing is no price"
    assert json.loads(terminal.types("cost", "--json")[1])["unpriced"] == ["kannel"]
    asyncio.run(execute(dsn, "update notify.message_attempts set cost_vnd = 1500"))
    monkeypatch.setenv("TECHRESCUE_KANNEL_COST_VND", "500")
    said = terminal.types("cost")[1]
    assert "Chưa đặt giá" not in said
    assert "1 tin nhắn, mỗi tin nhắn 1.500 đồng" in said
    assert "Hôm nay: 1.500 đồng, chưa đặt ngân sách" in said
    assert "Phường Ba Đình (00004)" in said


async def test_where_nothing_was_sent_nothing_has_a_share(dsn: str) -> None:
    found = await read_costs(dsn, days=30)
    assert (found.vnd, found.routes, found.vnd_per_message) == (0, [], None)
