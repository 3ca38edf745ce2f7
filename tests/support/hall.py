"""A service point with its kiosk, desks and clock, on a real database, reached over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from intake.counter.parts import COUNTER_TIMERS, counter_routes
from intake.limits import Limits
from intake.reception import Reception
from intake.settings import IntakeSettings, Limit
from shared.calendar import OFFICE_HOURS
from shared.http.app import build_app
from shared.postgres.transaction import app_now
from shared.security.tokens import Tokens
from shared.timers import TimerLoop
from tests.integration.intake.conftest import Desk, open_desk
from tests.support.databases import set_app_clock

POINTS = """id,name,commune_code,days,opens,closes,on_holidays
hoan-kiem,Điểm Hoàn Kiếm,00070,1234567,00:00,24:00,yes
ba-dinh,Điểm Ba Đình,00004,1234567,08:00,17:00,yes
"""


@dataclass
class Hall:
    """It is ten in the morning when it opens."""

    desk: Desk
    client: httpx.AsyncClient
    timers: TimerLoop
    offset: float = 0.0
    keys: int = 0
    woken: list[int] = field(default_factory=list)

    async def post(self, path: str, body: Any = None, *, role: str | None = "adapter", **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role is not None:
            sent["authorization"] = f"Bearer {self.desk.tokens[role]}"
        return await self.client.post(path, json=body, headers=sent)

    async def take(self, point: str = "hoan-kiem", *, key: str | None = None, **form: Any) -> httpx.Response:
        self.keys += 1
        return await self.post(f"/v1/points/{point}/tickets", form, idempotency_key=key or f"kiosk-{self.keys}")

    async def taken(self, **form: Any) -> dict[str, Any]:
        answer = await self.take(**form)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    async def next(self, desk: str = "1", point: str = "hoan-kiem") -> dict[str, Any] | None:
        answer = await self.post(f"/v1/points/{point}/next", {"desk": desk})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] | None = answer.json()["ticket"]
        return found

    async def says(self, ticket: dict[str, Any], what: str) -> httpx.Response:
        return await self.post(f"/v1/tickets/{ticket['id']}/{what}")

    async def serves(self, desk: str = "1", *, seconds: float = 0.0) -> int | None:
        """The next one, from call to done; their number."""
        ticket = await self.next(desk)
        if ticket is None:
            return None
        await self.let_pass(seconds)
        assert (await self.says(ticket, "done")).status_code == 200
        return int(ticket["number"])

    async def looks(self, ticket: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/tickets/{ticket['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def let_pass(self, seconds: float) -> None:
        self.offset += seconds
        await set_app_clock(self.desk.dsn, self.offset)

    async def at(self, hour: int, minute: int = 0) -> None:
        """The next time it is so late here."""
        now = await self.now()
        then = now.astimezone(OFFICE_HOURS.timezone).replace(hour=hour, minute=minute, second=0, microsecond=0)
        await self.let_pass(((then if then > now else then + timedelta(days=1)) - now).total_seconds())

    async def now(self) -> datetime:
        async with self.desk.pool.acquire() as connection:
            return await app_now(connection)

    async def fire(self) -> None:
        while await self.timers.fire_due():
            pass


@asynccontextmanager
async def open_hall(dsn: str, *, guesses: int = 30) -> AsyncIterator[Hall]:
    settings = IntakeSettings(wrong_codes_per_address=Limit(most=guesses, seconds=900))
    async with open_desk(dsn, settings) as desk:
        woken: list[int] = []
        routes = counter_routes(
            desk.pool,
            desk.vault,
            settings.city,
            wake=lambda: woken.append(1),
            reception=Reception(desk.vault.fingerprint),
            filer=desk.filer,
            limits=Limits(desk.pool, desk.vault.blind_index, settings),
        )
        app = build_app([routes], tokens=Tokens(desk.pool))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            hall = Hall(desk, client, TimerLoop(desk.pool, "intake.timer", COUNTER_TIMERS), woken=woken)
            await desk.pool.execute("delete from timers where kind = 'sweep'")
            await hall.at(10)
            headers = {"authorization": f"Bearer {desk.tokens['ops']}", "content-type": "text/csv"}
            loaded = await client.post("/v1/points/import", content=POINTS.encode(), headers=headers)
            assert loaded.json()["added"] == 2, loaded.text
            yield hall
