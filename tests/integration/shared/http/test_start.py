"""The start of an HTTP application: a gap between routes and the access table stops it."""

import pytest
from fastapi import APIRouter

from shared.errors import Misconfigured
from shared.http.app import build_app
from shared.http.guard import client_address
from shared.security.tokens import Tokens


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(None)  # type: ignore[arg-type]  # nobody calls: only the start is looked at


def a_router() -> APIRouter:
    router = APIRouter()
    router.add_api_route("/v1/requests", client_address, methods=["POST"])
    router.add_api_route("/v1/requests/{tracking_code}", client_address)
    return router


def test_a_route_without_an_entry_does_not_start(tokens: Tokens) -> None:
    router = APIRouter()
    router.add_api_route("/v1/secret", client_address)
    with pytest.raises(Misconfigured, match="/v1/secret"):
        build_app([router], tokens=tokens)


def test_a_method_without_an_entry_does_not_start(tokens: Tokens) -> None:
    router = APIRouter()
    router.add_api_route("/v1/requests", client_address, methods=["DELETE"])
    with pytest.raises(Misconfigured, match="DELETE"):
        build_app([router], tokens=tokens)


def test_a_nested_router_or_a_mount_cannot_slip_through(tokens: Tokens) -> None:
    outer, mounted = APIRouter(), APIRouter()
    outer.include_router(a_router())
    with pytest.raises(Misconfigured, match="flat"):
        build_app([outer], tokens=tokens)
    mounted.mount("/v1", build_app([], tokens=tokens))
    with pytest.raises(Misconfigured, match="flat"):
        build_app([mounted], tokens=tokens)


def test_an_entry_without_a_route_is_found_where_all_contexts_are_served(tokens: Tokens) -> None:
    build_app([a_router()], tokens=tokens)
    with pytest.raises(Misconfigured, match=r"POST /v1/offers/\{id\}/accept"):
        build_app([a_router()], tokens=tokens, complete=True)


def test_every_route_is_behind_the_guard(tokens: Tokens) -> None:
    app = build_app([a_router()], tokens=tokens)
    assert app.routes
    for route in app.routes:
        assert type(route.app).__name__ == "Guard"  # type: ignore[attr-defined]
