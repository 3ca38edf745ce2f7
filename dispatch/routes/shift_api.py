"""The HTTP routes of shifts: what a ward lead sees of them, and an answer for somebody who was called. No rules, no SQL."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.shifts.shift_answers import MOST_DAYS, Shifts
from dispatch.shifts.sign_up import PostForm, SignUp, TakeForm
from dispatch.shifts.swap_desk import AgreeForm, SwapForm, Swaps
from dispatch.wards import check_ward, ward_to_see
from shared.errors import Invalid
from shared.geo.communes import COMMUNES
from shared.http.body import BODY, JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller

DAYS: Final = 2
MISSED_DAYS: Final = 30
MOST_MISSED_DAYS: Final = 366


PostBody: Final = JsonBody(PostForm)
TakeBody: Final = JsonBody(TakeForm)
SwapBody: Final = JsonBody(SwapForm)
AgreeBody: Final = JsonBody(AgreeForm)


def shift_router(shifts: Shifts, sign_up: SignUp, swaps: Swaps) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/shifts")
    async def list_shifts(request: Request, commune: str, days: int = DAYS) -> Response:
        if COMMUNES.by_code(commune) is None:
            raise Invalid("commune", "is no commune of this city; use its code of five digits")
        if not 1 <= days <= MOST_DAYS:
            raise Invalid("days", f"must be 1 to {MOST_DAYS}: shifts are made so far ahead")
        check_ward(await caller(request), commune)
        return _json(await shifts.of_commune(commune, days))

    @routes.get("/v1/missed-shifts")
    async def list_missed(request: Request, commune: str | None = None, days: int = MISSED_DAYS) -> Response:
        if commune is not None and COMMUNES.by_code(commune) is None:
            raise Invalid("commune", "is no commune of this city; use its code of five digits")
        if not 1 <= days <= MOST_MISSED_DAYS:
            raise Invalid("days", f"must be 1 to {MOST_MISSED_DAYS}")
        return _json(await shifts.missed(ward_to_see(await caller(request), commune), days))

    @routes.post("/v1/shifts/{id}/confirm")
    async def confirm(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        return _json(await shifts.answer(id, await caller(request), yes=True))

    @routes.post("/v1/shifts/{id}/decline")
    async def decline(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await shifts.answer(id, await caller(request), yes=False))

    _add_sign_up(routes, sign_up)
    _add_swaps(routes, swaps)
    return routes


def _add_swaps(routes: APIRouter, swaps: Swaps) -> None:
    @routes.post("/v1/shifts/{id}/swap", status_code=201, openapi_extra=SwapBody.schema())
    async def ask_for_swap(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        form = SwapBody.parse(request) if request.scope.get(BODY) else SwapForm()
        return _json(await swaps.ask(id, form, await caller(request)), 201)

    @routes.post("/v1/swaps/{id}/agree", openapi_extra=AgreeBody.schema())
    async def agree_to_swap(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await swaps.agree(id, AgreeBody.parse(request).responder, await caller(request)))

    @routes.post("/v1/swaps/{id}/refuse")
    async def refuse_swap(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await swaps.refuse(id, await caller(request)))


def _add_sign_up(routes: APIRouter, sign_up: SignUp) -> None:
    @routes.post("/v1/shifts", status_code=201, openapi_extra=PostBody.schema())
    async def post_window(request: Request) -> Response:
        return _json(await sign_up.post(PostBody.parse(request), await caller(request)), 201)

    @routes.post("/v1/openings/{id}/take", openapi_extra=TakeBody.schema())
    async def take_place(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await sign_up.take(id, TakeBody.parse(request).responder, await caller(request)))

    @routes.post("/v1/openings/{id}/close")
    async def close_window(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(await sign_up.close(id, await caller(request)))
