"""The HTTP routes of a team's members. Bodies in, use cases called, answers out; who may call stands in access.py."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.roster.membership import Membership
from dispatch.routes.forms import PresenceForm
from shared.http.body import JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller
from shared.moments import Day

PresenceBody: Final = JsonBody(PresenceForm)


def members_router(members: Membership) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/responders/{id}/members")
    async def list_members(id: str, request: Request) -> Response:  # noqa: A002 - the path names it so
        return _json({"members": await members.of_team(id, await caller(request))})

    @routes.put("/v1/members/{id}/presence", openapi_extra=PresenceBody.schema())
    async def set_presence(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = PresenceBody.parse(request)
        return _json(await members.presence(id, await caller(request), present=form.present, until=form.until))

    @routes.get("/v1/members/{id}/record")
    async def show_record(id: UUID, request: Request, since: Day | None = None, until: Day | None = None) -> Response:  # noqa: A002 - same
        return _json(await members.record(id, await caller(request), since=since, until=until))

    return routes
