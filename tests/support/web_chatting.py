"""Intake over real HTTP on loopback, and somebody in front of our page: what they write, and what their stream tells them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from intake.service import IntakeDeps, parts
from intake.settings import IntakeSettings
from shared.http.app import build_app
from shared.lifecycle import Lifecycle
from shared.postgres.pool import open_pool
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.transport.postgres_log import PostgresLog

MASTER_KEY = b"intake tests: 32 bytes of secret"


@dataclass(frozen=True)
class Told:
    id: int
    speaker: str
    text: str


@dataclass
class Visitor:
    """One chat on the page. `told`: what the stream has said so far, over however many lines."""

    http: httpx.AsyncClient
    id: str = ""
    token: str = ""
    sent: int = 0
    told: list[Told] = field(default_factory=list)
    ended: dict[str, Any] | None = None

    async def begins(self) -> "Visitor":
        made = await self.http.post("/v1/chat")
        assert made.status_code == 201, made.text
        self.id, self.token = made.json()["id"], made.json()["token"]
        return self

    async def posts(
        self, text: str | None = None, *, id_: str | None = None, token: str | None = None, **more: Any
    ) -> httpx.Response:
        self.sent += 1
        body = {"id": id_ or f"m{self.sent}", **({} if text is None else {"text": text}), **more}
        headers = {"Chat-Token": self.token if token is None else token}
        return await self.http.post(f"/v1/chat/{self.id}/messages", json=body, headers=headers)

    async def writes(self, text: str | None = None, **more: Any) -> list[str]:
        answer = await self.posts(text, **more)
        assert answer.status_code == 200, answer.text
        replies: list[str] = answer.json()["replies"]
        return replies

    async def listens(self, until: int, *, resumes: bool = True, within: float = 20.0) -> list[Told]:
        """On a line of its own, until the stream has said `until` turns in all; what this line said."""
        heard: list[Told] = []
        headers = {"Chat-Token": self.token}
        if resumes and self.told:
            headers["Last-Event-ID"] = str(self.told[-1].id)
        async with asyncio.timeout(within), self.http.stream("GET", f"/v1/chat/{self.id}/events", headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for event in events_of(answer):
                if event["event"] == "turn":
                    data = json.loads(event["data"])
                    heard.append(Told(int(event["id"]), data["speaker"], data["text"]))
                    if resumes:
                        self.told.append(heard[-1])
                elif event["event"] == "expired":
                    self.ended = json.loads(event["data"])
                    break
                if len(self.told if resumes else heard) >= until:
                    break
        return heard


async def events_of(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """As a browser reads them; heartbeats are none."""
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
        elif not line:
            if "event" in event:
                yield event
            event = {}


@dataclass
class House:
    dsn: str
    http: httpx.AsyncClient
    pool: asyncpg.Pool
    vault: Vault

    async def visitor(self) -> Visitor:
        return await Visitor(self.http).begins()


@asynccontextmanager
async def open_house(dsn: str, settings: IntakeSettings | None = None) -> AsyncIterator[House]:
    """A process of intake with all its loops, as it is deployed; what it stands on stays when it goes."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    ready, vault = asyncio.Event(), Vault(MASTER_KEY)
    async with Lifecycle(drain_seconds=1, loop_seconds=1, flush_seconds=1) as life:
        pool = await life.enter(open_pool(dsn, schema="intake"))
        tokens = Tokens(pool)
        deps = IntakeDeps(
            pool=pool, vault=vault, tokens=tokens, transport=PostgresLog(pool), settings=settings or IntakeSettings()
        )
        made = parts(deps)
        life.run_parts(made)
        app = build_app(made.routers, tokens=tokens)
        serving = asyncio.create_task(life.serve(app, host="127.0.0.1", port=port, on_ready=ready.set))
        await ready.wait()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            yield House(dsn, http, pool, vault)
        life.stop()
        await serving
