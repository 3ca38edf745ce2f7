"""The HTTP routes of groups: bodies in, use cases called, answers out. No rules, no SQL; who may call stands in access.py."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.faults.groups import Groups
from dispatch.routes.forms import SplitForm
from shared.events.groups import GroupStatus
from shared.http.body import BODY, JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller

SplitBody: Final = JsonBody(SplitForm)


def groups_router(groups: Groups) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/groups")
    async def list_groups(request: Request, state: str = GroupStatus.PROPOSED) -> Response:
        return _json(await groups.show(state, await caller(request)))

    @routes.post("/v1/groups/{id}/confirm")
    async def confirm_group(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        return _json(await groups.confirm(id, await caller(request)))

    @routes.post("/v1/groups/{id}/split", openapi_extra=SplitBody.schema())
    async def split_group(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = SplitBody.parse(request) if request.scope.get(BODY) else SplitForm()
        return _json(await groups.split(id, form.job, await caller(request)))

    @routes.post("/v1/groups/{id}/dismiss")
    async def dismiss_group(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await groups.dismiss(id, await caller(request)))

    return routes
