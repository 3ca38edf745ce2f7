"""The HTTP routes of the roster as a whole: a file in; what is wrong with it, or with people, out. No rules, no SQL."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import asyncpg
import orjson
from fastapi import APIRouter, Request, Response

from dispatch.roster.complaining import list_complaints
from dispatch.roster.importing import BESIDE_OTHERS, import_roster
from dispatch.roster.quality_rows import quality_view, read_quality
from dispatch.wards import ward_to_see
from shared.http.body import BODY
from shared.http.direct import json_answer
from shared.http.guard import caller
from shared.http.problems import Problem
from shared.security.vault import Vault

CSV: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


def roster_router(pool: asyncpg.Pool, vault: Vault, city: str, wake: Callable[[], None]) -> APIRouter:
    routes = APIRouter()
    one_file, one_look = asyncio.Lock(), asyncio.Lock()  # a file takes minutes beside other work, and must not hide the lists

    @routes.post("/v1/roster/import", openapi_extra=CSV)
    async def load_roster(request: Request) -> Response:
        if not request.headers.get("content-type", "").lower().startswith("text/csv"):
            raise Problem(415, "Send the roster as text/csv in UTF-8.")
        async with one_file:
            report = await import_roster(pool, vault, city, request.scope[BODY], batch=BESIDE_OTHERS)
        wake()
        return json_answer(asdict(report))

    @routes.get("/v1/roster/quality")
    async def show_quality(request: Request, commune: str | None = None) -> Response:
        commune = ward_to_see(await caller(request), commune)
        async with one_look:
            found = await read_quality(pool, vault, city, commune_code=commune)
            body = await asyncio.to_thread(lambda: orjson.dumps(quality_view(found)))
        return Response(body, media_type="application/json")

    @routes.get("/v1/complaints")
    async def show_complaints(request: Request, commune: str | None = None) -> Response:
        commune = ward_to_see(await caller(request), commune)
        found = {"complaints": await list_complaints(pool, city, commune)}
        return json_answer(found)

    return routes
