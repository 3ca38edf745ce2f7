"""The short cut of the tests (tests/support/lazy_routes.py): a route that was made when it was asked is like any other."""

from uuid import uuid4

import httpx
from fastapi import APIRouter

from shared.http.app import build_app
from shared.security.tokens import Tokens
from tests.support.lazy_routes import _make_whole


def a_router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/requests/{code}")
    async def follow(code: str, near: int) -> dict[str, int]:
        return {code: near}

    return routes


async def test_it_is_made_once_and_behind_its_guard() -> None:
    app = build_app([a_router()], tokens=Tokens(None))  # type: ignore[arg-type] - nobody is asked
    (route,) = (one for one in app.routes if getattr(one, "path", "").startswith("/v1/"))
    guard = route.app
    assert "dependant" not in vars(route), "it has been made already"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client:
        code = uuid4().hex
        assert (await client.get(f"/v1/requests/{code}", params={"near": "3"})).json() == {code: 3}
        made = vars(route)["dependant"]
        assert (await client.get(f"/v1/requests/{code}", params={"near": "far"})).status_code == 422
    assert route.app is guard
    assert route.dependant is made


def test_the_document_of_one_that_nobody_asked_is_that_of_one_made_at_once() -> None:
    later, at_once = a_router(), a_router()
    for route in at_once.routes:
        _make_whole(route)
    documents = [build_app([routes], tokens=Tokens(None)).openapi() for routes in (later, at_once)]  # type: ignore[arg-type]
    assert documents[0]["paths"]["/v1/requests/{code}"]["get"]["parameters"]
    assert documents[0] == documents[1]
