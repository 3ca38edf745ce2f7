"""The HTTP routes of sessions: bodies in, use cases called, answers out. No rules, no SQL; who may call stands in access.py."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.faults.sessions import Sessions
from dispatch.routes.forms import ComesForm, SessionForm
from shared.http.body import JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller

SessionBody: Final = JsonBody(SessionForm)
ComesBody: Final = JsonBody(ComesForm)


def sessions_router(sessions: Sessions) -> APIRouter:
    routes = APIRouter()

    @routes.post("/v1/sessions", status_code=201, openapi_extra=SessionBody.schema())
    async def make_session(request: Request) -> Response:
        return _json(await sessions.make(SessionBody.parse(request), await caller(request)), 201)

    @routes.post("/v1/jobs/{id}/comes", openapi_extra=ComesBody.schema())
    async def note_coming(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        comes = ComesBody.parse(request).comes
        return _json(await sessions.answer(id, await caller(request), comes=comes))

    return routes
