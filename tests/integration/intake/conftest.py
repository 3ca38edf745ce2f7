"""Intake on a real database, reached over HTTP as callers reach it; only the transport is left out."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from fastapi import APIRouter

from intake.aftercare.parts import AftercareParts, aftercare_parts
from intake.api import router
from intake.asking import Asking
from intake.board import Board
from intake.changes import Changes
from intake.conversations.clerk import UseCases
from intake.conversations.parts import TalkParts, talk_parts
from intake.deadlines import Deadlines
from intake.desk.doorway import Doorway
from intake.desk.parts import desk_parts, doorway
from intake.filing import Filer
from intake.hotline.service import Hotline, hotline
from intake.inbox import Inbox
from intake.inbox_api import inbox_router
from intake.kinds.routes import kinds_router
from intake.known import KnownFaults
from intake.limits import Limits
from intake.meeting import MeetingRooms
from intake.places.room import open_places
from intake.public_door import PublicDoor
from intake.reception import Reception, find_priority
from intake.settings import IntakeSettings
from intake.tracking import Tracking
from intake.visit_check import VisitChecks
from shared.http.app import build_app
from shared.lifecycle import Loop
from shared.meetings import Meetings
from shared.postgres.pool import open_pool
from shared.security.tokens import Role, Tokens, issue
from shared.security.vault import Vault
from shared.timers import TimerHandler, TimerLoop
from shared.transport.outbox import Row
from tests.support.talking import LISTENER

MASTER_KEY = b"intake tests: 32 bytes of secret"


def form(**changes: Any) -> dict[str, Any]:
    """What an operator at the hotline would file; `changes` replace fields."""
    return {
        "channel": "hotline",
        "requester": {"name": "Nguyễn Thị Bình", "phone": "0912 345 678"},
        "category": "vneid_login",
        "description": "Không đăng nhập được VNeID từ sáng",
        "location": {"lat": 21.0285, "lon": 105.8542},
        **changes,
    }


@dataclass
class Desk:
    """Everything a test does to intake: file, change, ask, and look into its tables."""

    dsn: str
    pool: asyncpg.Pool
    vault: Vault
    filer: Filer
    board: Board
    talks: TalkParts
    known: KnownFaults
    hotline: Hotline
    timers: TimerLoop
    client: httpx.AsyncClient
    tokens: dict[str, str]
    app: Any
    loops: Sequence[Loop]  # of the operators' desk; they run when a test runs them
    woken: list[int] = field(default_factory=list)
    handed: list[Row] = field(default_factory=list)  # to the relay
    keys: int = 0

    async def post(
        self, path: str, body: Any = None, *, role: str | None = "operator", headers: Mapping[str, str] = {}
    ) -> httpx.Response:
        return await self.send("POST", path, body, role=role, headers=headers)

    async def send(
        self, method: str, path: str, body: Any = None, *, role: str | None = "operator", headers: Mapping[str, str] = {}
    ) -> httpx.Response:
        sent = dict(headers)
        if role is not None:
            sent["authorization"] = f"Bearer {self.tokens[role]}"
        content = body if isinstance(body, bytes | None) else orjson.dumps(body)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        return await self.client.request(method, path, content=content, headers=sent)

    async def file(self, body: Any = None, *, role: str | None = "operator", key: str | None = None) -> httpx.Response:
        self.keys += 1
        return await self.post(
            "/v1/requests", form() if body is None else body, role=role, headers={"idempotency-key": key or f"key-{self.keys}"}
        )

    async def filed(self, **changes: Any) -> dict[str, Any]:
        response = await self.file(form(**changes))
        assert response.status_code == 202, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        return await self.pool.fetch(query, *values)

    async def count(self, table: str) -> int:
        return await self.pool.fetchval(f"select count(*) from {table}")  # type: ignore[no-any-return]

    async def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        rows = await self.rows("select type, body from outbox where $1::text is null or type = $1 order by id", kind)
        return [{"type": row["type"], **orjson.loads(row["body"])} for row in rows]


async def _a_token_for_each_role(dsn: str) -> dict[str, str]:
    login = await asyncpg.connect(dsn)
    try:
        return {role.value: await issue(login, f"test {role.value}", role, timedelta(hours=1)) for role in Role}
    finally:
        await login.close()


@asynccontextmanager
async def open_desk(
    dsn: str, settings: IntakeSettings | None = None, secrets: dict[str, str] | None = None
) -> AsyncIterator[Desk]:
    """`secrets`: of tokens that were issued before, by another process of the same database."""
    settings, vault, secrets = settings or IntakeSettings(), Vault(MASTER_KEY), secrets or await _a_token_for_each_role(dsn)
    async with open_pool(dsn, schema="intake") as pool:
        woken, handed = list[int](), list[Row]()
        limits, known = Limits(pool, vault.blind_index, settings), KnownFaults(pool, settings.city)
        places, front = open_places(settings.places), doorway(pool, settings)
        filer, reception = Filer(pool, vault, settings, handed.extend, known), Reception(vault.fingerprint, places.placing)
        calls = hotline(pool, vault, filer, reception, settings.hotline, alike=front.like)
        door, wake, tokens = PublicDoor(filer, limits), partial(woken.append, 1), Tokens(pool)
        changes = Changes(pool, vault, placing=places.placing, sort=find_priority, wake=wake)
        after = aftercare_parts(pool, vault, limits, settings, placing=places.placing, doorway=front, wake=wake)
        tools = UseCases(reception, door, changes, after.wishes, VisitChecks(pool, vault, limits, wake), calls.callbacks)
        talks = talk_parts(pool, vault, settings, LISTENER, tools, limits=limits, wake=wake)
        routes = _routes(pool, vault, settings, filer, reception, limits, changes, after, front, wake)
        at_the_desk = desk_parts(pool, vault, tokens=tokens, limits=limits, settings=settings, wake=wake)
        inbox = inbox_router(Inbox(pool, vault), settings.city)
        rooms = [inbox, calls.router, places.router(pool, vault), talks.router, *at_the_desk.routers, *after.routers]
        app = build_app([routes, kinds_router(places.resolver), *rooms], tokens=tokens)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            yield Desk(
                dsn=dsn,
                pool=pool,
                vault=vault,
                filer=filer,
                board=Board(pool, settings, talks.conversations, vault, places.placing),
                talks=talks,
                known=known,
                hotline=calls,
                timers=TimerLoop(pool, "intake.timer", {**_handlers(settings, vault, calls, talks), **after.timers}),
                client=client,
                tokens=secrets,
                app=app,
                loops=at_the_desk.loops,
                woken=woken,
                handed=handed,
            )


def _routes(  # noqa: PLR0917 - as the process wires them
    pool: asyncpg.Pool,
    vault: Vault,
    settings: IntakeSettings,
    filer: Filer,
    reception: Reception,
    limits: Limits,
    changes: Changes,
    after: AftercareParts,
    front: Doorway,
    wake: Callable[[], None],
) -> APIRouter:
    return router(
        filer=filer,
        reception=reception,
        public_door=PublicDoor(filer, limits),
        changes=changes,
        tracking=Tracking(pool, limits),
        visit_checks=VisitChecks(pool, vault, limits, wake),
        meeting_rooms=MeetingRooms(pool, Meetings(settings.meeting_url, vault.fingerprint), limits, wake),
        doorway=front,
        elsewhere=after.elsewhere,
    )


def _handlers(settings: IntakeSettings, vault: Vault, calls: Hotline, talks: TalkParts) -> dict[str, TimerHandler]:
    return {**Deadlines(settings, vault).handlers, **Asking(vault).handlers, **calls.timers, **talks.waiting.handlers}


@pytest.fixture
async def desk(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn) as opened:
        yield opened
