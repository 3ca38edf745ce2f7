"""Moving the clock: all rooms decide by it at once; with the database away, or silent, the caller is told to come back."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from services import dev_clock
from shared.http.problems import install_problems
from tests.support.proxy import proxied


def client_of(dsn: str) -> httpx.AsyncClient:
    app = FastAPI()
    install_problems(app)
    app.include_router(dev_clock.dev_clock(dsn))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


async def test_the_clock_is_moved_and_says_what_it_shows(dsn: str) -> None:
    async with client_of(dsn) as client:
        moved = (await client.post("/dev/clock", json={"offset_seconds": 86_400})).json()
    assert datetime.fromisoformat(moved["now"]) > datetime.now(UTC) + timedelta(hours=23)


async def test_a_database_that_is_away_or_silent_is_a_503(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev_clock, "LIMIT_SECONDS", 0.2)
    monkeypatch.setattr("shared.postgres.pool.CONNECT_SECONDS", 0.2)
    async with proxied(dsn) as (through, proxy):
        proxy.freeze()
        async with client_of(through) as client:
            silent = await client.post("/dev/clock", json={"offset_seconds": 0})
        proxy.thaw()
    async with client_of(dsn.replace("%2Fpostgres", "%2Fnowhere")) as client:
        away = await client.post("/dev/clock", json={"offset_seconds": 0})
    assert (silent.status_code, away.status_code) == (503, 503)
