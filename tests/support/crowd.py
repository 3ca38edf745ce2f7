"""Many callers and phones at once, in front of a town that may die or stumble: what was accepted is written down with its key.

What a dead process did not answer is sent again under the same key, as people and their programs do.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx

from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.town import Sms, Town, sms_of

CALLERS: Final = 4
HANDS: Final = 2
CATEGORIES: Final = ("system_outage", "network_outage", "death", "equipment", "vneid_login")
AREA: Final = (20.95, 21.10, 105.75, 105.92)  # the inner city
AGAIN_SECONDS: Final = 0.2
SILENT_LOOKS: Final = 15
STRANGERS: Final = 500_000  # +84900500000 and on: nobody of the roster


@dataclass
class Crowd:
    """`revive` is called once a death, by whoever notices first; it returns when the town answers again, or raises."""

    town: Town
    seed: str = "1"
    revive: Callable[[], object] = lambda: None
    form: Callable[[int], dict[str, Any]] | None = None  # the body of the nth request; None: anybody's
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)  # key → body, whether it was answered or not
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)  # key → the 202
    put_off: int = 0  # 503 with Retry-After
    surprises: list[str] = field(default_factory=list)  # every other answer that nobody should get
    lives: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a test
        self._waking = asyncio.Lock()
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.town.port}", timeout=30)
        self._seen = 0
        self._silent_looks = 0
        self._leaving = False
        self._gone = asyncio.Event()

    async def close(self) -> None:
        await self._http.aclose()

    async def file(self, count: int, *, per_second: float | None = None) -> None:
        """Files so many more requests, several callers at once; each stays until it is accepted. `per_second`: evenly paced."""
        await self._work_off([self._new_body() for _ in range(count)], per_second)

    async def kill(self, kill: Callable[[], object]) -> None:
        """The town dies by somebody's hand, and is started again."""
        async with self._waking:
            await asyncio.to_thread(kill)
            await asyncio.to_thread(self.town.start)
            self.lives += 1

    async def live(self) -> None:
        """People answer their phones, and act, until `leave`."""
        try:
            async with asyncio.TaskGroup() as hands:
                hands.create_task(self._answer_phones())
                hands.create_task(self._change_their_minds())
        finally:
            self._gone.set()

    async def leave(self) -> None:
        """Returns when nobody does anything any more."""
        self._leaving = True
        await self._gone.wait()

    async def quiet(self, *, within: float = 300) -> None:
        """Returns when every phone has been answered, and no new message comes."""
        self._silent_looks = 0
        await eventually(lambda: self._silent_looks >= SILENT_LOOKS, within, what="no more messages")

    async def repeat(self, keys: list[str] | None = None) -> None:
        """Every key once more: the same request comes back, whoever had the first answer."""
        for key in keys or list(self.accepted):
            again = (await self._post_request(key)).json()
            assert (again["id"], again["code"]) == (self.accepted[key]["id"], self.accepted[key]["code"])

    async def nothing_is_lost(self) -> None:
        """Each key is one request in the database, and there is no other; nobody was told anything strange."""
        assert not self.surprises, self.surprises[:5]
        assert self.accepted.keys() == self.sent.keys()
        connection = await asyncpg.connect(start_embedded(self.town.home).dsn)
        try:
            stored = {str(row["id"]): row["code"] for row in await connection.fetch("select id, code from intake.requests")}
        finally:
            await connection.close()
        assert stored == {answer["id"]: answer["code"] for answer in self.accepted.values()}

    def _new_body(self) -> dict[str, Any]:
        body = self.form(len(self.sent)) if self.form else self._anybody(STRANGERS + len(self.sent))
        self.sent[uuid4().hex] = body
        return body

    def _anybody(self, number: int) -> dict[str, Any]:
        dice, (south, north, west, east) = self.dice, AREA
        body = {
            "channel": "hotline",
            "requester": {"name": f"Người gọi {number}", "phone": f"+84900{number}"},
            "category": dice.choice(CATEGORIES),
            "description": "Không vào được hệ thống",
            "location": {"lat": round(dice.uniform(south, north), 5), "lon": round(dice.uniform(west, east), 5)},
            "visit_consent": True,
            "contact": "call" if dice.random() < 0.1 else "message",
        }
        if dice.random() < 0.1:
            body |= {"location": None, "address": "gần chợ"}
        return body

    async def _work_off(self, bodies: list[dict[str, Any]], per_second: float | None) -> None:
        keys = [key for key, body in self.sent.items() if any(body is one for one in bodies)]
        start, left = asyncio.get_running_loop().time(), list(enumerate(keys))[::-1]

        async def caller() -> None:
            while left:
                place, key = left.pop()
                if per_second:
                    await asyncio.sleep(start + place / per_second - asyncio.get_running_loop().time())
                await self._file_one(key)

        async with asyncio.TaskGroup() as callers:
            for _ in range(CALLERS):
                callers.create_task(caller())

    async def _file_one(self, key: str) -> None:
        while key not in self.accepted:
            answer = await self._post_request(key)
            if answer.status_code == 202:
                self.accepted[key] = answer.json()
            elif answer.status_code == 503 and answer.headers.get("retry-after"):
                self.put_off += 1
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.surprises.append(f"{answer.status_code}: {answer.text}")
                return

    async def _post_request(self, key: str) -> httpx.Response:
        headers = {**self.town.token("operator"), "Idempotency-Key": key}
        return await self._ask("POST", "/v1/requests", json=self.sent[key], headers=headers)

    async def _answer_phones(self) -> None:
        while not self._leaving:
            answer = await self._ask("GET", "/dev/messages", params={"since": str(self._seen), "limit": "200"})
            messages = [sms_of(row) for row in answer.json()] if answer.is_success else []
            for sms in messages:
                if self._leaving:
                    return
                self._seen = sms.id
                if text := self._answer_to(sms):
                    reply = {"from": sms.to, "text": text, "id": f"answer-to-{sms.id}"}
                    await self._act("POST", "/dev/replies", json=reply)
            self._silent_looks = 0 if messages else self._silent_looks + 1
            if not messages:
                await asyncio.sleep(AGAIN_SECONDS)

    def _answer_to(self, sms: Sms) -> str | None:
        if sms.kind in {"offer", "offer_by_phone", "escalation"}:
            word = self.dice.choice(["1", "1", "2", None])
            return word and f"{word} {sms.question}"
        steps = {"accepted_responder": "DI", "en_route_responder": "XONG", "calling_responder": "XONG"}
        return f"{steps[sms.kind]} {sms.job}" if sms.kind in steps else None

    async def _change_their_minds(self) -> None:
        """Cancelled, amended, located, and a roster that is kept: the other commits there are."""
        operator, done = self.town.token("operator"), 0
        while not self._leaving:
            answers = list(self.accepted.values())[done:]
            for answer in answers:
                if self._leaving:
                    return
                done += 1
                path = f"/v1/requests/{answer['code']}"
                if answer["status"] == "needs_location":
                    await self._act("PUT", f"{path}/location", json={"commune_code": "00004"}, headers=operator)
                elif done % 7 == 0:
                    await self._act("POST", f"{path}/cancel", headers=operator)
                elif done % 5 == 0:
                    await self._act("PATCH", path, json={"description": "Vẫn không được"}, headers=operator)
                elif done % 11 == 0:
                    await self._act("PUT", f"/v1/responders/new-{done}", json=self._volunteer(done), headers=operator)
            if not answers:
                await asyncio.sleep(AGAIN_SECONDS)

    def _volunteer(self, number: int) -> dict[str, Any]:
        name, phone = f"Tình nguyện viên {number}", f"+84900{STRANGERS + 300_000 + number}"
        return {"kind": "volunteer", "name": name, "phone": phone, "commune_code": "00004", "skills": ["vneid"]}

    async def _act(self, method: str, path: str, **options: Any) -> None:
        """A refusal is an answer, too; a 503 means later. Anything else of the 5xx is a surprise."""
        while True:
            answer = await self._ask(method, path, **options)
            if answer.status_code != 503:
                break
            await asyncio.sleep(AGAIN_SECONDS)
        if answer.status_code >= 500:
            self.surprises.append(f"{method} {path} {answer.status_code}: {answer.text}")

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            life = self.lives
            try:
                return await self._http.request(method, path, **options)
            except httpx.TransportError:
                await self._notice_death(life)

    async def _notice_death(self, life: int) -> None:
        async with self._waking:
            if life == self.lives:
                await asyncio.to_thread(self.revive)
                self.lives += 1


async def accepted(crowd: Crowd, count: int, *, within: float = 120) -> None:
    await eventually(lambda: len(crowd.accepted) >= count, within, what=f"{count} requests accepted")
