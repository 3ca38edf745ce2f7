"""The HTTP routes of walk-in queues: for kiosks, robots and desks, and for whoever holds a ticket. No rules, no SQL."""

from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from intake.counter.answers import FiledAnswer, LoadAnswer, NextAnswer, PointsAnswer, QueueAnswer, TicketAnswer
from intake.counter.calling import Calling
from intake.counter.filing import TicketFiler
from intake.counter.forms import DESK, DeskForm, TicketFiling, TicketForm
from intake.counter.points import Points
from intake.counter.sight import CounterSight
from intake.counter.taking import Taking
from intake.counter.ticket import TicketMove
from intake.limits import Limits
from shared.errors import NotFound
from shared.http.body import BODY, JsonBody
from shared.http.direct import json_answer
from shared.http.documented import answers, header
from shared.http.guard import caller, client_address
from shared.http.problems import Problem
from shared.security.tokens import PUBLIC

TicketBody: Final = JsonBody(TicketForm)
DeskBody: Final = JsonBody(DeskForm)
FilingBody: Final = JsonBody(TicketFiling)
AtDesk = Annotated[str | None, Query(pattern=DESK)]
CSV: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
TICKET_DOCS: Final[dict[str, Any]] = {**TicketBody.schema(), "parameters": [header("Idempotency-Key")]}


def counter_router(
    *, points: Points, taking: Taking, calling: Calling, filer: TicketFiler, limits: Limits, sight: CounterSight
) -> APIRouter:
    routes = APIRouter()
    _add_points(routes, points)
    _add_holders(routes, taking, calling, limits, sight)
    _add_desks(routes, calling, filer, sight)
    return routes


def _add_points(routes: APIRouter, points: Points) -> None:
    @routes.get("/v1/points", responses=answers(PointsAnswer))
    async def list_points() -> Response:
        return json_answer({"points": await points.all()})

    @routes.post("/v1/points/import", openapi_extra=CSV, responses=answers(LoadAnswer))
    async def load_points(request: Request) -> Response:
        if not request.headers.get("content-type", "").lower().startswith("text/csv"):
            raise Problem(415, "Send the service points as text/csv in UTF-8.")
        return json_answer(await points.load(request.scope[BODY], (await caller(request)).name))


def _add_holders(routes: APIRouter, taking: Taking, calling: Calling, limits: Limits, sight: CounterSight) -> None:
    """Who has the id of a ticket holds the ticket; who has none is counted."""

    @routes.post(
        "/v1/points/{point_id}/tickets", status_code=201, openapi_extra=TICKET_DOCS, responses=answers(TicketAnswer, 201)
    )
    async def take_ticket(point_id: str, request: Request) -> Response:
        form, key, who = TicketBody.parse(request), request.headers.get("idempotency-key"), await caller(request)
        await sight.check_point(who, point_id)
        return json_answer(await taking.take(point_id, form, who, key), 201)

    @routes.get("/v1/tickets/{ticket_id}", responses=answers(TicketAnswer))
    async def look_at_ticket(ticket_id: UUID, request: Request) -> Response:
        try:
            return json_answer(await taking.look(ticket_id))
        except NotFound:
            await _guessed(request, limits)
            raise

    @routes.post("/v1/tickets/{ticket_id}/cancel", responses=answers(TicketAnswer))
    async def cancel_ticket(ticket_id: UUID, request: Request) -> Response:
        try:
            return json_answer(await calling.report(ticket_id, TicketMove.CANCEL, (await caller(request)).name))
        except NotFound:
            await _guessed(request, limits)
            raise


def _add_desks(routes: APIRouter, calling: Calling, filer: TicketFiler, sight: CounterSight) -> None:
    @routes.get("/v1/points/{point_id}/queue", responses=answers(QueueAnswer))
    async def show_queue(point_id: str, request: Request) -> Response:
        await sight.check_point(await caller(request), point_id)
        return json_answer(await calling.queue(point_id))

    @routes.post("/v1/points/{point_id}/next", openapi_extra=DeskBody.schema(), responses=answers(NextAnswer))
    async def call_next(point_id: str, request: Request) -> Response:
        form, who = DeskBody.parse(request), await caller(request)
        await sight.check_point(who, point_id)
        return json_answer(await calling.call_next(point_id, form.desk, who.name))

    @routes.post("/v1/tickets/{ticket_id}/no-show", responses=answers(TicketAnswer))
    async def not_there(ticket_id: UUID, request: Request, desk: AtDesk = None) -> Response:
        await sight.check_ticket(who := await caller(request), ticket_id)
        return json_answer(await calling.report(ticket_id, TicketMove.NO_SHOW, who.name, desk))

    @routes.post("/v1/tickets/{ticket_id}/done", responses=answers(TicketAnswer))
    async def served(ticket_id: UUID, request: Request, desk: AtDesk = None) -> Response:
        await sight.check_ticket(who := await caller(request), ticket_id)
        return json_answer(await calling.report(ticket_id, TicketMove.DONE, who.name, desk))

    @routes.post(
        "/v1/tickets/{ticket_id}/file",
        status_code=202,
        openapi_extra=FilingBody.schema(),
        responses=answers(FiledAnswer, 202),
    )
    async def file_request(ticket_id: UUID, request: Request) -> Response:
        form, who = FilingBody.parse(request), await caller(request)
        await sight.check_ticket(who, ticket_id)
        filed, text = await filer.file(ticket_id, form, who)
        return json_answer({**orjson.loads(filed.json()), "text": text}, 202)


async def _guessed(request: Request, limits: Limits) -> None:
    if await caller(request) == PUBLIC:
        await limits.take_wrong_code(client_address(request), what="ticket")
