"""Dispatch on a real database, reached as others reach it: events, HTTP, timers. Transport and matcher are left out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from dispatch.answers import Answers
from dispatch.consumer import EventHandler
from dispatch.deadlines import ON_TIME
from dispatch.desk import Desk
from dispatch.faults.groups import Groups
from dispatch.faults.incident import IncidentRules
from dispatch.faults.incident_watch import IncidentWatch
from dispatch.faults.incidents import Incidents
from dispatch.faults.session import SessionRules
from dispatch.faults.sessions import Sessions
from dispatch.jobs.escalation import Level
from dispatch.jobs.named import Names
from dispatch.matching.decision import Decision
from dispatch.matching.deflection import deflection_router
from dispatch.matching.offers_made import Asked, make_offers
from dispatch.matching.policy import Policy
from dispatch.roster.directory import Directory
from dispatch.roster.enrolment import Seat, put_city_desk, put_entries, put_seats
from dispatch.roster.entry import Entry, Named, responder_id
from dispatch.roster.membership import Membership
from dispatch.routes.api import router
from dispatch.routes.coverage_api import coverage_router
from dispatch.routes.desk_api import desk_router
from dispatch.routes.duty_api import duty_router
from dispatch.routes.groups_api import groups_router
from dispatch.routes.incidents_api import incidents_router
from dispatch.routes.members_api import members_router
from dispatch.routes.roster_api import roster_router
from dispatch.routes.sessions_api import sessions_router
from dispatch.routes.shift_api import shift_router
from dispatch.rows import offer_of
from dispatch.shifts.duties import Duties
from dispatch.shifts.shift_answers import Shifts
from dispatch.shifts.sign_up import SignUp
from dispatch.shifts.swap_desk import Swaps
from shared.events.assignments import ResponderKind
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState
from shared.http.app import build_app
from shared.meetings import Meetings
from shared.postgres.pool import open_pool
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller, Role, Tokens, issue
from shared.security.vault import Vault
from shared.timers import TimerLoop
from tests.integration.dispatch.matching_rig import MORNING, set_time
from tests.support.databases import set_app_clock
from tests.support.dispatching import COMMUNE, NOW, a_request, reply, said

MASTER_KEY = b"dispatch tests: 32 bytes, secret"
NO_REASONS = Decision(candidates=b"[]", exclusions=b"{}")
OPERATOR = Caller("An", "operator", "hanoi")


@dataclass(frozen=True)
class JobToOffer:
    """What `make_offers` needs of a waiting job."""

    id: UUID
    version: int
    priority: Priority


def entry(number: int, **changes: Any) -> Named:
    fields: dict[str, Any] = {
        "kind": ResponderKind.VOLUNTEER,
        "name": f"Tình nguyện {number}",
        "phone": f"09120{number:05d}",
        "commune_code": COMMUNE,
        "confirmed": True,
    }
    return Named(f"V-{number}", Entry(**{**fields, **changes}))


@dataclass
class Town:
    dsn: str
    pool: asyncpg.Pool
    vault: Vault
    handle: EventHandler
    answers: Answers
    timers: TimerLoop
    client: httpx.AsyncClient
    tokens: Mapping[str, str]
    incidents: IncidentWatch

    async def enrol(self, *entries: Named) -> list[UUID]:
        async with transaction(self.pool, "dispatch.roster") as connection:
            await put_entries(connection, self.vault, "hanoi", entries)
        return [responder_id("hanoi", named.external_id) for named in entries]

    async def seat(self, *levels: Level) -> None:
        async with transaction(self.pool, "dispatch.roster") as connection:
            await put_city_desk(connection, self.vault, "hanoi", "+842438250000")
            seats = [
                Seat(level, COMMUNE, level.value, f"+84913{place:06d}", confirmed=True) for place, level in enumerate(levels)
            ]
            if seats:
                await put_seats(connection, self.vault, "hanoi", seats)

    async def now(self) -> datetime:
        async with self.pool.acquire() as connection:
            return await app_now(connection)

    async def clock_to(self, at: datetime) -> None:
        """Moves the database's clock to this moment."""
        real = await self.pool.fetchval("select clock_timestamp()")
        await set_app_clock(self.dsn, (at - real).total_seconds())

    async def later(self, seconds: float) -> None:
        """Moves the clock on, and lets every timer that is due fire."""
        await self.clock_to(await self.now() + timedelta(seconds=seconds))
        await self.fire()

    async def fire(self) -> None:
        while await self.timers.fire_due():
            pass

    async def filed(self, **changes: Any) -> tuple[RequestState, UUID]:
        """A request that has become a job."""
        request = a_request(filed_at=await self.now(), **changes)
        await self.handle([said(EventType.REQUEST_FILED, request)])
        return request, await self.job_id(request)

    async def job_id(self, request: RequestState) -> UUID:
        found: UUID = await self.pool.fetchval(
            "select id from jobs where request_id = $1 order by round desc limit 1", request.request_id
        )
        return found

    async def job(self, job_id: UUID) -> asyncpg.Record:
        return await self.pool.fetchrow("select * from jobs where id = $1", job_id)

    async def offered(self, job_id: UUID, responders: Sequence[UUID]) -> list[UUID]:
        """One wave, as the matcher makes it."""
        job = await self.job(job_id)
        waiting: Any = JobToOffer(job_id, job["version"], Priority(job["priority"]))
        made = await make_offers(
            self.pool, "hanoi", [Asked(waiting, one, 500) for one in responders], {job_id: NO_REASONS}, Policy()
        )
        assert len(made) == len(responders)
        rows = await self.pool.fetch("select id, responder_id from offers where job_id = $1 and status = 'pending'", job_id)
        by_responder = {row["responder_id"]: row["id"] for row in rows}
        return [by_responder[one] for one in responders]

    async def offer(self, offer_id: UUID) -> Any:
        return await self.pool.fetchrow("select * from offers where id = $1", offer_id)

    async def replies(self, offer_id: UUID, answer: Answer, *, received_at: datetime | None = None, **more: Any) -> Event:
        """`more`: what else the answer says."""
        event = reply(offer_of(await self.offer(offer_id)), answer, received_at=received_at or await self.now())
        event = replace(event, body=event.body.model_copy(update=more))
        await self.handle([event])
        return event

    async def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        rows = await self.pool.fetch(
            "select type, version, subject, body from outbox where $1::text is null or type = $1 order by id", kind
        )
        return [{**dict(row), **orjson.loads(row["body"])} for row in rows]

    async def statuses(self, job_id: UUID) -> dict[str, int]:
        rows = await self.pool.fetch("select status, count(*) from offers where job_id = $1 group by status", job_id)
        return {row[0]: row[1] for row in rows}

    async def send(self, method: str, path: str, body: Any = None, *, role: str | None = "operator") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        if body is None:
            return await self.client.request(method, path, headers=headers)
        return await self.client.request(
            method, path, content=orjson.dumps(body), headers={**headers, "content-type": "application/json"}
        )


@asynccontextmanager
async def open_town(dsn: str) -> AsyncIterator[Town]:
    login = await asyncpg.connect(dsn)
    tokens = {role.value: await issue(login, f"test {role.value}", role, timedelta(hours=1)) for role in Role}
    await login.close()
    vault = Vault(MASTER_KEY)
    async with open_pool(dsn, schema="dispatch") as pool:
        answers = Answers(pool, lambda: None, vault)
        meetings = Meetings("https://meet.example.org/{room}", vault.fingerprint)
        routes = router(answers=answers, directory=Directory(pool, vault, "hanoi", lambda: None), meetings=meetings)
        desk = desk_router(Desk(pool, vault, Policy(), lambda: None))
        roster = roster_router(pool, vault, "hanoi", lambda: None)
        duty = duty_router(Duties(pool, "hanoi", lambda: None))
        at_desk = (pool, "hanoi", lambda: None)
        shifts = shift_router(Shifts(*at_desk), SignUp(*at_desk), Swaps(*at_desk))
        members = members_router(Membership(pool, "hanoi"))
        groups = groups_router(Groups(pool, lambda: None))
        coverage = coverage_router(pool, "hanoi")
        deflection = deflection_router(pool, "hanoi")
        rules = IncidentRules()
        incidents, watch = Incidents(pool, "hanoi", rules, lambda: None), IncidentWatch(pool, "hanoi", rules)
        sessions = sessions_router(Sessions(pool, vault, SessionRules(), lambda: None))
        houses = [
            routes,
            desk,
            duty,
            shifts,
            members,
            coverage,
            deflection,
            roster,
            groups,
            incidents_router(incidents),
            sessions,
        ]
        app = build_app(houses, tokens=Tokens(pool))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://dispatch") as client:
            handle = EventHandler(pool, lambda: None, names=Names(vault), incidents=watch.open)
            timers = TimerLoop(pool, "dispatch.timer", ON_TIME)
            yield Town(dsn, pool, vault, handle, answers, timers, client, tokens, watch)


@pytest.fixture
async def town(dsn: str) -> AsyncIterator[Town]:
    """Monday 10:00, nobody enrolled yet."""
    async with open_town(dsn) as opened:
        await opened.clock_to(NOW)
        yield opened


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """For tests that put rows straight into the tables."""
    await set_time(dsn, MORNING)
    async with open_pool(dsn, schema="dispatch") as opened:
        yield opened
