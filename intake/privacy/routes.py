"""The HTTP routes of people's own data. No rules, no SQL; who may call stands in access.py."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from intake.privacy.consent_text import CURRENT, TEXTS
from intake.privacy.desk import PrivacyDesk
from intake.privacy.forms import CorrectionForm, RefusalForm, RightForm
from shared.http.body import JsonBody
from shared.http.direct import json_answer
from shared.http.guard import caller
from shared.security.tokens import Caller

RightBody: Final = JsonBody(RightForm)
CorrectionBody: Final = JsonBody(CorrectionForm)
RefusalBody: Final = JsonBody(RefusalForm)
Who = Annotated[Caller, Depends(caller)]


def privacy_router(desk: PrivacyDesk) -> APIRouter:
    routes = APIRouter(tags=["privacy"])

    @routes.get("/v1/privacy/consent-text")
    async def read_consent_text() -> dict[str, str]:
        return TEXTS[CURRENT].view()

    @routes.get("/v1/privacy/requests")
    async def list_rights() -> dict[str, Any]:
        return {"requests": await desk.waiting()}

    @routes.post("/v1/privacy/requests", status_code=201, openapi_extra=RightBody.schema())
    async def ask_right(request: Request, who: Who) -> Response:
        return json_answer(await desk.ask(RightBody.parse(request), who.name), status=201)

    @routes.post("/v1/privacy/requests/{request_id}/correct", openapi_extra=CorrectionBody.schema())
    async def correct_data(request_id: UUID, request: Request, who: Who) -> Response:
        return json_answer(await desk.correct(request_id, CorrectionBody.parse(request), who.name))

    @routes.post("/v1/privacy/requests/{request_id}/refuse", openapi_extra=RefusalBody.schema())
    async def refuse_right(request_id: UUID, request: Request, who: Who) -> Response:
        return json_answer(await desk.refuse(request_id, RefusalBody.parse(request).reason, who.name))

    return routes
