"""Fifty people are asked about one job and all say yes at the same moment, half of them over the API, half by SMS."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx

from dispatch.matching.decision import Decision
from dispatch.matching.offers_made import Asked, make_offers
from shared.events.contract import Priority
from shared.postgres.embedded import start_embedded
from shared.postgres.pool import open_pool
from tests.integration.dispatch.conftest import JobToOffer
from tests.support.dispatching import UNLIMITED
from tests.support.district import HOLDER_PID, LOCK
from tests.support.eventually import eventually
from tests.support.town import Sms, Town

CROWD: Final = 50
SECONDS_BETWEEN: Final = 1200.0  # by the town's clock: nobody gets more SMS than they may
TOLD: Final = frozenset({"taken", "already_taken"})
NO_REASONS: Final = Decision(candidates=b"[]", exclusions=b"{}")


@asynccontextmanager
async def matching_for(town: Town) -> AsyncIterator[asyncpg.Pool]:
    """We are the matcher of this town: nobody else asks anybody. Its own stands by, as it would for another process."""
    dsn = start_embedded(town.home).dsn
    owner, other = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        await eventually(lambda: other.fetchval(HOLDER_PID, "hanoi"))  # a town is ready before it has a matcher
        waiting = asyncio.create_task(owner.fetchval(f"select pg_advisory_lock({LOCK})", "hanoi"))
        await eventually(lambda: other.fetchval("select count(*) from pg_locks where locktype = 'advisory' and not granted"))
        await other.fetchval(f"select pg_terminate_backend(({HOLDER_PID}))", "hanoi")
        await waiting
        async with open_pool(dsn, schema="dispatch") as pool:
            yield pool
    finally:
        await owner.close()
        await other.close()


async def rush(town: Town, pool: asyncpg.Pool, number: int) -> None:
    """One round. One winner; everybody else is told, once."""
    town.forget_messages()
    town.move_clock(number * SECONDS_BETWEEN)
    request = town.file()
    job_id = await eventually(lambda: pool.fetchval("select id from jobs where request_id = $1", UUID(request["id"])))
    offers = await _ask_fifty(pool, job_id, number)
    asked = await eventually(lambda: _all_asked(town, request), what="fifty questions")
    phones = dict(zip(offers, await _phones(town, pool, request, offers), strict=True))
    assert set(phones.values()) == {sms.to for sms in asked}
    await _all_say_yes(town, offers, {sms.to: sms for sms in asked}, phones)
    await eventually(lambda: _is_told(town, request), what="one winner, and 49 who know it")
    rows = await pool.fetch("select status, count(*) from offers where job_id = $1 group by status", job_id)
    assert {row[0]: row[1] for row in rows} == {"accepted": 1, "withdrawn": CROWD - 1}
    await town.becomes(request, "assigned")
    assert town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator")).is_success
    await town.becomes(request, "cancelled")
    await eventually(lambda: _nobody_is_busy(pool), what="the winner is free again")


async def _ask_fifty(pool: asyncpg.Pool, job_id: UUID, number: int) -> list[UUID]:
    rows = await pool.fetch("select id from responders where active order by id offset $1 limit $2", number * CROWD % 200, CROWD)
    (job,) = await pool.fetch("select version, priority from jobs where id = $1", job_id)
    waiting: Any = JobToOffer(job_id, job["version"], Priority(job["priority"]))
    await make_offers(pool, "hanoi", [Asked(waiting, row["id"], 500) for row in rows], {job_id: NO_REASONS}, UNLIMITED)
    offers = [row["id"] for row in await pool.fetch("select id from offers where job_id = $1 order by id", job_id)]
    assert len(offers) == CROWD
    return offers


def _all_asked(town: Town, request: dict[str, Any]) -> list[Sms]:
    found = _messages(town, request, {"offer"})
    assert len(found) == CROWD
    return found


async def _phones(town: Town, pool: asyncpg.Pool, request: dict[str, Any], offers: list[UUID]) -> list[str]:
    """Whose offer is whose: notify's attempts lead from the offer to the phone that rang."""
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    try:
        rows = await connection.fetch(
            "select asked.offer_id, sent.to_number from notify.question_offers asked"
            " join notify.messages message on message.question_id = asked.question_id and message.purpose = 'offer'"
            " join notify.message_attempts attempt on attempt.message_id = message.id"
            " join carrier.messages sent on sent.attempt_id = attempt.id where asked.request_id = $1",
            UUID(request["id"]),
        )
    finally:
        await connection.close()
    by_offer = {row["offer_id"]: row["to_number"] for row in rows}
    return [by_offer[offer] for offer in offers]


async def _all_say_yes(town: Town, offers: list[UUID], asked: dict[str, Sms], phones: dict[UUID, str]) -> None:
    desk = town.token("ward_lead")
    limits = httpx.Limits(max_connections=CROWD)
    async with httpx.AsyncClient(base_url=town.http.base_url, timeout=30, limits=limits) as http:

        async def yes(place: int, offer: UUID) -> int:
            if place % 2:
                answer = await http.post(f"/v1/offers/{offer}/accept", headers=desk)
            else:
                sms = asked[phones[offer]]
                reply = {"from": sms.to, "text": f"1 {sms.question}", "id": f"yes-{sms.id}"}
                answer = await http.post("/dev/replies", json=reply)
            # On a busy machine the last of fifty wait longer for a connection than anybody should, and are told to come back.
            assert answer.status_code != 503 or "retry-after" not in answer.headers
            return answer.status_code

        answers = (eventually(partial(yes, place, offer)) for place, offer in enumerate(offers))
        statuses = Counter(await asyncio.gather(*answers))
    assert statuses[202] == CROWD // 2
    assert statuses[200] <= 1
    assert statuses[200] + statuses[409] == CROWD // 2, statuses


def _is_told(town: Town, request: dict[str, Any]) -> bool:
    """Who says yes by SMS after our word that it is taken hears it once more, as an answer; nobody hears the same twice."""
    winners = _messages(town, request, {"accepted_responder"})
    losers = _messages(town, request, TOLD)
    assert len(winners) <= 1, winners
    told = {sms.to for sms in losers}
    twice = [who for who, times in Counter((sms.to, sms.kind) for sms in losers).items() if times > 1]
    assert not twice, twice
    return len(winners) == 1 and len(told) == CROWD - 1 and winners[0].to not in told


def _messages(town: Town, request: dict[str, Any], kinds: set[str] | frozenset[str]) -> list[Sms]:
    return [sms for sms in town.messages(request) if sms.kind in kinds]


async def _nobody_is_busy(pool: asyncpg.Pool) -> bool:
    return bool(await pool.fetchval("select coalesce(sum(load), 0) = 0 from responders"))
