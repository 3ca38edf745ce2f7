"""Answers are counted by route and status; an address as it was called never becomes a label."""

import httpx
from fastapi import FastAPI
from prometheus_client import REGISTRY
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from shared.http.measured import Measured


def counted(path: str, status: str) -> float:
    labels = {"method": "GET", "route": path, "status": status}
    return REGISTRY.get_sample_value("techrescue_http_requests_total", labels) or 0.0


async def test_answers_are_counted_by_the_routes_template() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=int(scope["path_params"]["status"]))(scope, receive, send)

    app = FastAPI(routes=[Route("/measured/{status}", Measured(answer, "/measured/{status}"), methods=["GET"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        for status in (200, 200, 422):
            await client.get(f"/measured/{status}")
    assert counted("/measured/{status}", "200") == 2
    assert counted("/measured/{status}", "422") == 1
    assert counted("/measured/200", "200") == 0
    took = REGISTRY.get_sample_value("techrescue_http_request_seconds_count", {"method": "GET", "route": "/measured/{status}"})
    assert took == 3
