"""Open311 GeoReport v2 as its clients use it: one that others have written, and the forms of the standard, over loopback."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
import requests
import uvicorn
from georeport import GeoReport

from intake.limits import Limits
from intake.open311.desk import Open311Desk
from intake.open311.routes import open311_router
from intake.reception import Reception
from intake.settings import IntakeSettings, Limit
from shared.categories import CATEGORIES
from shared.http.app import build_app
from shared.security.tokens import Tokens
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.support.eventually import eventually

GOOD = {
    "service_code": "vneid_login",
    "lat": "21.02851",
    "long": "105.85421",
    "description": "Không đăng nhập được VNeID, mã OTP 123456",
    "first_name": "Bình",
    "last_name": "Nguyễn Thị",
    "phone": "0912 345 678",
}


@dataclass
class Window:
    """The door and what stands behind it."""

    desk: Desk
    client: httpx.AsyncClient
    app: Any

    async def post(self, shape: str = "json", /, *, key: str | None = None, more: str = "", **fields: str) -> httpx.Response:
        given = {"api_key": self.desk.tokens["adapter"], **GOOD, **fields}
        body = urlencode({name: value for name, value in given.items() if value != ""}) + more
        headers = {"content-type": "application/x-www-form-urlencoded", **({"idempotency-key": key} if key else {})}
        return await self.client.post(f"/open311/v2/requests.{shape}", content=body, headers=headers)

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.client.get(f"/open311/v2/{path}", params=query)

    async def filed(self, **fields: str) -> str:
        answer = await self.post(**fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()[0]["service_request_id"])


def read(answer: bytes) -> ET.Element:
    return ET.fromstring(answer)  # noqa: S314 - our own


@asynccontextmanager
async def open_window(dsn: str, **settings: Any) -> AsyncIterator[Window]:
    chosen = IntakeSettings(**settings)
    async with open_desk(dsn, chosen) as desk:
        limits, reception = Limits(desk.pool, desk.vault.blind_index, chosen), Reception(desk.vault.fingerprint)
        tokens = Tokens(desk.pool)
        door = Open311Desk(desk.pool, tokens, reception, desk.filer, limits)
        app = build_app([open311_router(door, chosen.city)], tokens=tokens)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            yield Window(desk, client, app)


@pytest.fixture
async def window(dsn: str) -> AsyncIterator[Window]:
    async with open_window(dsn) as opened:
        yield opened


@asynccontextmanager
async def on_loopback(app: Any) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/open311/v2"
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("shape", ["json", "xml"])
async def test_a_client_that_others_have_written_reads_it_all(window: Window, shape: str) -> None:
    ids = [await window.filed(description=f"lần {number}") for number in range(2)]
    async with on_loopback(window.app) as address:
        client = GeoReport(address, jurisdiction="hanoi", output_format=shape)
        services = await asyncio.to_thread(client.get_service_list)
        assert {one["service_code"] for one in services} == set(CATEGORIES)
        definition = await asyncio.to_thread(client.get_service_definition, "vneid_login")
        assert definition["service_code"] == "vneid_login"
        listed = await asyncio.to_thread(client.get_service_requests, None, "vneid_login", None, None, "open")
        assert [one["service_request_id"] for one in listed] == ids[::-1], "the newest first"
        one = await asyncio.to_thread(client.get_service_request, ids[0])
        assert (one["status"], one["service_code"], float(one["lat"])) == ("open", "vneid_login", 21.03)
        assert datetime.fromisoformat(one["requested_datetime"]).utcoffset() == timedelta(hours=7)
        with pytest.raises(requests.HTTPError, match="404"):
            await asyncio.to_thread(client.get_service_request, str(uuid4()))
        wrong = GeoReport(address, jurisdiction="boston.gov", output_format=shape)
        with pytest.raises(requests.HTTPError, match="404"):
            await asyncio.to_thread(wrong.get_service_list)


async def test_a_posted_form_becomes_an_ordinary_request(window: Window) -> None:
    answer = await window.post(more="&" + urlencode({"attribute[VULNERABLE][]": "elderly", "attribute[VISIT_CONSENT]": "yes"}))
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()
    (row,) = await window.desk.rows("select * from requests")
    assert str(row["id"]) == told["service_request_id"]
    assert row["code"] in told["service_notice"]
    assert (row["channel"], row["vulnerable"], row["visit_consent"]) == ("open311", ["elderly"], True)
    assert (row["lat"], row["lon"], row["filed_by"]) == (21.029, 105.854, "test adapter")
    assert [event["type"] for event in await window.desk.events()] == ["request.filed"]
    token = await window.get(f"tokens/{told['service_request_id']}.json")
    assert token.json() == [{"service_request_id": told["service_request_id"], "token": told["service_request_id"]}]


async def test_xml_says_the_same_as_json(window: Window) -> None:
    answer = await window.post("xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = read(answer.content)
    found = root.findtext("request/service_request_id")
    assert root.tag == "service_requests"
    as_xml = read((await window.get(f"requests/{found}.xml")).content)
    (as_json,) = (await window.get(f"requests/{found}.json")).json()
    assert {field.tag: field.text for field in as_xml[0]} == {
        name: None if value is None else str(value) for name, value in as_json.items()
    }
    attribute = read((await window.get("services/vneid_login.xml")).content).find("attributes/attribute")
    assert attribute is not None
    assert attribute.findtext("variable") == "true"
    assert attribute.findtext("values/value/key") == "elderly"


async def test_nothing_that_a_person_has_said_is_ever_answered(window: Window) -> None:
    found = await window.filed(address_string="Số 5 ngõ 12 phố Hàng Bạc", lat="", long="")
    answers = [await window.get("requests.json"), await window.get("requests.xml"), await window.get(f"requests/{found}.json")]
    for answer in answers:
        assert answer.status_code == 200
        for said in ("Bình", "912", "VNeID, mã", "Hàng Bạc", "ngõ 12", "TR-"):
            assert said not in answer.text
    (row,) = await window.desk.rows("select status from requests")
    assert row["status"] == "needs_location", "an address that nobody has located is asked about, not guessed"


async def test_suspected_fraud_and_the_erased_are_in_no_list(window: Window) -> None:
    fraud, seen = await window.filed(service_code="fraud"), await window.filed()
    erased = await window.filed(description="khác")
    await window.desk.pool.execute("update requests set phone_box = '' where id = $1::uuid", erased)
    assert [one["service_request_id"] for one in (await window.get("requests.json")).json()] == [seen]
    assert (await window.get(f"requests/{fraud}.json")).status_code == 200, "who has filed it knows its id"
    assert (await window.get(f"requests/{erased}.json")).status_code == 404


CODES = ("vneid_login", "equipment", "equipment")


async def test_the_list_is_narrowed_and_paged(window: Window) -> None:
    ids = [await window.filed(service_code=code, description=f"{code} {n}") for n, code in enumerate(CODES)]
    await window.desk.pool.execute("update requests set status = 'closed' where id = $1::uuid", ids[1])

    async def listed(**query: str) -> list[str]:
        answer = await window.get("requests.json", **query)
        assert answer.status_code == 200, answer.text
        return [one["service_request_id"] for one in answer.json()]

    assert await listed(service_code="equipment") == [ids[2], ids[1]]
    assert await listed(service_code="equipment,vneid_login", status="open") == [ids[2], ids[0]]
    assert await listed(status="closed") == [ids[1]]
    assert await listed(status="open,closed") == ids[::-1]
    assert await listed(page="2", page_size="2") == [ids[0]]
    assert await listed(service_request_id=f"{ids[0]},{uuid4()},nonsense", status="closed") == [ids[0]]
    now = datetime.fromisoformat((await window.get(f"requests/{ids[0]}.json")).json()[0]["requested_datetime"])
    assert await listed(start_date=(now + timedelta(hours=1)).isoformat()) == []
    since, until = (now - timedelta(days=89)).isoformat(), (now + timedelta(hours=1)).isoformat()
    assert await listed(start_date=since, end_date=until) == ids[::-1]


async def test_the_same_form_again_is_one_request(window: Window) -> None:
    first = [(await window.post()).json()[0]["service_request_id"] for _ in range(3)]
    assert len(set(first)) == 1
    keyed = [(await window.post(key=key)).json()[0]["service_request_id"] for key in ("a", "a", "b")]
    assert len(set(keyed)) == 2
    assert await window.desk.count("requests") == 3


@pytest.mark.parametrize("token", [None, "", "nonsense", "operator"])
async def test_without_the_token_of_a_program_nothing_is_filed(window: Window, token: str | None) -> None:
    key = window.desk.tokens["operator"] if token == "operator" else token or ""
    answer = await window.post(api_key=key)
    assert answer.status_code == 403
    assert answer.json()[0]["code"] == 403
    assert await window.desk.count("requests") == 0


async def test_a_form_for_another_city_is_not_filed_here(window: Window) -> None:
    answer = await window.post(jurisdiction_id="boston.gov")
    assert (answer.status_code, answer.json()[0]["code"]) == (404, 404)
    assert await window.desk.count("requests") == 0
    assert (await window.post(jurisdiction_id="hanoi")).status_code == 200


BAD: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("no service", {"service_code": ""}, "service_code"),
    ("an unknown service", {"service_code": "potholes"}, "service_code"),
    ("no phone", {"phone": ""}, "phone"),
    ("a phone from abroad", {"phone": "+49 30 901820"}, "phone"),
    ("nowhere", {"lat": "", "long": ""}, "lat"),
    ("half a place", {"long": ""}, "long"),
    ("a word for a number", {"lat": "north"}, "lat"),
    ("infinity", {"lat": "1e999"}, "lat"),
    ("another city", {"lat": "10.77", "long": "106.70"}, "lat"),
    ("an unknown commune", {"lat": "", "long": "", "address_id": "99999"}, "address_id"),
    ("too long", {"description": "dài " * 600}, "description"),
    ("a control character", {"first_name": "B\u202e"}, "first_name"),
    ("a picture that is none", {"media_url": "javascript:alert(1)"}, "media_url"),
)


@pytest.mark.parametrize(("fields", "named"), [(fields, named) for _, fields, named in BAD], ids=[what for what, _, _ in BAD])
async def test_what_does_not_fit_is_told_in_the_standards_words(window: Window, fields: dict[str, str], named: str) -> None:
    answer = await window.post("xml", **fields)
    assert answer.status_code == 400, answer.text
    error = read(answer.content).find("error")
    assert error is not None
    assert error.findtext("code") == "400"
    assert (error.findtext("description") or "").startswith(f"{named}: ")
    assert await window.desk.count("requests") == 0


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "yesterday"},
        {"start_date": "9999-12-31T23:59:59Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        {"status": "lost"},
        {"service_code": "potholes"},
        {"page": "0"},
        {"page_size": "201"},
        {"page": "9999", "page_size": "200"},
    ],
    ids=str,
)
async def test_a_query_that_does_not_fit_is_refused(window: Window, query: dict[str, str]) -> None:
    answer = await window.get("requests.json", **query)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


async def test_other_forms_of_nonsense(window: Window) -> None:
    assert (await window.get("requests.csv")).status_code == 400
    assert (await window.get("services/potholes.json")).json() == [{"code": 404, "description": "service_code is not known"}]
    headers = {"content-type": "application/json"}
    as_json = await window.client.post("/open311/v2/requests.json", content=b"{}", headers=headers)
    assert as_json.status_code == 400
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"a=%ff", b"\xff=1", b"&".join(b"a%d=1" % n for n in range(200)), b"lat=1&lat=2"):
        assert (await window.client.post("/open311/v2/requests.json", content=body, headers=headers)).status_code == 400


async def test_strangers_are_counted_and_programs_are_not(dsn: str) -> None:
    async with open_window(dsn, open311_per_address=Limit(most=2, seconds=60)) as window:
        assert [(await window.get("requests.json")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await window.get("requests.xml")).headers["retry-after"]
        known = {"authorization": f"Bearer {window.desk.tokens['adapter']}"}
        assert (await window.client.get("/open311/v2/requests.json", headers=known)).status_code == 200


async def test_it_says_where_it_is(window: Window) -> None:
    told = (await window.get("discovery.json")).json()
    assert told["endpoints"][0]["url"] == "http://intake/open311/v2"
    assert read((await window.get("discovery.xml")).content).findtext("endpoints/endpoint/formats/format") == "text/xml"


async def test_requests_of_other_doors_are_listed_too(window: Window) -> None:
    await window.desk.filed(**{name: value for name, value in form().items() if name != "channel"})
    assert len((await window.get("requests.json")).json()) == 1
