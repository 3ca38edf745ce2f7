"""Chapters of a day in a town; together they pass every point at which a process may die: each commit, send and acknowledgement.

A step whose answer was lost in a crash is taken again: 409 and "no such person" then mean that it had been done.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from uuid import uuid4

import asyncpg

from shared.errors import Refused
from shared.events.contract import Priority
from shared.geo.communes import COMMUNES
from shared.postgres.embedded import start_embedded
from shared.postgres.pool import open_pool
from shared.service_levels import SERVICE_LEVELS
from shared.transport.dead_letters import DeadLetters
from tests.support.eventually import eventually
from tests.support.town import Town

Requests = list[dict[str, Any]]  # of a chapter; each was answered with 202
Chapter = Callable[[Town], Awaitable[Requests]]

PATIENCE: Final = 6 * 60.0  # a ward lead is asked after 5 minutes
HALF_AN_HOUR: Final = 30 * 60.0  # a request without a place, or a call that nobody makes, is brought up before that
WAVE: Final = SERVICE_LEVELS[Priority.P1].wave_size
COMMUNE: Final = next(iter(COMMUNES)).code
READERS: Final = ("dispatch", "notify")  # of what intake says


async def from_call_to_end(town: Town) -> Requests:
    request = town.file(lat=21.035, lon=105.814, key=uuid4().hex)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    mine = await town.sms(request, "accepted_responder", to=offer.to)
    for word, kind in (("DI", "en_route_resident"), ("DEN", None), ("XONG", "done_resident")):
        town.answer(offer.to, f"{word} {mine.job}")
        if kind:
            await town.sms(request, kind)
    await town.becomes(request, "resolved")
    return [request]


async def accepted_at_a_desk(town: Town) -> Requests:
    request = town.file(lat=20.97, lon=105.78, key=uuid4().hex)
    await town.sms(request, "offer")
    offer_id = await ask(
        town, "select id from dispatch.offers where request_id = $1 and status = 'pending' limit 1", request["id"]
    )
    done(town.http.post(f"/v1/offers/{offer_id}/accept", headers=town.token("ward_lead")))
    await town.becomes(request, "assigned")
    return [request]


async def called_off(town: Town) -> Requests:
    request = town.file(lat=21.1, lon=105.75, key=uuid4().hex)
    offer = await town.sms(request, "offer")
    done(town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator")))
    await town.sms(request, "withdrawn", to=offer.to)
    await town.becomes(request, "cancelled")
    return [request]


async def declined_by_the_first(town: Town) -> Requests:
    """The first are asked as soon as the request is seen; the next ones by the matcher."""
    request = town.file(lat=20.977, lon=105.843, key=uuid4().hex)
    wave = await eventually(lambda: town.messages(request, "offer")[WAVE - 1 :] and town.messages(request, "offer"), 60)
    for offer in wave:
        town.answer(offer.to, f"2 {offer.question}")
    first = {offer.to for offer in wave}
    await eventually(lambda: {offer.to for offer in town.messages(request, "offer")} - first, 60, what="somebody else is asked")
    return [request]


async def found_in_the_end(town: Town) -> Requests:
    """The desk is late with the one place, and nobody ever learns the other."""
    requests = [town.file(location=None, address=where, key=uuid4().hex) for where in ("gần chợ", "không rõ")]
    assert {request["status"] for request in requests} == {"needs_location"}
    town.let_pass(HALF_AN_HOUR)
    where = {"commune_code": COMMUNE}
    done(town.http.put(f"/v1/requests/{requests[0]['code']}/location", headers=town.token("operator"), json=where))
    await town.sms(requests[0], "offer")
    return requests


async def told_by_telephone(town: Town) -> Requests:
    """Late: the call is raised before anybody takes it."""
    request = town.file(contact="call", lat=21.0, lon=105.85, key=uuid4().hex)
    operator = town.token("operator")

    def task() -> str | None:
        calls = town.http.get("/v1/calls", headers=operator).json()["calls"]
        return next((call["id"] for call in calls if call["request_id"] == request["id"]), None)

    call_id = await eventually(task, what="a call to make")
    town.let_pass(HALF_AN_HOUR)
    await until(town, "select raised from notify.call_tasks where id = $1", call_id)
    done(town.http.post(f"/v1/calls/{call_id}/take", headers=operator))
    done(town.http.post(f"/v1/calls/{call_id}/done", headers=operator, json={"outcome": "told"}))
    return [request]


async def enrolled(town: Town) -> Requests:
    entry = {"kind": "volunteer", "name": "Tình nguyện viên mới", "phone": "+84900077777", "commune_code": COMMUNE}
    answer = town.http.put("/v1/responders/volunteer-1", headers=town.token("ward_lead"), json={**entry, "skills": ["vneid"]})
    assert answer.is_success, answer.text
    return []


async def poisoned(town: Town) -> Requests:
    """An event that nobody can read, and one more of its subject behind it: tried again in vain, then given up."""
    subject = uuid4()
    for version in (1, 2):
        await ask(town, POISON, uuid4(), subject, version)
    for context in READERS:
        async with open_pool(start_embedded(town.home).dsn, schema=context, max_size=1) as pool:
            letters = DeadLetters(pool)
            await until(town, f"select count(*) = 2 from {context}.dead_letters where subject = $1", str(subject))
            await letters.replay(await ask(town, f"select min(id) from {context}.dead_letters where status = 'dead'"))
            await until(town, f"select bool_and(replay_requested_at is null) from {context}.dead_letters")
            while letter := await ask(town, f"select min(id) from {context}.dead_letters where status in ('dead', 'parked')"):
                with suppress(Refused):  # it was handled in vain meanwhile, or has just been parked anew
                    await letters.discard(letter)
    return []


async def nobody_answers(town: Town) -> Requests:
    """The wave ends, the next one is not answered either; the ward lead takes it."""
    request = town.file(lat=21.07, lon=105.9, key=uuid4().hex)
    await town.sms(request, "offer")
    town.let_pass(PATIENCE)
    lead = await town.sms(request, "escalation")
    town.answer(lead.to, f"1 {lead.question}")
    await town.sms(request, "accepted_lead", to=lead.to)
    return [request]


async def forgotten(town: Town) -> Requests:
    request = town.file(lat=21.05, lon=105.8, key=uuid4().hex)
    await town.sms(request, "offer")
    done(town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator")))
    await town.becomes(request, "cancelled")
    status, said = town.command("erase", request["phone"], "--yes")
    assert status == 0 or "no such person" in said, said
    return [request]


async def told_to_all(town: Town) -> Requests:
    """One text to the helpers of a ward; whoever dies meanwhile, each has it once."""
    await by_day(town)
    audience = {"who": "responders", "communes": [COMMUNE]}
    words = {"template": "outage_known", "fields": {"service": "VNeID"}, "not_after": in_hours(await ask(town, NOW), 5)}
    desk = {**town.token("operator"), "Idempotency-Key": uuid4().hex}
    body = {"kind": "outage", "audience": audience, "per_second": 20, **words}
    answer = town.http.post("/v1/broadcasts", headers=desk, json=body)
    assert answer.is_success, answer.text
    await until(town, "select status = 'done' from notify.broadcasts where id = $1", answer.json()["id"])
    counts = town.http.get(f"/v1/broadcasts/{answer.json()['id']}", headers=desk).json()["counts"]
    assert counts["waiting"] == 0
    people, texts = await ask(town, LISTENERS), await ask(town, TOLD)
    assert texts == await ask(town, TOLD_WHOM) > 0, "nobody was told twice"
    assert people == texts + sum(counts["failed"].values())
    return []


async def by_day(town: Town) -> None:
    local = (await ask(town, NOW)).astimezone(timezone(timedelta(hours=7)))
    if not BY_DAY[0] <= local.hour < BY_DAY[1]:
        town.let_pass(((BY_DAY[0] - local.hour) % 24) * 3600.0)


def in_hours(now: datetime, hours: float) -> str:
    return (now + timedelta(hours=hours)).isoformat()


# Which chapter passes which point first. A process that has a home passes the prune when it starts.
CHAPTERS: Final[dict[str, Chapter]] = {
    "intake.file": from_call_to_end,
    "intake.change": called_off,
    "intake.consume": from_call_to_end,
    "intake.timer": found_in_the_end,
    "dispatch.consume": from_call_to_end,
    "dispatch.match": declined_by_the_first,
    "dispatch.answer": accepted_at_a_desk,
    "dispatch.roster": enrolled,
    "dispatch.timer": nobody_answers,
    "notify.consume": from_call_to_end,
    "notify.claim": from_call_to_end,
    "notify.record": from_call_to_end,
    "notify.inbound": from_call_to_end,
    "notify.call": told_by_telephone,
    "notify.timer": told_by_telephone,
    "notify.count": from_call_to_end,
    "carrier.deliver": from_call_to_end,
    "relay.mark": from_call_to_end,
    "relay.publish": from_call_to_end,
    "log.append": from_call_to_end,
    "log.checkpoint": from_call_to_end,
    "dead_letter.park": poisoned,
    "dead_letter.replay": poisoned,
    "retention.prune": from_call_to_end,
    "vault.change": forgotten,
    "notify.send": from_call_to_end,
    "consumer.ack": from_call_to_end,
    "notify.broadcast": told_to_all,
}
DAY: Final = tuple(dict.fromkeys(CHAPTERS.values()))

NOW: Final = "select transport.app_clock()"
BY_DAY: Final = (8, 19)  # the clock is moved to the morning where it is not between these hours
LISTENERS: Final = "select count(*) from notify.broadcast_people"
TOLD: Final = "select count(*) from carrier.messages where kind = 'broadcast_outage'"
TOLD_WHOM: Final = "select count(distinct to_number) from carrier.messages where kind = 'broadcast_outage'"

POISON: Final = """
insert into intake.outbox (event_id, topic, key, type, subject, version, source, occurred_at, body)
values ($1, 'techrescue.requests.v1', $2::uuid::text, 'request.amended', $2::uuid, $3, '/intake', now(), '{"request": 7}'::bytea)
"""


def done(answer: Any) -> None:
    assert answer.is_success or answer.status_code == 409, answer.text


async def until(town: Town, query: str, *arguments: Any) -> None:
    await eventually(lambda: ask(town, query, *arguments), what=query)


async def ask(town: Town, query: str, *arguments: Any) -> Any:
    """A question to the database of a town, or a row for it; it runs on when the process dies, and the process is woken."""
    town.http.get("/livez")
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()
