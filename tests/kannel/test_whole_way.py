"""The whole way on real parts: an offer becomes an SMS through Kannel, its receipt and its answer come back into our rows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from notify.answers.replies import Replies
from notify.callbacks.arrivals import Desk
from notify.channels.kannel import open_kannel
from notify.consumer import Notifier
from notify.sending.sender import Sender
from notify.settings import NotifySettings
from shared.events.contract import Recipient, Role
from shared.events.registry import EventType
from shared.pacing import Bell
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.security.vault import Vault
from tests.support.eventually import eventually
from tests.support.kannel_rig import KannelRig, free_port, serving
from tests.support.sla_events import Story

pytestmark = pytest.mark.kannel

PHONE = "+84912345678"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify", max_size=6) as pool:
        yield pool


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[KannelRig]:
    rig = KannelRig(tmp_path / "kannel", free_port())
    try:
        await rig.start()
        yield rig
    finally:
        await rig.stop()


async def responder(pool: asyncpg.Pool, vault: Vault) -> Recipient:
    async with transaction(pool, "notify.consume") as connection:
        (point,) = await vault.contact_points(connection, [PHONE])
    address = point.key.seal(PHONE.encode(), purpose="phone")
    return Recipient(role=Role.RESPONDER, contact_point_id=point.contact_point_id, address=address)


async def test_an_offer_goes_out_and_its_receipt_and_answer_come_back(pool: asyncpg.Pool, rig: KannelRig) -> None:
    vault, settings, to_send, to_read = Vault(bytes(32)), NotifySettings(), Bell(), Bell()
    story, now = Story(datetime.now(UTC)), datetime.now(UTC)
    offer = story.told(EventType.OFFER_MADE, now, to=await responder(pool, vault))
    async with AsyncExitStack() as stack:
        desk = Desk(pool, vault, settings, to_read)
        await stack.enter_async_context(serving(desk, rig, rig.callback_port))
        carrier = await stack.enter_async_context(open_kannel(rig.settings))
        sender = Sender(pool, vault, [carrier], settings, to_send)
        loops = [
            sender,
            Replies(pool, vault, settings, to_read),
        ]
        running = [asyncio.create_task(loop.run()) for loop in loops]
        try:
            rig.phones()
            await Notifier(pool, vault, settings, outlet=sender, wake=to_send.ring).handle([offer])
            ((to, text, _),) = await eventually(rig.shown, within=20)
            assert to == PHONE
            code = text.split("Trả lời 1 ")[1][:2]
            await eventually(lambda: status_of_the_message(pool, "delivered"), within=20)

            rig.hang_up()
            rig.phones(f"1 {code}")
            await eventually(lambda: event_in_outbox(pool, "reply.received"), within=30)
        finally:
            for loop in loops:
                loop.stop()
            await asyncio.gather(*running)


async def status_of_the_message(pool: asyncpg.Pool, status: str) -> bool:
    return bool(await pool.fetchval("select status from notify.messages") == status)


async def event_in_outbox(pool: asyncpg.Pool, kind: str) -> bool:
    return bool(await pool.fetchval("select exists (select from notify.outbox where type like '%' || $1 || '%')", kind))
