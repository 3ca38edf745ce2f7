"""`GET /v1/coverage`: where and when nobody can be sent in the next days. No rules; who may call stands in access.py."""

import asyncio

import asyncpg
import orjson
from fastapi import APIRouter, Response

from dispatch.shifts.coverage_rows import DAYS, coverage_view, read_coverage


def coverage_router(pool: asyncpg.Pool, city: str) -> APIRouter:
    routes = APIRouter()
    one_at_a_time = asyncio.Lock()  # it reads for a second, and others need the pool

    @routes.get("/v1/coverage")
    async def show_coverage(days: int = DAYS, skill: str | None = None, commune: str | None = None) -> Response:
        async with one_at_a_time:
            found = await read_coverage(pool, city, days=days, skill=skill, commune_code=commune)
            body = await asyncio.to_thread(lambda: orjson.dumps(coverage_view(found)))  # thousands of gaps on a thin roster
        return Response(body, media_type="application/json")

    return routes
