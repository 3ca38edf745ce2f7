"""The HTTP routes of guidance. No rules, no SQL; who may call stands in access.py."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from intake.guidance.search import GuidanceSearch
from shared.http.direct import json_answer
from shared.http.guard import caller, client_address
from shared.security.tokens import PUBLIC

Language = Annotated[str, Query(pattern="^(vi|en)$")]


def guidance_router(search: GuidanceSearch) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/guidance")
    async def find_guidance(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=300)],
        category: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{1,39}$")] = None,
        language: Language = "vi",
        limit: Annotated[int, Query(ge=1, le=10)] = 3,
    ) -> Response:
        return json_answer(await search.find(q, category, language, limit, await _address(request)))

    @routes.get("/v1/guidance/{entry_id}")
    async def show_guidance(request: Request, entry_id: str, language: Language = "vi") -> Response:
        return json_answer(await search.show(entry_id, language, await _address(request)))

    return routes


async def _address(request: Request) -> str | None:
    return client_address(request) if await caller(request) == PUBLIC else None
