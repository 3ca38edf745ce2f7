"""The HTTP routes of what comes after the help. No rules, no SQL; who may call stands in access.py."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from intake.aftercare.desk import AftercareDesk
from intake.aftercare.elsewhere import Elsewhere
from intake.aftercare.forms import FixedForm, MoveForm, NumberForm, SurveyForm, WishAnswer
from intake.aftercare.numbers import Numbers
from intake.aftercare.wishes import Wishes
from intake.desk.doorway import Doorway
from shared.errors import Invalid
from shared.http.body import JsonBody
from shared.http.direct import json_answer
from shared.http.guard import caller, client_address
from shared.security.tokens import Caller, Role

FixedBody: Final = JsonBody(FixedForm)
NumberBody: Final = JsonBody(NumberForm)
SurveyBody: Final = JsonBody(SurveyForm)
MoveBody: Final = JsonBody(MoveForm)
WishBody: Final = JsonBody(WishAnswer)
WAITS: Final[dict[int | str, dict[str, Any]]] = {202: {"description": "The registered number is asked first"}}
Who = Annotated[Caller, Depends(caller)]


def aftercare_router(desk: AftercareDesk, wishes: Wishes, numbers: Numbers, elsewhere: Elsewhere, doorway: Doorway) -> APIRouter:
    routes = APIRouter(tags=["aftercare"])

    async def counted(code: str, request: Request, who: Caller) -> str | None:
        return await doorway.counted(who, code, client_address(request))

    _add_fixed(routes, desk, elsewhere, doorway)

    @routes.post("/v1/requests/{code}/survey", openapi_extra=SurveyBody.schema())
    async def rate_help(code: str, request: Request, who: Who) -> Response:
        await doorway.check(who, code)
        return json_answer(await desk.survey(code, SurveyBody.parse(request), who, await counted(code, request, who)))

    @routes.post("/v1/requests/{code}/cancel-wish", status_code=202)
    async def wish_to_cancel(code: str, request: Request, who: Who) -> Response:
        return json_answer(await wishes.cancel(code, who.name, await counted(code, request, who)), status=202)

    @routes.post("/v1/requests/{code}/move-wish", status_code=202, openapi_extra=MoveBody.schema())
    async def wish_to_move(code: str, request: Request, who: Who) -> Response:
        form = MoveBody.parse(request)
        return json_answer(await wishes.move(code, form, who.name, await counted(code, request, who)), status=202)

    @routes.post("/v1/requests/{code}/wish-answer", openapi_extra=WishBody.schema())
    async def say_what_the_number_wants(code: str, request: Request, who: Who) -> Response:
        done = await desk.wish(code, WishBody.parse(request), who)
        return json_answer({"code": done.code, "status": done.status, "commune_code": done.commune_code})

    @routes.post("/v1/requests/{code}/phrase", status_code=202)
    async def send_phrase(code: str, who: Who) -> Response:
        return json_answer(await wishes.phrase(code, who), status=202)

    @routes.post("/v1/requests/{code}/confirm-number", openapi_extra=NumberBody.schema())
    async def confirm_number(code: str, request: Request, who: Who) -> Response:
        digits = NumberBody.parse(request).code
        if digits is None and who.role != Role.OPERATOR:
            raise Invalid("code", "send the six digits that were texted to the number")
        await doorway.check(who, code)
        return json_answer(await numbers.confirm(code, digits, who, await counted(code, request, who)))

    return routes


def _add_fixed(routes: APIRouter, desk: AftercareDesk, elsewhere: Elsewhere, doorway: Doorway) -> None:
    @routes.post("/v1/requests/{code}/fixed", openapi_extra=FixedBody.schema(), responses=WAITS)
    async def say_whether_fixed(code: str, request: Request, who: Who) -> Response:
        form = FixedBody.parse(request)
        await doorway.check(who, code)
        if form.fixed and (told := await elsewhere.closes(code, form.caller_phone, who)) is not None:
            return json_answer(told, status=202)
        done = await desk.fixed(code, fixed=form.fixed, who=who)
        told = {"code": done.code, "status": done.status, "priority": done.priority, "expected": done.expected_at}
        return json_answer(told)
