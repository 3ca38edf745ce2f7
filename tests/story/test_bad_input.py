"""Whatever anybody sends to any route of a running system: never 5xx, and a refusal says what to do. Over real HTTP."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.http.access import ACCESS
from tests.crash.day import ask
from tests.support.counter_bodies import COUNTER_BODIES, draw_ticket
from tests.support.databases import run
from tests.support.eventually import eventually
from tests.support.town import Town

CANARY = "CANARY-7f3a"
POINT = {"lat": 21.035, "lon": 105.814}

# A good body for each route that reads one. A route that changes something and is not here reads none.
BODIES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/requests"): {
        "channel": "hotline",
        "requester": {"name": "Cô Hoa", "phone": "0900712345"},
        "category": "printer",
        "description": "Máy in hỏng",
        "location": POINT,
        "address": "gần chợ",
        "commune_code": "00004",
        "on_behalf_of": "Mẹ",
        "vulnerable": ["elderly"],
        "language": "vi",
        "visit_consent": True,
        "contact": "message",
    },
    ("PATCH", "/v1/requests/{code}"): {"description": "Vẫn hỏng", "location": POINT, "category": "printer", "contact": "call"},
    ("PUT", "/v1/requests/{code}/location"): {"location": POINT, "commune_code": "00004", "address": "gần chợ"},
    ("POST", "/v1/requests/{code}/complaint"): {"reason": "late"},
    ("POST", "/v1/requests/{code}/visit-consent"): {"agreed": True},
    ("PUT", "/v1/responders/{id}"): {
        "kind": "team",
        "name": "Tổ 7",
        "phone": "0900712346",
        "commune_code": "00004",
        "lat": 21.035,
        "lon": 105.814,
        "skills": ["vneid"],
        "capacity": 1,
        "language": "vi",
        "shifts": "always",
        "members": [
            {"id": "m1", "name": "An", "vetted": True, "trained": True, "present": True, "courses": [{"skill": "vneid"}]}
        ],
        "confirmed": False,
        "active": True,
    },
    ("PUT", "/v1/leads/{commune_code}"): {"role": "deputy", "name": "Phó phụ trách", "phone": "0900712347", "confirmed": False},
    ("POST", "/v1/contact-points/{id}/drill"): {"answered": True},
    ("POST", "/v1/offers/{id}/accept"): {"member": "Lan"},
    ("POST", "/v1/offers/{id}/decline"): {"to_desk": False},
    ("PUT", "/v1/members/{id}/presence"): {"present": False, "until": "2026-12-01T00:00:00Z"},
    ("POST", "/v1/assignments/{id}/member"): {"member": "Lan"},
    ("POST", "/v1/assignments/{id}/done"): {"outcome": "solved"},
    ("POST", "/v1/shifts/{id}/swap"): {"colleague": "V-1", "in_return": "01a21929-d991-7000-9ff2-70283caab9b5", "visits": "keep"},
    ("POST", "/v1/swaps/{id}/agree"): {"responder": "V-1"},
    ("POST", "/v1/jobs/{id}/assign"): {"responder": "V-1", "dry_run": True},
    ("POST", "/v1/jobs/{id}/exclusions"): {"responder": "V-1"},
    ("POST", "/v1/incidents"): {"category": "portal_submit", "symptom": "slow"},
    ("POST", "/v1/incidents/{id}/confirm"): {"symptom": "slow"},
    ("POST", "/v1/jobs/{id}/works"): {"works": False},
    **COUNTER_BODIES,
    ("POST", "/v1/jobs/{id}/comes"): {"comes": True},
    ("POST", "/v1/sessions"): {
        "requests": ["TR-7K3M-92QX", "TR-7K3M-92QY"],
        "at": "2026-12-01T03:00:00Z",
        "venue": "Nhà văn hóa",
    },
    ("POST", "/v1/calls/{id}/done"): {"outcome": "told"},
    ("POST", "/v1/accounts"): {"code": "123456", "email": "an@example.vn"},
    ("POST", "/v1/broadcasts"): {
        "kind": "outage",
        "audience": {"who": "responders", "communes": ["00004"], "kinds": ["team"], "on_duty": True},
        "template": "outage_known",
        "fields": {"service": "VNeID"},
        "not_after": "2026-12-01T00:00:00Z",
        "per_second": 5,
        "dry_run": True,
    },
    ("POST", "/v1/editions"): {"since": "2026-11-16", "until": "2026-11-20", "by": ["commune"]},
    ("POST", "/v1/chat/{chat_id}/messages"): {"id": "m1", "text": "xin chào", "location": POINT},
    ("POST", "/v1/missed-calls"): {"from": "0900712345", "id": "1"},
    ("POST", "/dev/missed-calls"): {"from": "0900712345", "id": "2"},
    ("POST", "/dev/replies"): {"from": "0900712345", "text": "xin chào", "id": "1"},
    ("POST", "/dev/clock"): {"offset_seconds": 0},
}
ROUTES = sorted(route for route in ACCESS if route[0] in {"POST", "PUT", "PATCH"})
SURROGATE, CONTROL = "\\ud83d", "\\u0000"

# Bodies that no route may take, made from its good one.
REFUSED: Mapping[str, Any] = {
    "nothing": lambda good: b"",
    "broken JSON": lambda good: json.dumps(good).encode()[:-1],
    "two objects": lambda good: json.dumps(good).encode() * 2,
    "a list": lambda good: b"[]",
    "a string": lambda good: b'"hotline"',
    "null": lambda good: b"null",
    "not UTF-8": lambda good: json.dumps(good).encode()[:-1] + b', "text": "\xff\xfe"}',
    "deep JSON": lambda good: b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "a deep list": lambda good: b"[" * 30_000 + b"]" * 30_000,
    "a megabyte": lambda good: json.dumps({**good, "description": "a" * 1_000_000}).encode(),
    "an unknown field": lambda good: json.dumps({**good, "ward_name": CANARY}).encode(),
    "a forbidden field": lambda good: json.dumps({**good, "status": "closed", "priority": "P1"}).encode(),
    "NaN": lambda good: (json.dumps(good)[:-1] + ', "more": NaN}').encode(),
    "a lone surrogate": lambda good: (json.dumps(good)[:-1] + f', "more": "{SURROGATE}"}}').encode(),
    "a control character": lambda good: (json.dumps(good)[:-1] + f', "more": "{CONTROL}"}}').encode(),
}
# What may stand in the place of any value; some of it is right for some fields.
ODD: tuple[str, ...] = (
    "null",
    "5",
    "-1",
    "1e400",
    "-Infinity",
    "NaN",
    "123456789012345678901234567890",
    "true",
    '""',
    '" "',
    "[]",
    "[[]]",
    "{}",
    f'"{CANARY}"',
    f'"{CONTROL}"',
    '"\\u001b[2J"',
    f'"{SURROGATE}"',
    f'"{"x" * 5000}"',
    '"+49 30 901820"',
    '"0912"',
    '"99999"',
    '{"lat": 10.7769, "lon": 106.7009}',
    '{"lat": 105.8, "lon": 21.0}',
    "91",
    f'["{CANARY}"]',
)
ODD_NAMES = (
    "TR-0000-0000",
    "nonsense",
    "%00",
    "%ff%fe",
    "%0A",
    "a" * 3000,
    "..%2F..%2Fetc%2Fpasswd",
    "%F0%9F%99%82",
    str(uuid4()),
)


NOT_THERE = str(uuid4())  # what this town has none of
NEVER_MADE = ("members", "shifts", "openings", "groups", "swaps", "incidents", "broadcasts", "imports")


@pytest.fixture(scope="module")
def names(town: Town) -> dict[str, str]:
    """What stands for the braces of each path: things that exist."""
    return run(_names(town))


async def _names(town: Town) -> dict[str, str]:
    request = town.file(contact="call")
    job = await eventually(lambda: ask(town, "select id from dispatch.jobs where request_id = $1", request["id"]), 20)
    offer = await eventually(lambda: ask(town, "select id from dispatch.offers where job_id = $1 limit 1", job), 20)
    call = await eventually(lambda: ask(town, "select id from notify.call_tasks limit 1"), 20)
    point = await ask(town, "select id from dispatch.contact_points limit 1")
    known = {
        "requests": request["code"],
        "assignments": job,
        "jobs": job,
        "offers": offer,
        "calls": call,
        "contact-points": point,
        "points": "00004",
        "tickets": draw_ticket(town),
    }
    return {
        **{room: str(name) for room, name in known.items()},
        "responders": "team-7",
        "leads": "00004",
        "callbacks": "not-the-secret",
        **{room: str(uuid4()) for room in NEVER_MADE},
    }


def path_of(route: str, names: dict[str, str], name: str | None = None) -> str:
    room = next(part for part in route.split("/") if part not in {"", "v1"})
    start, brace, rest = route.partition("{")
    return f"{start}{name or names.get(room, NOT_THERE)}{rest.partition('}')[2]}" if brace else route


def send(town: Town, method: str, path: str, body: bytes | None, **headers: str) -> httpx.Response:
    kind = {"Content-Type": "application/json"} if body is not None else {}
    return town.http.request(
        method, path, content=body, headers={**town.token("operator"), "Idempotency-Key": uuid4().hex, **kind, **headers}
    )


def assert_no_harm(answer: httpx.Response, what: str) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status_code} {answer.text}"
    # Open311 tells errors in the words of its standard: tests/integration/intake/test_open311.py.
    if answer.status_code >= 400 and not answer.url.path.startswith("/open311/"):
        assert_advice(answer, what)


def assert_advice(answer: httpx.Response, what: str) -> None:
    assert 400 <= answer.status_code < 500, f"{what}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json", what
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert len(problem["detail"]) > 10, f"{what}: {problem}"
    assert CANARY not in answer.text, f"{what}: repeats what was sent"


def replaced(good: Any, odd: str) -> Iterator[tuple[str, bytes]]:
    """The good body with each of its values, also the inner ones, replaced in turn."""
    marker = "«odd»"

    def walk(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in inner:
            yield (*path, key)
            yield from walk(item, (*path, key))

    for path in walk(good, ()):
        body = deepcopy(good)
        place = body
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = marker
        yield ".".join(map(str, path)), json.dumps(body, ensure_ascii=False).replace(f'"{marker}"', odd).encode()


def test_every_route_that_reads_a_body_has_a_good_one_here() -> None:
    assert BODIES.keys() <= set(ROUTES)


@pytest.mark.parametrize("route", BODIES, ids=" ".join)
async def test_a_body_that_is_none_is_refused_with_advice(town: Town, names: dict[str, str], route: tuple[str, str]) -> None:
    method, path = route[0], path_of(route[1], names)
    for what, made in REFUSED.items():
        if route[1].endswith(("/accept", "/decline")) and what == "nothing":
            continue  # neither needs words
        assert_advice(send(town, method, path, made(BODIES[route])), f"{method} {path} {what}")
    assert_advice(send(town, method, path, b"a=1", **{"Content-Type": "application/x-www-form-urlencoded"}), "a form")


@pytest.mark.parametrize("route", BODIES, ids=" ".join)
async def test_a_value_of_the_wrong_kind_does_no_harm(town: Town, names: dict[str, str], route: tuple[str, str]) -> None:
    method, path = route[0], path_of(route[1], names)
    for odd in ODD:
        for where, body in replaced(BODIES[route], odd):
            assert_no_harm(send(town, method, path, body), f"{method} {path} {where} = {odd[:40]}")


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in BODIES], ids=" ".join)
async def test_a_route_that_reads_no_body_takes_no_harm_from_one(
    town: Town, names: dict[str, str], route: tuple[str, str]
) -> None:
    for what, made in REFUSED.items():
        assert_no_harm(send(town, route[0], path_of(route[1], names), made({"a": 1})), f"{route} {what}")


NAMED = [route for route in ACCESS if "{" in route[1] and not route[1].startswith("/open311")]


@pytest.mark.parametrize("route", NAMED, ids=" ".join)
async def test_a_name_that_is_none_is_refused(town: Town, names: dict[str, str], route: tuple[str, str]) -> None:
    method, path = route
    body = json.dumps(BODIES[route]).encode() if route in BODIES else None
    for name in ODD_NAMES:
        answer = send(town, method, path_of(path, names, name), body)
        if path.startswith("/v1/responders") and answer.is_success:
            continue  # its owner chooses that name
        assert_advice(answer, f"{method} {path} {name[:40]}")


@pytest.mark.parametrize("key", ["", "k" * 201, "k\tk"])
def test_a_key_that_is_none_is_refused(town: Town, key: str) -> None:
    body = json.dumps(BODIES["POST", "/v1/requests"]).encode()
    assert_advice(send(town, "POST", "/v1/requests", body, **{"Idempotency-Key": key}), repr(key))


async def test_after_all_that_it_works_as_before(town: Town) -> None:
    town.move_clock(0)
    request = town.file(lat=21.07, lon=105.9)
    await town.sms(request, "offer", within=20)
    await town.holds()
