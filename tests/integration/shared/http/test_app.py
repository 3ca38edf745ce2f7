"""The edge as a client meets it: who may, what is read, and that no input makes it fall over."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from structlog.testing import capture_logs

from shared.errors import DependencyDown, NotFound, Refused
from shared.http.app import build_app
from shared.http.body import JsonBody
from shared.http.guard import caller
from shared.postgres.pool import open_pool
from shared.security.tokens import Caller, Role, Tokens, issue
from tests.support.databases import TestServer, run

CANARY = "Bà Tư 0912345678"


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(max_length=100)
    lat: float = Field(21.0, ge=-90, le=90)
    tags: list[str] = []


FILED = JsonBody(Form)


def a_router() -> APIRouter:
    """Stand-ins behind real entries of the table."""
    router = APIRouter()

    @router.post("/v1/requests", status_code=202, openapi_extra=FILED.schema())
    async def file(form: Annotated[Form, Depends(FILED)], who: Annotated[Caller, Depends(caller)]) -> dict[str, str]:
        return {"name": form.name, "caller": who.role}

    @router.put("/v1/responders/{responder_id}")
    async def usual(responder_id: int, form: Form) -> dict[str, str]:
        return {"name": form.name}

    @router.get("/v1/requests/{code}")
    async def failing(code: str) -> dict[str, str]:
        errors: dict[str, Exception] = {
            "missing": NotFound("request"),
            "refused": Refused("closed", "it is closed"),
            "down": DependencyDown("PostgreSQL"),
            "broken": RuntimeError(CANARY),
        }
        if code in errors:
            raise errors[code]
        return {"code": code}

    @router.get("/v1/offers/{offer_id}")
    async def offer(offer_id: str, who: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        return {"role": who.role, "link": who.link}

    @router.get("/callbacks/kannel/{secret}/mo")
    async def callback(secret: str, text: str) -> dict[str, str]:
        return {"text": text}

    @router.get("/dev/messages")
    async def dev() -> list[str]:
        return []

    return router


@pytest.fixture(scope="module")
def edge(postgres: TestServer) -> Iterator[tuple[str, dict[str, str]]]:
    """(DSN, a secret for each role) for all tests here: none of them changes anything."""
    fresh = postgres.create_database()
    yield fresh, run(a_secret_for_each_role(fresh))
    postgres.drop_database(fresh)


async def a_secret_for_each_role(dsn: str) -> dict[str, str]:
    connection = await asyncpg.connect(dsn)
    found = {role.value: await issue(connection, role.value, role, timedelta(days=1)) for role in Role}
    await connection.close()
    return found


@pytest.fixture
def dsn(edge: tuple[str, dict[str, str]]) -> str:
    return edge[0]


@pytest.fixture
def secrets(edge: tuple[str, dict[str, str]]) -> dict[str, str]:
    return edge[1]


@pytest.fixture
async def client(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_pool(dsn, schema="intake", max_size=2) as pool:
        app = build_app([a_router()], tokens=Tokens(pool))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as opened:
            yield opened


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["detail"]
    return body


class TestWhoMayCall:
    async def test_the_public_may_where_the_table_says_so(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/v1/requests", json={"name": "An"})
        assert (response.status_code, response.json()) == (202, {"name": "An", "caller": "public"})

    async def test_a_token_is_read_where_none_is_needed(self, client: httpx.AsyncClient, secrets: dict[str, str]) -> None:
        response = await client.post("/v1/requests", json={"name": "An"}, headers=bearer(secrets["operator"]))
        assert response.json()["caller"] == "operator"

    @pytest.mark.parametrize("authorization", ["Bearer nobody", "Bearer", "Basic YTpi", "bearer \xff", "Bearer " + "x" * 5000])
    async def test_a_wrong_token_is_told_even_there(self, client: httpx.AsyncClient, authorization: str) -> None:
        headers = {b"authorization": authorization.encode("latin-1")}
        response = await client.post("/v1/requests", json={"name": "An"}, headers=headers)
        problem(response, 401)
        assert response.headers["www-authenticate"].startswith("Bearer")

    async def test_without_a_token_a_guarded_route_asks_for_one(self, client: httpx.AsyncClient) -> None:
        response = await client.put("/v1/responders/1", json={"name": "An"})
        problem(response, 401)
        assert response.headers["www-authenticate"].startswith("Bearer")

    @pytest.mark.parametrize(("role", "status"), [("operator", 200), ("ward_lead", 200), ("ops", 200), ("adapter", 403)])
    async def test_only_the_roles_in_the_table_may(
        self, client: httpx.AsyncClient, secrets: dict[str, str], role: str, status: int
    ) -> None:
        response = await client.put("/v1/responders/1", json={"name": "An"}, headers=bearer(secrets[role]))
        assert response.status_code == status

    async def test_the_scheme_may_be_written_in_any_case(self, client: httpx.AsyncClient, secrets: dict[str, str]) -> None:
        response = await client.put(
            "/v1/responders/1", json={"name": "An"}, headers={"authorization": f"bearer  {secrets['ops']}"}
        )
        assert response.status_code == 200

    async def test_a_tapped_link_is_handed_on_to_be_checked(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/v1/offers/1?a=b&t=0123456789abcdefABCD_-")
        assert response.json() == {"role": "link", "link": "0123456789abcdefABCD_-"}
        for wrong in ("", "?t=", "?t=short", "?t=" + "x" * 100, "?t=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00"):
            assert (await client.get(f"/v1/offers/1{wrong}")).status_code in {400, 401}

    async def test_a_link_is_no_key_to_other_routes(self, client: httpx.AsyncClient) -> None:
        problem(await client.put("/v1/responders/1?t=0123456789abcdefABCD_-", json={"name": "An"}), 401)

    async def test_dev_routes_are_not_there_for_other_machines(self, dsn: str) -> None:
        async with open_pool(dsn, schema="intake", max_size=1) as pool:
            app = build_app([a_router()], tokens=Tokens(pool))
            for address, status in (("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 404), ("192.168.1.2", 404)):
                transport = httpx.ASGITransport(app, client=(address, 1))
                async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
                    assert (await client.get("/dev/messages")).status_code == status, address

    async def test_a_revoked_or_unknown_token_looks_the_same(self, client: httpx.AsyncClient) -> None:
        answers = {(await client.get("/v1/offers/1", headers=bearer(secret))).text for secret in ("one", "tr_ops_" + "x" * 43)}
        assert len(answers) == 1


class TestWhatIsRead:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 422),
            (b"null", 422),
            (b"[]", 422),
            (b'"text"', 422),
            (b"{}", 422),
            (b'{"name": 7}', 422),
            (b'{"name": null}', 422),
            (b'{"name": ["a"]}', 422),
            (b'{"name": "An", "unknown": 1}', 422),
            (b'{"name": "An", "lat": "north"}', 422),
            (b'{"name": "An", "lat": 91}', 422),
            (b'{"name": "An", "lat": 1e999}', 422),
            (b'{"name": "An", "lat": NaN}', 400),
            (b'{"name": "An", "lat": ' + b"9" * 60_000 + b"}", 422),
            (b'{"name": "' + b"a" * 101 + b'"}', 422),
            (b'{"name": "An", "tags": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400),
            (b"[" * 60_000, 400),
            (b'{"name": "\x00"}', 422),
            (b'{"name": "\x1b[2J"}', 422),
            (b'{"name": "\\u0000"}', 422),
            (b'{"name": "\\ud800"}', 422),
            (b'{"name": "\xff\xfe"}', 400),
            (b"x" * 1_000_000, 413),
            (b'{"name": "' + b"a" * 1_000_000 + b'"}', 413),
        ],
        ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else str(value),
    )
    @pytest.mark.parametrize("route", ["POST /v1/requests", "PUT /v1/responders/1"])
    async def test_a_wrong_body_is_a_problem_and_never_ours(
        self, client: httpx.AsyncClient, secrets: dict[str, str], body: bytes, status: int, route: str
    ) -> None:
        """Through JsonBody and through FastAPI's own way of reading alike."""
        method, path = route.split()
        headers = {"content-type": "application/json", **bearer(secrets["ops"] if method == "PUT" else secrets["operator"])}
        response = await client.request(method, path, content=body, headers=headers)
        told = problem(response, response.status_code)
        if method == "POST":
            assert response.status_code == status
        assert 400 <= told["status"] < 500

    @pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    async def test_another_content_type_is_refused(self, client: httpx.AsyncClient, content_type: str | None) -> None:
        headers = {"content-type": content_type} if content_type else {}
        problem(await client.post("/v1/requests", content=b'{"name": "An"}', headers=headers), 415)

    async def test_a_chunked_body_is_limited_too(self, client: httpx.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 10_000

        problem(await client.post("/v1/requests", content=chunks(), headers={"content-type": "application/json"}), 413)

    async def test_vietnamese_comes_through_escaped_or_not(self, client: httpx.AsyncClient) -> None:
        for ascii_only in (True, False):
            body = json.dumps({"name": "Nguyễn Thị Đèn 😀"}, ensure_ascii=ascii_only).encode()
            response = await client.post("/v1/requests", content=body, headers={"content-type": "application/json"})
            assert response.json()["name"] == "Nguyễn Thị Đèn 😀"

    async def test_errors_never_repeat_what_was_sent(self, client: httpx.AsyncClient) -> None:
        for sent in ({CANARY: 1}, {"name": [CANARY]}, {"name": CANARY * 20}, {"name": "An", "tags": CANARY}):
            response = await client.post("/v1/requests", json=sent)
            problem(response, 422)
            assert "0912345678" not in response.text
            assert "Bà" not in response.text

    @pytest.mark.parametrize("path", ["/v1/requests/%00", "/v1/requests/a%0Ab", "/v1/requests/%1b", "/v1/offers/1?t=a&x=%00"])
    async def test_control_characters_in_an_address_are_refused(self, client: httpx.AsyncClient, path: str) -> None:
        problem(await client.get(path), 400)

    @pytest.mark.parametrize(
        "path", ["/v1/requests/%ff", "/v1/requests/%ed%a0%80", "/v1/requests/Đèn", "/v1/requests/" + "x" * 3000]
    )
    async def test_an_odd_address_is_just_a_text(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path)).status_code < 500

    async def test_a_callback_may_carry_line_breaks(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/callbacks/kannel/s/mo?text=m%E1%BB%99t%0Ahai")
        assert response.json() == {"text": "một\nhai"}
        problem(await client.get("/callbacks/kannel/s/mo?text=a%00b"), 400)


class TestErrors:
    @pytest.mark.parametrize(("code", "status"), [("missing", 404), ("refused", 409), ("down", 503)])
    async def test_known_errors_have_their_status(self, client: httpx.AsyncClient, code: str, status: int) -> None:
        problem(await client.get(f"/v1/requests/{code}"), status)

    async def test_an_unknown_error_is_500_logged_and_says_nothing(self, client: httpx.AsyncClient) -> None:
        with capture_logs() as logs:
            response = await client.get("/v1/requests/broken")
        problem(response, 500)
        assert "0912345678" not in response.text
        (entry,) = [log for log in logs if log["event"] == "http.request.failed"]
        assert (entry["error"], entry["route"]) == ("RuntimeError", "/v1/requests/{code}")
        assert "0912345678" not in str(entry)
        assert "failing" in entry["where"][-1]

    async def test_an_unknown_address_and_a_wrong_method_are_problems(self, client: httpx.AsyncClient) -> None:
        problem(await client.get("/nowhere"), 404)
        response = await client.delete("/v1/requests")
        problem(response, 405)
        assert "POST" in response.headers["allow"]

    async def test_the_documentation_shows_the_body(self, client: httpx.AsyncClient) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        schema = paths["/v1/requests"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert set(schema["properties"]) == {"name", "lat", "tags"}

    async def test_without_a_database_a_guarded_route_says_503(self, dsn: str) -> None:
        async with open_pool(dsn, schema="intake", max_size=1) as pool:
            app = build_app([a_router()], tokens=Tokens(pool))
            pool.terminate()
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client:
                response = await client.get("/v1/offers/1", headers=bearer("whoever"))
        problem(response, 503)
        assert int(response.headers["retry-after"]) >= 1


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}
