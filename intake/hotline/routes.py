"""The HTTP routes of the hotline: calls, callers, callbacks, drafts. No rules, no SQL; who may call stands in access.py."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from intake.filing import Filed
from intake.hotline.answer_clock import AnswerClock
from intake.hotline.callbacks import Callbacks
from intake.hotline.callers import Callers
from intake.hotline.draft_form import DraftForm, Unfit
from intake.hotline.drafts import Drafts
from intake.hotline.forms import CallbackForm, CallForm, OutcomeForm
from intake.hotline.switchboard import Switchboard, Word
from shared.http.body import JsonBody
from shared.http.direct import JsonAnswer, json_answer
from shared.http.guard import caller
from shared.http.problems import invalid_response
from shared.moments import Day
from shared.security.tokens import Caller

MOST: Final = 500

CallBody: Final = JsonBody(CallForm)
CallbackBody: Final = JsonBody(CallbackForm)
OutcomeBody: Final = JsonBody(OutcomeForm)
DraftBody: Final = JsonBody(DraftForm)

Alike = Callable[[Filed, Caller], Awaitable[Sequence[str] | None]]
Who = Annotated[Caller, Depends(caller)]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9._~-]{1,100}$")]
Limit = Annotated[int, Query(ge=1, le=MOST)]


def hotline_router(
    switchboard: Switchboard, callers: Callers, callbacks: Callbacks, clock: AnswerClock, drafts: Drafts, *, alike: Alike
) -> APIRouter:
    routes = APIRouter(tags=["hotline"])
    _add_calls(routes, switchboard, callers, clock)
    _add_callbacks(routes, callbacks)
    _add_drafts(routes, drafts, alike)
    return routes


def _add_calls(routes: APIRouter, switchboard: Switchboard, callers: Callers, clock: AnswerClock) -> None:
    @routes.post("/v1/calls", status_code=202, openapi_extra=CallBody.schema())
    async def tell_call(request: Request, who: Who) -> Response:
        form = CallBody.parse(request)
        word = Word(call=form.call, event=form.event, caller=form.caller, at=form.at, operator=form.operator)
        call = await switchboard.hear(word, who.name)
        return json_answer({"call": call.id, "state": call.state, "outcome": call.outcome}, 202)

    @routes.get("/v1/calls/figures")
    async def call_figures(since: Annotated[Day, Query(alias="from")], until: Annotated[Day, Query(alias="to")]) -> Response:
        return json_answer(await clock.between(since, until))

    @routes.get("/v1/callers")
    async def list_callers(who: Who) -> Response:
        return json_answer({"calls": await callers.now(who.commune_code)})

    @routes.get("/v1/callers/{call_id}")
    async def show_caller(call_id: UUID, who: Who) -> Response:
        return json_answer(await callers.one(call_id, who))


def _add_callbacks(routes: APIRouter, callbacks: Callbacks) -> None:
    @routes.get("/v1/callbacks")
    async def list_callbacks(who: Who, limit: Limit = 100) -> Response:
        return json_answer({"callbacks": await callbacks.waiting(limit, who.commune_code)})

    @routes.post("/v1/callbacks", status_code=202, openapi_extra=CallbackBody.schema())
    async def ask_for_callback(request: Request, who: Who) -> Response:
        form = CallbackBody.parse(request)
        return json_answer({"id": await callbacks.ask(form.phone, form.reason, actor=who.name)}, 202)

    @routes.post("/v1/callbacks/{callback_id}/take")
    async def take_callback(callback_id: UUID, who: Who) -> Response:
        return json_answer(await callbacks.take(callback_id, who))

    @routes.post("/v1/callbacks/{callback_id}/done", openapi_extra=OutcomeBody.schema())
    async def finish_callback(callback_id: UUID, request: Request, who: Who) -> Response:
        return json_answer(await callbacks.done(callback_id, who, OutcomeBody.parse(request).outcome))


def _add_drafts(routes: APIRouter, drafts: Drafts, alike: Alike) -> None:
    @routes.get("/v1/drafts")
    async def list_drafts(who: Who) -> Response:
        return json_answer({"drafts": await drafts.mine(who.name)})

    @routes.get("/v1/drafts/{key}")
    async def show_draft(key: Key, who: Who) -> Response:
        return json_answer(await drafts.one(key, who.name))

    @routes.put("/v1/drafts/{key}", openapi_extra=DraftBody.schema())
    async def save_draft(key: Key, request: Request, who: Who) -> Response:
        return json_answer(await drafts.save(key, DraftBody.parse(request), who))

    @routes.delete("/v1/drafts/{key}", status_code=204)
    async def delete_draft(key: Key, who: Who) -> Response:
        await drafts.delete(key, who.name)
        return Response(status_code=204)

    @routes.post("/v1/drafts/{key}/file", status_code=202)
    async def file_draft(key: Key, request: Request, who: Who) -> Response:
        try:
            filed = await drafts.file(key, who, request.headers.get("traceparent"))
        except Unfit as error:
            return _unfit(error)
        return JsonAnswer(
            202, filed.json(await alike(filed, who)), (b"location", f"/v1/requests/{filed.answer['code']}".encode())
        )


def _unfit(error: Unfit) -> Response:
    """Each field that does not fit yet, by its name; the draft is kept."""
    shape = [] if error.shape is None else error.shape.errors(include_url=False, include_input=False)
    ours = [{"type": "house", "loc": tuple(one.field.split(".")), "msg": one.advice} for one in error.rest]
    return invalid_response([*shape, *ours])
