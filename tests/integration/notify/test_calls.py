"""Who cannot read a text is called: an owner and a clock for every call, until somebody says what came of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from notify.calls.api import router
from notify.calls.desk import Calls
from notify.erase import erase
from shared.errors import Refused
from shared.events.assignments import JobStatus
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from shared.http.app import build_app
from shared.postgres.transaction import transaction
from shared.security.tokens import Caller, Tokens, issue
from shared.security.tokens import Role as TokenRole
from tests.support.notifying import Bureau


@pytest.fixture
async def http(bureau: Bureau, dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    connection = await asyncpg.connect(dsn)
    try:
        roles = (TokenRole.OPERATOR, TokenRole.ADAPTER)
        tokens = {role: await issue(connection, f"{role} one", role, timedelta(hours=1)) for role in roles}
    finally:
        await connection.close()
    app = build_app([router(Calls(bureau.pool, bureau.vault))], tokens=Tokens(bureau.pool))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.headers["authorization"] = f"Bearer {tokens[TokenRole.OPERATOR]}"
        client.headers["x-adapter"] = tokens[TokenRole.ADAPTER]
        yield client


async def test_a_landline_is_called_for_everything_it_would_have_read(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+842438251234"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, bureau.requests[job.request_id], lan.as_(Role.RESIDENT)))
    await bureau.accepted(job, an, lan, await bureau.offered(job, an))
    await bureau.send_all()
    assert bureau.texts_to(lan) == []
    calls = await Calls(bureau.pool, bureau.vault).to_make(10)
    assert sorted(call.task.purpose for call in calls) == ["accepted_resident", "filed"]
    assert all(call.phone == "+842438251234" and call.task.owner == "city_desk" for call in calls)
    requested = await bureau.emitted(EventType.CALL_REQUESTED)
    assert [body["owner"] for body in requested] == ["city_desk", "city_desk"]
    assert {call.task.purpose: call.words is None for call in calls} == {"accepted_resident": False, "filed": True}, "a phrase"
    taken = [await Calls(bureau.pool, bureau.vault).take(call.task.id, Caller("Bình", "operator")) for call in calls]
    assert all("1022" in (call.words or "") for call in taken)


async def test_who_asked_to_be_called_is_called_on_a_mobile_too(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    request = await bureau.request(lan, by_call=True)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert bureau.texts_to(lan) == []
    assert await bureau.one("select count(*) from call_tasks") == 1


async def test_a_request_without_a_place_makes_a_call_that_ends_when_it_has_one(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    request = await bureau.request(lan, status=RequestStatus.NEEDS_LOCATION, commune_code=None, place=None)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    assert await bureau.one("select purpose from call_tasks where status = 'open'") == "needs_location"
    await bureau.hear(bureau.about_request(EventType.REQUEST_LOCATED, request, status=RequestStatus.FILED))
    assert await bureau.one("select status from call_tasks") == "dropped"
    assert len(await bureau.emitted(EventType.CALL_DONE)) == 1


async def test_a_responder_without_a_mobile_is_asked_by_the_desk_and_the_lease_runs(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+842438251234", ChannelKind.CALL)
    offer = await bureau.offered(await bureau.job(lan), an)
    (submitted,) = await bureau.emitted(EventType.MESSAGE_SUBMITTED)
    assert (submitted["offer_id"], submitted["channel"]) == (str(offer.offer_id), "call")
    await bureau.withdrawn(next(iter(bureau.jobs.values())), an, offer, "taken")
    assert await bureau.one("select status from call_tasks") == "dropped"


async def test_an_operator_takes_a_call_and_says_what_came_of_it(bureau: Bureau, http: httpx.AsyncClient) -> None:
    lan = await bureau.person("Bà Lan", "+842438251234")
    request = await bureau.request(lan)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    (call,) = (await http.get("/v1/calls")).json()["calls"]
    assert (call["phone"], call["words"]) == ("0243***234", None), "a list shows nobody's number to nobody in particular"
    taken = await http.post(f"/v1/calls/{call['id']}/take")
    assert (taken.status_code, taken.json()["owner"]) == (200, "operator one")
    assert (taken.json()["phone"], "1022" in taken.json()["words"]) == ("+842438251234", True)
    (shown,) = await bureau.rows(
        "select actor, action, detail ->> 'purpose' as purpose from audit where subject = $1", UUID(call["id"])
    )
    assert tuple(shown) == ("operator one", "call.taken", call["purpose"]), "who was shown a number, and what for"
    wrong = await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "maybe"})
    assert wrong.status_code == 422
    done = await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "told"})
    assert done.json()["status"] == "done"
    again = await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "told"})
    assert again.status_code == 200
    other = await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "unreached"})
    assert other.status_code == 409
    assert (await http.get("/v1/calls")).json() == {"calls": []}
    assert len(await bureau.emitted(EventType.CALL_DONE)) == 1
    assert (await http.post(f"/v1/calls/{request.request_id}/take")).status_code == 404


async def test_only_operators_see_numbers(bureau: Bureau, http: httpx.AsyncClient) -> None:
    http.headers["authorization"] = f"Bearer {http.headers['x-adapter']}"
    assert (await http.get("/v1/calls")).status_code == 403
    del http.headers["authorization"]
    assert (await http.get("/v1/calls")).status_code == 401


async def test_an_operator_of_one_commune_takes_its_calls_and_knows_of_no_others(
    bureau: Bureau, http: httpx.AsyncClient, dsn: str
) -> None:
    lan = await bureau.person("Bà Lan", "+842438251234")
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, await bureau.request(lan), lan.as_(Role.RESIDENT)))
    (call,) = (await http.get("/v1/calls")).json()["calls"]
    connection = await asyncpg.connect(dsn)
    try:
        here, elsewhere = [
            await issue(connection, f"of {code}", TokenRole.OPERATOR, timedelta(hours=1), commune_code=code)
            for code in ("00004", "00082")
        ]
    finally:
        await connection.close()
    http.headers["authorization"] = f"Bearer {elsewhere}"
    assert (await http.get("/v1/calls")).json() == {"calls": []}
    assert (await http.post(f"/v1/calls/{call['id']}/take")).status_code == 404
    assert (await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "told"})).status_code == 404
    http.headers["authorization"] = f"Bearer {here}"
    assert [one["id"] for one in (await http.get("/v1/calls")).json()["calls"]] == [call["id"]]
    taken = await http.post(f"/v1/calls/{call['id']}/take")
    assert (taken.status_code, taken.json()["owner"]) == (200, "of 00004")
    assert (await http.post(f"/v1/calls/{call['id']}/done", json={"outcome": "told"})).json()["status"] == "done"


async def test_a_call_nobody_makes_goes_up_to_the_city_desk(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+842438251234")
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, await bureau.request(lan), lan.as_(Role.RESIDENT)))
    calls = Calls(bureau.pool, bureau.vault)
    (call,) = await calls.to_make(10)
    await calls.take(call.task.id, Caller("operator one", "operator"))
    with pytest.raises(Refused, match="call_not_open"):
        await calls.take(call.task.id, Caller("operator two", "operator"))
    await bureau.move_clock(901)
    await bureau.sweep()
    (call,) = await calls.to_make(10)
    assert (call.task.owner, call.task.raised, call.task.status) == ("city_desk", 1, "open")
    assert (await bureau.emitted(EventType.CALL_REQUESTED))[-1]["owner"] == "city_desk"


async def test_a_cancelled_request_silences_what_waits_and_ends_its_calls(bureau: Bureau) -> None:
    lan, hai = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Ông Hải", "+842438251234")
    for person in (lan, hai):
        request = await bureau.request(person)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, person.as_(Role.RESIDENT)))
        await bureau.hear(bureau.about_request(EventType.REQUEST_CANCELLED, request, person.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["cancelled_resident"]
    waiting = [call.task.purpose for call in await Calls(bureau.pool, bureau.vault).to_make(10)]
    assert waiting == ["cancelled_resident"]


async def test_an_erased_person_leaves_no_text_and_is_not_written_to(bureau: Bureau, dsn: str) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan, priority=Priority.P1)
    await bureau.accepted(job, an, lan, await bureau.offered(job, an))
    await bureau.send_all()
    await bureau.writes(lan, "cảm ơn")
    await bureau.hear(bureau.about_job(EventType.JOB_ESCALATED, job, lan.as_(Role.RESIDENT)))
    async with transaction(bureau.pool, "notify.consume") as connection:
        await erase(connection, lan.id)
    assert await bureau.one("select count(*) from messages where body is not null and request_id = $1", job.request_id) == 0
    assert await bureau.one("select count(*) from inbound_texts where body is not null") == 0
    assert (await bureau.emitted(EventType.MESSAGE_FAILED))[-1]["reason"] == "erased"
    login = await asyncpg.connect(dsn)
    await login.fetchval("select vault.erase($1)", lan.id)
    await login.close()
    bureau.vault._cache.clear()
    sent = len(bureau.carrier.taken)
    over = bureau.about_job(EventType.ASSIGNMENT_DONE, job, lan.as_(Role.RESIDENT), status=JobStatus.DONE, outcome="solved")
    await bureau.hear(over)
    await bureau.send_all()
    assert len(bureau.carrier.taken) == sent
