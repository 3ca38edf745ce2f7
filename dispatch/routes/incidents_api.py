"""The HTTP routes of incidents: bodies in, use cases called, answers out. No rules, no SQL; who may call stands in access.py."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.faults.incidents import Incidents
from dispatch.routes.forms import AnswerForm, ConfirmIncidentForm, IncidentForm
from shared.events.incidents import IncidentStatus
from shared.http.body import BODY, JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller

IncidentBody: Final = JsonBody(IncidentForm)
ConfirmBody: Final = JsonBody(ConfirmIncidentForm)
AnswerBody: Final = JsonBody(AnswerForm)


def incidents_router(incidents: Incidents) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/incidents")
    async def list_incidents(request: Request, state: str = IncidentStatus.OPEN) -> Response:
        return _json(await incidents.show(state, await caller(request)))

    @routes.post("/v1/incidents", status_code=201, openapi_extra=IncidentBody.schema())
    async def open_incident(request: Request) -> Response:
        form = IncidentBody.parse(request)
        return _json(await incidents.open(form.category, form.symptom, await caller(request)), 201)

    @routes.post("/v1/incidents/{id}/confirm", openapi_extra=ConfirmBody.schema())
    async def confirm_incident(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        form = ConfirmBody.parse(request) if request.scope.get(BODY) else ConfirmIncidentForm()
        return _json(await incidents.confirm(id, form.symptom, await caller(request)))

    @routes.post("/v1/incidents/{id}/dismiss")
    async def dismiss_incident(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await incidents.dismiss(id, await caller(request)))

    @routes.post("/v1/incidents/{id}/end")
    async def end_incident(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await incidents.end(id, await caller(request)))

    @routes.post("/v1/jobs/{id}/works", openapi_extra=AnswerBody.schema())
    async def note_answer(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        works = AnswerBody.parse(request).works
        return _json(await incidents.answer(id, await caller(request), works=works))

    return routes
