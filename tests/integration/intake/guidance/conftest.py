"""Guidance on a real database, reached over HTTP as callers reach it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from intake.guidance.rephrasing import AsItIs, Plain
from intake.guidance.routes import guidance_router
from intake.guidance.search import GuidanceSearch
from intake.guidance.shelf import Shelf
from intake.limits import Limits
from intake.settings import IntakeSettings
from shared.http.app import build_app
from shared.postgres.pool import open_pool
from shared.security.tokens import Role, Tokens, issue
from shared.security.vault import Vault


@dataclass
class Reader:
    """Somebody who asks, with a token or without."""

    dsn: str
    pool: asyncpg.Pool
    shelf: Shelf
    client: httpx.AsyncClient
    tokens: Mapping[str, str]

    async def asks(self, text: str, *, role: str | None = None, **more: Any) -> httpx.Response:
        headers = {} if role is None else {"authorization": f"Bearer {self.tokens[role]}"}
        return await self.client.get("/v1/guidance", params={"q": text, **more}, headers=headers)

    async def finds(self, text: str, **more: Any) -> list[dict[str, Any]]:
        answer = await self.asks(text, **more)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["entries"]
        return found


@asynccontextmanager
async def open_reader(dsn: str, settings: IntakeSettings | None = None, plain: Plain | None = None) -> AsyncIterator[Reader]:
    settings = settings or IntakeSettings()
    login = await asyncpg.connect(dsn)
    secrets = {role.value: await issue(login, f"test {role.value}", role, timedelta(hours=1)) for role in Role}
    await login.close()
    async with open_pool(dsn, schema="intake") as pool:
        shelf, limits = Shelf(pool), Limits(pool, Vault(bytes(range(32))).blind_index, settings)
        app = build_app([guidance_router(GuidanceSearch(shelf, plain or AsItIs(), limits, settings))], tokens=Tokens(pool))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            yield Reader(dsn, pool, shelf, client, secrets)


@pytest.fixture
async def reader(dsn: str) -> AsyncIterator[Reader]:
    async with open_reader(dsn) as opened:
        yield opened
