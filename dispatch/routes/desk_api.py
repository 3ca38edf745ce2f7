"""The HTTP routes by which operators and ward leads look into one job and decide by hand. No rules, no SQL."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.desk import Desk
from dispatch.routes.forms import AssignForm, ExclusionForm, PauseForm
from shared.http.body import JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller

AssignBody: Final = JsonBody(AssignForm)
ExclusionBody: Final = JsonBody(ExclusionForm)
PauseBody: Final = JsonBody(PauseForm)


def desk_router(desk: Desk) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/jobs/{id}/decision")
    async def show_decision(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        return _json(await desk.decisions(id, await caller(request)))

    @routes.post("/v1/jobs/{id}/assign", openapi_extra=AssignBody.schema())
    async def assign(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = AssignBody.parse(request)
        return _json(await desk.assign(id, form.responder, await caller(request), dry_run=form.dry_run))

    @routes.post("/v1/jobs/{id}/exclusions", openapi_extra=ExclusionBody.schema())
    async def rule_out(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = ExclusionBody.parse(request)
        return _json(await desk.rule_out(id, form.responder, await caller(request)))

    @routes.post("/v1/jobs/{id}/pause", openapi_extra=PauseBody.schema())
    async def pause(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = PauseBody.parse(request)
        return _json(await desk.pause(id, form.reason, form.until, await caller(request), form.caller_phone))

    @routes.post("/v1/jobs/{id}/resume")
    async def resume(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await desk.resume(id, await caller(request)))

    @routes.delete("/v1/jobs/{id}/exclusions/{responder}")
    async def lift_exclusion(id: UUID, responder: str, request: Request) -> Response:  # noqa: A002 - same
        return _json(await desk.lift_exclusion(id, responder, await caller(request)))

    return routes
