"""A day in a town that passes every point at which a process may die: each commit, send and acknowledgement there is."""

from typing import Any
from uuid import uuid4

import asyncpg

from shared.geo.communes import COMMUNES
from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.town import Town

LONG = 100.0  # seconds: what a dead sender had in hand is held by its lease for 60
MINUTE = 60.0
COMMUNE = next(iter(COMMUNES)).code


async def live_through(town: Town) -> list[dict[str, Any]]:
    """All requests of the day; each was answered with 202."""
    helped = await from_call_to_end(town)
    by_api = await accepted_at_a_desk(town)
    cancelled = await called_off(town)
    nowhere = await found_in_the_end(town)
    called = await told_by_telephone(town)
    enrolled(town)
    await poisoned(town)
    silent = await nobody_answers(town)
    erased = await forgotten(town)
    return [helped, by_api, cancelled, nowhere, called, silent, erased]


async def from_call_to_end(town: Town) -> dict[str, Any]:
    request = town.file(lat=21.035, lon=105.814, key=uuid4().hex)
    offer = await town.sms(request, "offer", within=LONG)
    town.answer(offer.to, f"1 {offer.question}")
    mine = await town.sms(request, "accepted_responder", to=offer.to, within=LONG)
    for word, kind in (("DI", "en_route_resident"), ("DEN", None), ("XONG", "done_resident")):
        town.answer(offer.to, f"{word} {mine.job}")
        if kind:
            await town.sms(request, kind, within=LONG)
    await town.becomes(request, "resolved", within=LONG)
    return request


async def accepted_at_a_desk(town: Town) -> dict[str, Any]:
    request = town.file(lat=20.97, lon=105.78, key=uuid4().hex)
    await town.sms(request, "offer", within=LONG)
    offer_id = await ask(
        town, "select id from dispatch.offers where request_id = $1 and status = 'pending' limit 1", request["id"]
    )
    answer = town.http.post(f"/v1/offers/{offer_id}/accept", headers=town.token("ward_lead"))
    assert answer.is_success or answer.status_code == 409, answer.text  # 409: the answer to the first was lost in the crash
    await town.becomes(request, "assigned", within=LONG)
    return request


async def called_off(town: Town) -> dict[str, Any]:
    request = town.file(lat=21.1, lon=105.75, key=uuid4().hex)
    offer = await town.sms(request, "offer", within=LONG)
    answer = town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator"))
    assert answer.is_success or answer.status_code == 409, answer.text
    await town.sms(request, "withdrawn", to=offer.to, within=LONG)
    await town.becomes(request, "cancelled", within=LONG)
    return request


async def found_in_the_end(town: Town) -> dict[str, Any]:
    request = town.file(location=None, address="gần chợ", key=uuid4().hex)
    assert request["status"] == "needs_location"
    answer = town.http.put(
        f"/v1/requests/{request['code']}/location", headers=town.token("operator"), json={"commune_code": COMMUNE}
    )
    assert answer.is_success or answer.status_code == 409, answer.text
    await town.sms(request, "offer", within=LONG)
    return request


async def told_by_telephone(town: Town) -> dict[str, Any]:
    request = town.file(contact="call", lat=21.0, lon=105.85, key=uuid4().hex)
    operator = town.token("operator")

    def task() -> str | None:
        calls = town.http.get("/v1/calls", headers=operator).json()["calls"]
        return next((call["id"] for call in calls if call["request_id"] == request["id"]), None)

    call_id = await eventually(task, LONG, what="a call to make")
    for step, body in (("take", None), ("done", {"outcome": "told"})):
        answer = town.http.post(f"/v1/calls/{call_id}/{step}", headers=operator, json=body)
        assert answer.is_success or answer.status_code == 409, answer.text
    return request


def enrolled(town: Town) -> None:
    entry = {"kind": "volunteer", "name": "Tình nguyện viên mới", "phone": "+84900077777", "commune_code": COMMUNE}
    answer = town.http.put("/v1/responders/volunteer-1", headers=town.token("ward_lead"), json={**entry, "skills": ["vneid"]})
    assert answer.is_success, answer.text


async def poisoned(town: Town) -> None:
    """An event that nobody can read, and one more of its subject behind it."""
    subject = uuid4()
    for version in (1, 2):
        await ask(town, POISON, uuid4(), subject, version)

    def dead() -> bool:
        town.http.get("/livez")  # wakes a dead process; the command alone does not need one
        return town.command("dead-letters", "list", "--json")[1].count(str(subject)) >= 4  # two rooms, a dead one and one behind

    await eventually(dead, LONG, what="dead letters")
    for context in ("dispatch", "notify"):
        letter = await ask(
            town, f"select min(id) from {context}.dead_letters where status = 'dead' and subject = $1", str(subject)
        )
        town.command("dead-letters", "replay", context, str(letter))
        await eventually(lambda context=context: open_replays(town, context), LONG, what="the replay")
    for context in ("dispatch", "notify"):
        while letter := await ask(town, f"select min(id) from {context}.dead_letters where status in ('dead', 'parked')"):
            status, said = town.command("dead-letters", "discard", context, str(letter))
            assert status == 0, said


async def open_replays(town: Town, context: str) -> bool:
    query = (
        f"select count(*) = 0 from {context}.dead_letters where replay_requested_at is not null and status in ('dead', 'parked')"
    )
    done: bool = await ask(town, query)
    return done


async def nobody_answers(town: Town) -> dict[str, Any]:
    """Two waves end, the ward lead takes it; meanwhile the desk is late with a place nobody knows."""
    town.file(location=None, address="không rõ", key=uuid4().hex)
    request = town.file(lat=21.07, lon=105.9, key=uuid4().hex)
    await town.sms(request, "offer", within=LONG)
    for later in range(2, 24, 2):
        town.move_clock(later * MINUTE)
        await town.holds()
        if town.messages(request, "escalation"):
            break
    lead = await town.sms(request, "escalation", within=LONG)
    town.answer(lead.to, f"1 {lead.question}")
    await town.sms(request, "accepted_lead", to=lead.to, within=LONG)
    return request


async def forgotten(town: Town) -> dict[str, Any]:
    request = town.file(lat=21.05, lon=105.8, key=uuid4().hex)
    await town.sms(request, "offer", within=LONG)
    town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator"))
    await town.becomes(request, "cancelled", within=LONG)
    status, said = town.command("erase", request["phone"], "--yes")
    assert status == 0 or "no such person" in said, said  # erased already, and died before it could say so
    return request


POISON = """
insert into intake.outbox (event_id, topic, key, type, subject, version, source, occurred_at, body)
values ($1, 'techrescue.requests.v1', $2::uuid::text, 'request.amended', $2::uuid, $3, '/intake', now(), '{"request": 7}'::bytea)
"""


async def ask(town: Town, query: str, *arguments: Any) -> Any:
    """A question to the database of a town, or a row for it; it runs on when the process dies, and the process is woken."""
    town.http.get("/livez")
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()
