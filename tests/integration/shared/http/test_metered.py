"""What the guard refuses is counted like what it lets through, and by the route's template."""

import httpx
from fastapi import APIRouter, Response
from prometheus_client import REGISTRY

from shared.http.app import build_app
from shared.security.tokens import Tokens

ROUTE = "/v1/requests/{code}"


def counted(method: str, status: int) -> float:
    labels = {"method": method, "route": ROUTE, "status": str(status)}
    return REGISTRY.get_sample_value("techrescue_http_requests_total", labels) or 0


async def test_refusals_and_answers_are_both_counted() -> None:
    router = APIRouter()

    @router.get(ROUTE)
    async def follow(code: str) -> Response:
        return Response(code)

    @router.patch(ROUTE)
    async def amend(code: str) -> Response:
        return Response(code)

    app = build_app([router], tokens=Tokens(None))  # type: ignore[arg-type]
    before = counted("GET", 200), counted("PATCH", 401)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert (await client.get("/v1/requests/TR-1")).status_code == 200
        assert (await client.patch("/v1/requests/TR-1")).status_code == 401
    assert (counted("GET", 200), counted("PATCH", 401)) == (before[0] + 1, before[1] + 1)
