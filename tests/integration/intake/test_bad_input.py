"""Whatever anybody sends: 4xx problem+json that says what to do and repeats nothing; never 5xx, and nothing is stored."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from intake.settings import IntakeSettings, Limit
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.support.databases import TestServer

CANARY = "CANARY-7f3a"

# One database and one loop for the whole file: what is refused leaves nothing behind, and that is what is tested.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(postgres: TestServer) -> AsyncIterator[Desk]:
    fresh = await asyncio.to_thread(postgres.create_database)
    async with open_desk(fresh, IntakeSettings(wrong_codes_per_address=Limit(most=1000, seconds=60))) as opened:
        yield opened
    await asyncio.to_thread(postgres.drop_database, fresh)


def raw(**changes: Any) -> bytes:
    return orjson.dumps(form(**changes))


def without(name: str) -> bytes:
    return orjson.dumps({key: value for key, value in form().items() if key != name})


BAD_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "broken JSON": b'{"channel": "hotline",',
    "no object": b"[]",
    "a bare string": b'"hotline"',
    "null": b"null",
    "not UTF-8": b'{"channel": "\xff\xfe"}',
    "deep JSON": b'{"description":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "a megabyte": raw(description="a" * 1_000_000),
    "NaN": raw().replace(b"21.0285", b"NaN"),
    "Infinity": raw().replace(b"21.0285", b"Infinity"),
    "minus Infinity": raw().replace(b"105.8542", b"-Infinity"),
    "a huge number": raw().replace(b"21.0285", b"1e400"),
    "a NUL escape": raw().replace(b"vneid_login", b"vneid_login\\u0000"),
    "a NUL in the text": raw(description="a\x00b"),
    "a control character in the name": raw(requester={"name": "An\x07", "phone": "0912345678"}),
    "a new line in the name": raw(requester={"name": "An\nBình", "phone": "0912345678"}),
    "an escape sequence": raw(description="\x1b[2Jhello"),
    "writing turned round": raw(requester={"name": "An \u202egnort", "phone": "0912345678"}),
    "a lone high surrogate": raw().replace(b"t\xe1\xbb\xab", b"\\ud83d "),
    "a lone low surrogate": raw().replace(b"t\xe1\xbb\xab", b"\\udc00 "),
    "no channel": without("channel"),
    "no requester": without("requester"),
    "a category that is no text": raw(category=7),
    "no description": without("description"),
    "an empty description": raw(description="   "),
    "a long description": raw(description="a" * 2001),
    "a description that is a number": raw(description=5),
    "an unknown channel": raw(channel="fax"),
    "an unknown category": raw(category="weather"),
    "a category with an injection": raw(category="x'; drop table requests; --"),
    "a foreign number": raw(requester={"name": "An", "phone": "+49 30 901820"}),
    "a number that is too short": raw(requester={"name": "An", "phone": "0912"}),
    "a number of letters": raw(requester={"name": "An", "phone": "zero nine one two"}),
    "a number that is a number": raw(requester={"name": "An", "phone": 912345678}),
    "a name that no phone shows": raw(requester={"name": "🙂\u200b", "phone": "0912345678"}),
    "an address without letters": raw(address="\u200b🏠"),
    "an empty name": raw(requester={"name": "", "phone": "0912345678"}),
    "a requester with more fields": raw(requester={"name": "An", "phone": "0912345678", "email": "a@example.org"}),
    "an unknown commune": raw(commune_code="99999"),
    "a commune as a number": raw(commune_code=4),
    "a commune of six digits": raw(commune_code="000044"),
    "coordinates in another city": raw(location={"lat": 10.7769, "lon": 106.7009}),
    "coordinates exchanged": raw(location={"lat": 105.8542, "lon": 21.0285}),
    "coordinates as text": raw(location={"lat": "21.0285", "lon": "105.8542"}),
    "half a point": raw(location={"lat": 21.0285}),
    "a point as a list": raw(location=[21.0285, 105.8542]),
    "an unknown field": raw(ward_name=CANARY),
    "a forbidden field": raw(priority="P1"),
    "a status of one's own": raw(status="closed"),
    "an unknown reason to go first": raw(vulnerable=[CANARY]),
    "vulnerable as a word": raw(vulnerable="elderly"),
    "a language that is a story": raw(language=CANARY),
    "consent as a word": raw(visit_consent="yes"),
    "an unknown way to be told": raw(contact="pigeon"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_bad_input_is_refused_with_advice(desk: Desk, name: str) -> None:
    before = await desk.count("requests"), await desk.count("idempotency_keys"), await desk.count("outbox")
    response = await desk.post("/v1/requests", BAD_BODIES[name], headers={"idempotency-key": "k"})
    assert_problem(response)
    assert CANARY not in response.text
    assert (await desk.count("requests"), await desk.count("idempotency_keys"), await desk.count("outbox")) == before


@pytest.mark.parametrize("key", [None, "", " ", "a" * 201, "tab\tinside"])
async def test_a_key_is_needed(desk: Desk, key: str | None) -> None:
    response = await desk.post("/v1/requests", form(), headers={} if key is None else {"idempotency-key": key})
    assert_problem(response)
    assert "Idempotency-Key" in response.json()["detail"]


async def test_the_field_is_named(desk: Desk) -> None:
    response = await desk.file(form(requester={"name": "An", "phone": "12345678"}))
    assert response.json()["errors"][0]["pointer"] == "#/requester/phone"


@pytest.mark.parametrize(
    ("channel", "role", "status"),
    [
        ("hotline", None, 401),
        ("chat", None, 401),
        ("hotline", "adapter", 403),
        ("hotline", "ops", 403),
        ("hotline", "ward_lead", 403),
        ("chat", "operator", 403),
        ("hotline", "operator", 202),
        ("chat", "adapter", 202),
        ("web", None, 202),
        ("web", "operator", 202),
    ],
)
async def test_every_channel_has_its_door(desk: Desk, channel: str, role: str | None, status: int) -> None:
    response = await desk.file(form(channel=channel), role=role)
    assert response.status_code == status, response.text
    if status >= 400:
        assert_problem(response)


async def test_a_token_nobody_issued_is_refused_even_at_the_public_door(desk: Desk) -> None:
    headers = {"authorization": "Bearer nonsense", "idempotency-key": "k"}
    assert_problem(await desk.post("/v1/requests", form(channel="web"), role=None, headers=headers))


BAD_CHANGES: dict[str, tuple[str, str, bytes]] = {
    "nothing to amend": ("PATCH", "", b"{}"),
    "amend with null": ("PATCH", "", b'{"description": null}'),
    "amend the phone": ("PATCH", "", b'{"requester": {"name": "An", "phone": "0912345678"}}'),
    "amend the status": ("PATCH", "", b'{"status": "closed"}'),
    "amend an unknown category": ("PATCH", "", b'{"category": "weather"}'),
    "amend to another city": ("PATCH", "", b'{"location": {"lat": 10.7, "lon": 106.7}}'),
    "a place that is none": ("PUT", "/location", b"{}"),
    "a place in another city": ("PUT", "/location", b'{"location": {"lat": 10.7, "lon": 106.7}}'),
    "consent without an answer": ("POST", "/visit-consent", b"{}"),
    "consent as text": ("POST", "/visit-consent", b'{"agreed": "true"}'),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
async def test_bad_changes_are_refused_with_advice(desk: Desk, name: str) -> None:
    method, path, body = BAD_CHANGES[name]
    code = (await desk.filed())["code"]
    assert_problem(await desk.send(method, f"/v1/requests/{code}{path}", body))
    (row,) = await desk.rows("select version from requests where code = $1", code)
    assert row["version"] == 1


@pytest.mark.parametrize("code", ["TR-0000-0000", "nonsense", "%00", "TR-7K3M-92QX%0A", "a" * 3000, "../../etc/passwd", "🙂"])
@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", "", None), ("POST", "/cancel", None), ("PATCH", "", b'{"contact": "call"}')]
)
async def test_a_code_that_is_none_is_refused(desk: Desk, code: str, method: str, path: str, body: bytes | None) -> None:
    assert_problem(await desk.send(method, f"/v1/requests/{code}{path}", body))


def assert_problem(response: Any) -> None:
    assert 400 <= response.status_code < 500, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert len(problem["detail"]) > 10
