"""The parts that a process gets: every route has a rule, every loop runs and stops, and an event comes out of the relay."""

import asyncpg
import httpx
import orjson
import pytest

from intake.service import IntakeDeps, parts
from intake.settings import IntakeSettings
from intake.watch import PlaceWatch
from shared.errors import Misconfigured
from shared.http.app import build_app
from shared.postgres.pool import open_pool
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.telemetry.metrics import INTAKE_WITHOUT_PLACE, INTAKE_WITHOUT_PLACE_AGE
from shared.transport.postgres_log import PostgresLog
from tests.integration.intake.conftest import MASTER_KEY, Desk, form
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually
from tests.support.running import running


async def test_a_filing_over_http_reaches_the_transport(dsn: str) -> None:
    async with open_pool(dsn, schema="intake") as pool:
        tokens = Tokens(pool)
        made = parts(IntakeDeps(pool=pool, vault=Vault(MASTER_KEY), tokens=tokens, transport=PostgresLog(pool)))
        app = build_app(made.routers, tokens=tokens)
        assert made.relay is not None
        async with running(*made.loops, *made.consumers, made.relay):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
                headers = {"idempotency-key": "k", "content-type": "application/json"}
                response = await client.post("/v1/requests", content=orjson.dumps(form(channel="web")), headers=headers)
            assert response.status_code == 202
            login = await asyncpg.connect(dsn)
            key = await eventually(lambda: login.fetchval("select key from transport.log"))
            await login.close()
            assert key == response.json()["id"]


async def test_requests_without_a_place_are_shown(desk: Desk) -> None:
    await desk.filed()
    await desk.filed(location=None)
    await set_app_clock(desk.dsn, 600)
    watch = PlaceWatch(desk.pool)
    await watch.look()
    assert INTAKE_WITHOUT_PLACE._value.get() == 1
    assert INTAKE_WITHOUT_PLACE_AGE._value.get() >= 600


@pytest.mark.parametrize("wrong", [{"filing_lanes": 0}, {"filing_batch": 0}, {"close_seconds": 0.0}, {"locate_seconds": -1.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Misconfigured):
        IntakeSettings(**wrong)  # type: ignore[arg-type]
