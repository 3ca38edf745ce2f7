"""`POST /v1/responders/{id}/duty`: off duty, on a break, or back. No rules; who may call stands in access.py."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.shifts.duties import Duties
from dispatch.shifts.duty import LONGEST_BREAK_MINUTES, wish
from shared.events.duty import Duty
from shared.http.body import JsonBody
from shared.http.direct import json_answer
from shared.http.guard import caller


class DutyForm(BaseModel):
    """`minutes`: of a break, which ends by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    duty: Duty
    minutes: Annotated[int | None, Field(ge=1, le=LONGEST_BREAK_MINUTES)] = None


DutyBody: Final = JsonBody(DutyForm)


def duty_router(duties: Duties) -> APIRouter:
    routes = APIRouter()

    @routes.post("/v1/responders/{id}/duty", openapi_extra=DutyBody.schema())
    async def put_duty(id: str, request: Request) -> Response:  # noqa: A002 - the path names it so
        form = DutyBody.parse(request)
        found = await duties.put(id, wish(form.duty, form.minutes), await caller(request))
        return json_answer(found)

    return routes
