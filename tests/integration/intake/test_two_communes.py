"""Two operators, two communes: over every route of intake neither reads, nor changes, what is the other's."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.events.assignments import JobStatus
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_board import Job, filed, written
from tests.support.desk import EAST, PLACES, WEST, operator_of
from tests.support.hall import open_hall
from tests.support.sight import AT_POINTS, OF_REQUESTS, Route

PHONE = "0912345672"
HERE = {
    ("GET", "/v1/board"): f"?commune={EAST}",
    ("GET", "/v1/search"): f"?phone={PHONE}",
}


async def a_life_in_the_east(desk: Desk) -> dict[str, Any]:
    """A request on its way, one without a place, a text, a call that rings, a callback. `other`: of the west."""
    west = await filed(desk, location=PLACES[WEST], requester={"name": "Trần Văn Tây", "phone": "0912345671"})
    east = await filed(desk, location=PLACES[EAST], requester={"name": "Trần Văn Đông", "phone": PHONE})
    await desk.board.handle([Job(east).says(JobStatus.PENDING)])
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [east.details.key_id]))[east.details.key_id]
    await desk.board.handle([written(east.resident.contact_point_id, key.seal(b"alo", purpose="text"), east)])
    for call, event in (("missed", "ringing"), ("missed", "missed"), ("rings", "ringing")):
        await desk.post("/v1/calls", {"call": call, "event": event, "from": PHONE}, role="adapter")
    (message,) = (await desk.send("GET", "/v1/messages")).json()["messages"]
    (callback,) = (await desk.send("GET", "/v1/callbacks")).json()["callbacks"]
    (call,) = [one for one in (await desk.send("GET", "/v1/callers")).json()["calls"] if one["state"] == "ringing"]
    await filed(desk, location=None, address=None, requester={"name": "Trần Văn Đông", "phone": PHONE})
    return {
        "requests": east.code,
        "messages": message["id"],
        "callbacks": callback["id"],
        "callers": call["call"],
        "other": west.code,
    }


async def call(desk: Any, route: Route, found: dict[str, Any], role: str) -> httpx.Response:
    method, path = route
    body = {**OF_REQUESTS, **AT_POINTS}[route]
    if body and "into" in body:
        body = {"into": found["other"]}
    written_as = path.format(code=found.get("requests"), id=found.get(path.split("/")[2])) + HERE.get(route, "")
    answer: httpx.Response = await desk.send(method, written_as, body, role=role, headers={"idempotency-key": str(uuid4())})
    return answer


async def test_over_no_route_one_learns_of_the_others_people(desk: Desk) -> None:
    found = await a_life_in_the_east(desk)
    mine = await operator_of(desk, WEST)
    before = await desk.rows("select id, version, status from requests order by id")
    for route in OF_REQUESTS:
        answer = await call(desk, route, found, mine)
        assert answer.status_code in {200, 404}, (route, answer.text)
        assert answer.status_code == 404 or route[0] == "GET", route
        told = [str(found[name]) for name in ("requests", "messages", "callbacks", "callers")]
        assert not [one for one in (*told, "Đông", PHONE[1:], "***672") if one in answer.text], (route, answer.text)
    assert await desk.rows("select id, version, status from requests order by id") == before


@pytest.mark.parametrize("channel", ["hotline", "counter", "web"])
async def test_nobody_makes_the_others_people_their_own_by_filing_for_them(desk: Desk, channel: str) -> None:
    """Anybody may type a number: into the public form, or at the desk of one commune."""
    found = await a_life_in_the_east(desk)
    mine = await operator_of(desk, WEST)
    made_up = form(channel=channel, location=PLACES[WEST], requester={"name": "Trần Văn Tây", "phone": PHONE})
    answer = await desk.file(made_up, role=None if channel == "web" else mine)
    assert answer.status_code == 202, answer.text
    for route in OF_REQUESTS:
        answer = await call(desk, route, found, mine)
        assert answer.status_code == 404 or route[0] == "GET", (route, answer.text)
        told = [str(found[name]) for name in ("requests", "messages", "callbacks", "callers")]
        assert not [one for one in (*told, "Đông") if one in answer.text], (route, answer.text)


async def test_each_of_these_routes_answers_whoever_works_there(desk: Desk) -> None:
    """Else the other test would show nothing but that it asks for what is not there."""
    found = await a_life_in_the_east(desk)
    theirs = await operator_of(desk, EAST)
    silent = {
        ("GET", "/v1/places/waiting"): "what has no place is the city's",
        ("POST", "/v1/requests/{code}/merge"): "of two communes",
    }
    for route in [one for one in OF_REQUESTS if one not in silent]:  # in their order: it is taken before it is done
        answer = await call(desk, route, found, theirs)
        assert answer.status_code in {200, 409}, (route, answer.text)


@pytest.mark.parametrize(("step", "body"), [("confirm-number", {"code": None}), ("survey", {"score": 1})])
async def test_what_anybody_with_the_code_may_do_the_others_operator_may_not(desk: Desk, step: str, body: dict[str, Any]) -> None:
    """They would confirm the number of a call that nobody made, and mark a help as if a paper of it lay before them."""
    east = await filed(desk, channel="web", location=PLACES[EAST], requester={"name": "Trần Văn Đông", "phone": PHONE})
    answer = await desk.post(f"/v1/requests/{east.code}/{step}", body, role=await operator_of(desk, WEST))
    assert answer.status_code == 404, answer.text
    assert await desk.rows("select 1 from audit where action <> 'filed' union all select 1 from surveys") == []


@pytest.mark.parametrize("commune", ["00004", "00070"])
async def test_an_officer_of_one_service_point_is_at_no_point_of_another_commune(dsn: str, commune: str) -> None:
    """The point of Hoàn Kiếm is in 00070; its officer works there, one of Ba Đình finds nothing of it."""
    async with open_hall(dsn) as hall:
        desk = hall.desk
        officer = await operator_of(desk, commune)
        ticket = await hall.taken()
        await hall.next()
        found = {"points": "hoan-kiem", "tickets": ticket["id"]}
        desk.client, elsewhere = hall.client, commune != "00070"
        before = await desk.rows("select * from tickets")
        for route in AT_POINTS:
            answer = await call(desk, route, found, officer)
            assert (answer.status_code == 404) is elsewhere, (route, answer.text)
            assert answer.status_code in {200, 201, 202, 404, 409}, (route, answer.text)
        assert (await desk.rows("select * from tickets") == before) is elsewhere
