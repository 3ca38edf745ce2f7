"""A deployment that names its chats has them whole: carriers, doors for their callbacks, and the loops behind them."""

import hashlib
import time

import httpx
import orjson
import pytest
from fastapi import FastAPI

from services.carriers import open_carriers
from services.process import Base, Ground
from services.settings import Settings
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind
from shared.http.problems import install_problems
from shared.lifecycle import Lifecycle
from shared.postgres.pool import open_pool
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.transport.postgres_log import PostgresLog
from tests.architecture.repository import ROOT
from tests.support.arrivals import RecordingArrivals
from tests.support.eventually import eventually
from tests.support.provider import a_provider, says

KEY, LAN = bytes(range(32)), 5876543210
SECRETS = {
    "telegram_token": "1:x", "telegram_callback_secret": "sixteen-and-more", "zalo_app_id": "2553", "zalo_app_secret": "s",
    "zalo_webhook_secret": "w", "zalo_zns_templates": ROOT / "ops/zalo/zns-templates.json",
}  # fmt: skip
PRIVATE = {"id": LAN, "type": "private"}
TAP = {"id": "43", "from": {"id": LAN}, "data": "1 27", "message": {"message_id": 77, "date": 1, "chat": PRIVATE}}


async def test_chats_that_are_named_are_opened_with_their_doors_and_loops(dsn: str) -> None:
    desk = RecordingArrivals()
    async with a_provider(says({"ok": True, "result": True})) as provider, Lifecycle(drain_seconds=1) as life:
        settings = Settings(carriers="simulated,telegram,zalo,zns", telegram_url=provider.url, **SECRETS)  # type: ignore[arg-type]
        pool = await life.enter(open_pool(dsn, schema="notify", max_size=4))
        base = Base(settings, life, Ground(dsn=dsn, master_key=KEY), pool, Vault(KEY), Tokens(pool), PostgresLog(pool))
        carriage, served = await open_carriers(base)
        opened = carriage(desk)
        assert [carrier.name for carrier in opened.carriers] == ["simulated", "telegram", "zalo", "zns"]
        assert served == {ChannelKind.SMS, ChannelKind.TELEGRAM, ChannelKind.ZALO, ChannelKind.ZNS}
        app = FastAPI()
        install_problems(app)
        for router in opened.routers:
            app.include_router(router)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here/callbacks") as client:
            secret = {"X-Telegram-Bot-Api-Secret-Token": "sixteen-and-more"}
            tapped = await client.post("/telegram", json={"update_id": 1, "callback_query": TAP}, headers=secret)
            now = str(int(time.time() * 1000))
            seen = orjson.dumps(
                {"event_name": "user_seen_message", "app_id": "2553", "timestamp": now, "message": {"msg_id": "m"}}
            )
            mac = hashlib.sha256(b"2553" + seen + now.encode() + b"w").hexdigest()
            told = await client.post("/zalo", content=seen, headers={"X-ZEvent-Signature": f"mac={mac}"})
        assert (tapped.status_code, told.status_code) == (200, 200)
        assert [(text.sender, text.text) for text in desk.texts] == [(str(LAN), "1 27")]
        assert [(receipt.carrier, receipt.carrier_ref) for receipt in desk.receipts] == [("zalo", "m")]
        await eventually(lambda: len(provider.asked) == 2)  # the loop behind Telegram thanks for the tap


@pytest.mark.parametrize("name", ["telegram", "zalo", "zns"])
async def test_a_chat_that_is_named_and_not_configured_stops_the_start(dsn: str, name: str) -> None:
    async with Lifecycle(drain_seconds=1) as life:
        pool = await life.enter(open_pool(dsn, schema="notify", max_size=1))
        settings = Settings(carriers=f"simulated,{name}")
        with pytest.raises(Misconfigured, match=f"{name} also needs TECHRESCUE_"):
            ground = Ground(dsn=dsn, master_key=KEY)
            await open_carriers(Base(settings, life, ground, pool, Vault(KEY), Tokens(pool), PostgresLog(pool)))
