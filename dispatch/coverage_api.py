"""`GET /v1/coverage`: where and when nobody can be sent in the next days. No rules; who may call stands in access.py."""

import asyncpg
import orjson
from fastapi import APIRouter, Response

from dispatch.coverage_rows import DAYS, coverage_view, read_coverage


def coverage_router(pool: asyncpg.Pool, city: str) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/coverage")
    async def show_coverage(days: int = DAYS, skill: str | None = None, commune: str | None = None) -> Response:
        found = await read_coverage(pool, city, days=days, skill=skill, commune_code=commune)
        return Response(orjson.dumps(coverage_view(found)), media_type="application/json")

    return routes
