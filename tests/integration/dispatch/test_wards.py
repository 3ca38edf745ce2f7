"""Whose token names a ward decides about what is of that ward, and reads it: held for every route of the access table."""

from typing import Any, Final

import httpx

from dispatch.jobs.escalation import Level
from dispatch.roster.entry import responder_id
from shared.http.access import ACCESS, WARD_LEAD
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import at
from tests.integration.dispatch.test_groups import called, proposed
from tests.integration.dispatch.test_sign_up import as_ward_lead, post
from tests.integration.dispatch.test_who_goes import LAN, TUAN, team
from tests.support.dispatching import COMMUNE
from tests.support.sight import IN_WARDS

HERE, ELSEWHERE = COMMUNE, "00008"

# Routes that a ward lead may write through, with a body that is good, in a ward of their own.
BODIES: Final[dict[tuple[str, str], Any]] = {
    ("PUT", "/v1/responders/{id}"): {
        "kind": "volunteer",
        "name": "Giả",
        "phone": "0977777777",
        "commune_code": ELSEWHERE,
        "confirmed": True,
    },
    ("POST", "/v1/responders/{id}/duty"): {"duty": "off"},
    ("POST", "/v1/shifts"): {
        "commune_code": HERE,
        "starts_at": at(5, 8).isoformat(),
        "ends_at": at(5, 12).isoformat(),
        "places": 3,
    },
    ("POST", "/v1/openings/{id}/take"): {"responder": "V-1"},
    ("POST", "/v1/openings/{id}/close"): None,
    ("POST", "/v1/shifts/{id}/confirm"): None,
    ("POST", "/v1/shifts/{id}/decline"): None,
    ("POST", "/v1/shifts/{id}/swap"): {"colleague": "V-2"},
    ("POST", "/v1/swaps/{id}/agree"): {"responder": "V-2"},
    ("POST", "/v1/swaps/{id}/refuse"): None,
    ("PUT", "/v1/members/{id}/presence"): {"present": False},
    ("POST", "/v1/offers/{id}/accept"): None,
    ("POST", "/v1/offers/{id}/decline"): None,
    ("POST", "/v1/offers/{id}/link"): None,
    ("POST", "/v1/assignments/{id}/member"): {"member": "Lan"},
    ("POST", "/v1/assignments/{id}/en-route"): None,
    ("POST", "/v1/assignments/{id}/on-scene"): None,
    ("POST", "/v1/assignments/{id}/done"): {"outcome": "solved"},
    ("POST", "/v1/assignments/{id}/release"): None,
    ("POST", "/v1/assignments/{id}/slot"): {"at": at(5, 8).isoformat()},
    ("POST", "/v1/assignments/{id}/calm"): None,
    ("POST", "/v1/jobs/{id}/assign"): {"responder": "V-1"},
    ("POST", "/v1/jobs/{id}/exclusions"): {"responder": "V-1"},
    ("DELETE", "/v1/jobs/{id}/exclusions/{responder}"): None,
    ("POST", "/v1/jobs/{id}/pause"): {"reason": "waiting_office"},
    ("POST", "/v1/jobs/{id}/resume"): None,
    ("POST", "/v1/jobs/{id}/comes"): {"comes": True},
    ("POST", "/v1/sessions"): {"jobs": "two of them", "venue": "Nhà văn hóa", "at": at(5, 8).isoformat()},
    ("POST", "/v1/groups/{id}/confirm"): None,
    ("POST", "/v1/groups/{id}/split"): None,
    ("POST", "/v1/groups/{id}/dismiss"): None,
    ("POST", "/v1/contact-points/{id}/confirm"): None,
    ("POST", "/v1/contact-points/{id}/drill"): {"answered": False},
}
OF_EVERY_WARD: Final = {
    ("POST", "/v1/assignments/{id}/sos"): "an alarm is never refused; who answers for the helper may be of another ward",
}


def test_every_route_a_ward_lead_writes_through_is_here() -> None:
    writing = {route for route, rule in ACCESS.items() if WARD_LEAD in rule.roles and not rule.public and route[0] != "GET"}
    assert writing == BODIES.keys() | OF_EVERY_WARD.keys()


async def ids(town: Town) -> dict[str, Any]:
    """Something of each kind, all of it in the ward HERE, by the second word of its path."""
    await town.seat(Level.WARD_LEAD)
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"), team(LAN, TUAN, number=3))
    _, job_id = await town.filed()
    [offer] = await town.offered(job_id, [responder_id("hanoi", "V-3")])
    calls = await called(town)
    shifts = (await town.send("GET", f"/v1/shifts?commune={HERE}&days=3")).json()["shifts"]
    swap = await town.send("POST", f"/v1/shifts/{shifts[0]['id']}/swap", {"colleague": "V-2"})
    return {
        "responders": "V-1",
        "jobs": job_id,
        "assignments": job_id,
        "offers": offer,
        "groups": await proposed(town),
        "openings": (await post(town)).json()["id"],
        "shifts": shifts[0]["id"],
        "swaps": swap.json()["id"],
        "members": await town.pool.fetchval("select id from members where external_id = 'TV-1'"),
        "two of them": [str(job) for _, job in calls[:2]],
        "contact-points": (await town.send("GET", "/v1/responders/V-1")).json()["contact_point_id"],
    }


async def send(town: Town, route: tuple[str, str], found: dict[str, Any], **changes: Any) -> httpx.Response:
    """As whoever leads one ward."""
    method, path = route
    body = BODIES[route]
    if body and "jobs" in body:
        body = {**body, "jobs": found[body["jobs"]]}
    if body and path == "/v1/responders/{id}":
        body = {**body, **changes}
    written = path.format(id=found[path.split("/")[2]], responder="V-1") if "{" in path else path
    return await town.send(method, written, body, role="one ward")


async def everything(town: Town) -> list[Any]:
    tables = await town.pool.fetch("select tablename from pg_tables where schemaname = 'dispatch' order by tablename")
    return [await town.pool.fetch(f"select * from {table['tablename']} order by 1::text") for table in tables]


async def test_whoever_leads_another_ward_changes_nothing_here(town: Town) -> None:
    found = await ids(town)
    await as_ward_lead(town, ELSEWHERE)
    before = await everything(town)
    for route in BODIES:
        answer = await send(town, route, found)
        assert (answer.status_code, answer.json().get("reason")) == (403, "another_commune"), (route, answer.text)
    assert await everything(town) == before


async def test_whoever_leads_this_ward_is_not_refused_for_it(town: Town) -> None:
    found = await ids(town)
    await as_ward_lead(town, HERE)
    for route in BODIES:
        answer = await send(town, route, found, phone="0912000001", commune_code=HERE)
        assert answer.json().get("reason") != "another_commune", route
        assert answer.status_code in {200, 201, 409}, (route, answer.text)


async def test_nobody_is_moved_into_a_ward_or_out_of_it_by_one_of_the_two_leads(town: Town) -> None:
    await town.enrol(entry(1))
    fields = {"kind": "volunteer", "name": "An", "phone": "0912000001"}
    await as_ward_lead(town, HERE)
    out = await town.send("PUT", "/v1/responders/V-1", {**fields, "commune_code": ELSEWHERE}, role="one ward")
    await as_ward_lead(town, ELSEWHERE)
    put_in = await town.send("PUT", "/v1/responders/V-1", {**fields, "commune_code": ELSEWHERE}, role="one ward")
    assert (out.status_code, put_in.status_code) == (403, 403)
    assert (await town.send("GET", "/v1/responders/V-1")).json()["commune_code"] == HERE


async def test_a_phone_of_somebody_elsewhere_is_not_confirmed_by_the_way(town: Town) -> None:
    await town.enrol(entry(1, confirmed=False))
    await as_ward_lead(town, ELSEWHERE)
    theirs = {"kind": "volunteer", "name": "Giả", "phone": "0912000001", "commune_code": ELSEWHERE}
    confirmed = await town.send("PUT", "/v1/responders/X-1", {**theirs, "confirmed": True}, role="one ward")
    assert confirmed.status_code == 403
    assert (await town.send("PUT", "/v1/responders/X-1", theirs, role="one ward")).status_code == 200
    assert (await town.send("GET", "/v1/responders/V-1")).json()["confirmed_at"] is None


async def test_the_city_desks_phone_is_none_of_a_wards(town: Town) -> None:
    await town.seat()
    desk = await town.pool.fetchval("select contact_point_id from leads where commune_code is null")
    await as_ward_lead(town, HERE)
    answer = await town.send("POST", f"/v1/contact-points/{desk}/drill", {"answered": False}, role="one ward")
    assert answer.status_code == 403


async def test_an_sos_is_heard_from_every_ward(town: Town) -> None:
    found = await ids(town)
    await as_ward_lead(town, ELSEWHERE)
    answer = await town.send("POST", f"/v1/assignments/{found['jobs']}/sos", role="one ward")
    assert answer.status_code == 200
    assert answer.json() == {"id": str(found["jobs"]), "alarm": "sos"}, "what it is about is read in its own ward"


# Read by whoever's token names a ward ------------------------------------------------------------------------------


async def reads(town: Town, route: tuple[str, str], found: dict[str, Any], commune: str) -> httpx.Response:
    path = route[1]
    noun = "teams" if path.endswith("/members") else path.split("/")[2]
    written = path.format(id=found.get(noun)) + IN_WARDS[route].format(commune=commune)
    return await town.send("GET", written, role="one ward")


async def test_whoever_is_of_another_ward_reads_nothing_of_this_one(town: Town) -> None:
    found = {**await ids(town), "teams": "V-3"}
    await town.pool.execute("update jobs set escalated_to = 'ward_lead', escalated_at = now() where id = $1", found["jobs"])
    await as_ward_lead(town, ELSEWHERE)
    told = [str(one) for name, one in found.items() if name not in {"teams", "two of them"}]
    for route in IN_WARDS:
        answer = await reads(town, route, found, HERE)
        assert answer.status_code == 200 or answer.json().get("reason") == "another_commune", (route, answer.text)
        assert not [one for one in told if one in answer.text], (route, answer.text)
        assert HERE not in answer.text, (route, answer.text)


async def test_whoever_is_of_this_ward_reads_it(town: Town) -> None:
    found = {**await ids(town), "teams": "V-3"}
    await town.pool.execute("update jobs set escalated_to = 'ward_lead', escalated_at = now() where id = $1", found["jobs"])
    await as_ward_lead(town, HERE)
    for route in IN_WARDS:
        answer = await reads(town, route, found, HERE)
        assert answer.status_code == 200, (route, answer.text)
    assert str(found["groups"]) in (await reads(town, ("GET", "/v1/groups"), found, HERE)).text
    assert str(found["jobs"]) in (await reads(town, ("GET", "/v1/escalations"), found, HERE)).text
