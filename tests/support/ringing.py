"""A telephone system and operators of a hotline, for stories over HTTP: calls ring, are missed, are returned."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx

from shared.security.tokens import Role, issue
from tests.support.databases import set_app_clock

BINH = "0912 345 678"
CHI = "0912 345 679"


@dataclass
class Hotline:
    """`second(n)`: the moment n seconds after the first ring of the story."""

    desk: Any
    began: datetime
    ahead: float = 0.0

    def second(self, seconds: float) -> datetime:
        return self.began + timedelta(seconds=seconds)

    async def says(self, call: str, event: str, second: float | None = None, **more: Any) -> httpx.Response:
        """One word of the telephone system; the caller is Bình unless `caller` is told."""
        body = {"call": call, "event": event, "from": more.pop("caller", BINH), **more}
        if second is not None:
            body["at"] = self.second(second).isoformat()
        answer: httpx.Response = await self.desk.post("/v1/calls", body, role="adapter")
        return answer

    async def told(self, call: str, event: str, second: float | None = None, **more: Any) -> dict[str, Any]:
        answer = await self.says(call, event, second, **more)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def callbacks(self) -> list[dict[str, Any]]:
        answer = await self.desk.send("GET", "/v1/callbacks")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["callbacks"]
        return found

    async def callers(self) -> list[dict[str, Any]]:
        answer = await self.desk.send("GET", "/v1/callers")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["calls"]
        return found

    async def newcomer(self, name: str, role: Role = Role.OPERATOR, commune_code: str | None = None) -> None:
        """One more operator (of one commune), or telephone system; `role=name` is their voice."""
        login = await asyncpg.connect(self.desk.dsn)
        self.desk.tokens[name] = await issue(login, name, role, timedelta(hours=1), commune_code=commune_code)
        await login.close()

    async def take(self, task: dict[str, Any], operator: str = "operator") -> httpx.Response:
        answer: httpx.Response = await self.desk.post(f"/v1/callbacks/{task['id']}/take", role=operator)
        return answer

    async def done(self, task: dict[str, Any], outcome: str, operator: str = "operator") -> httpx.Response:
        answer: httpx.Response = await self.desk.post(f"/v1/callbacks/{task['id']}/done", {"outcome": outcome}, role=operator)
        return answer

    async def minutes_pass(self, minutes: float) -> None:
        """The clock is moved, and what is due rings."""
        self.ahead += minutes * 60
        await set_app_clock(self.desk.dsn, self.ahead)
        while await self.desk.timers.fire_due():
            pass


def a_hotline(desk: Any) -> Hotline:
    return Hotline(desk, datetime.now(UTC) - timedelta(minutes=5))
