"""The HTTP routes of broadcasts: bodies in, use cases called, answers out. No rules; who may call stands in access.py."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from notify.broadcasts.broadcast import Order
from notify.broadcasts.desk import Broadcasts
from notify.broadcasts.forms import BroadcastForm
from shared.errors import Invalid
from shared.http.body import JsonBody
from shared.http.direct import json_answer
from shared.http.guard import caller

FORM: Final = JsonBody(BroadcastForm)
LONGEST_KEY: Final = 200


def broadcasts_router(broadcasts: Broadcasts) -> APIRouter:
    routes = APIRouter(tags=["broadcasts"])

    @routes.get("/v1/broadcasts")
    async def list_broadcasts() -> Response:
        return json_answer({"broadcasts": await broadcasts.list()})

    @routes.post("/v1/broadcasts", status_code=201, openapi_extra=FORM.schema())
    async def make_broadcast(request: Request) -> Response:
        new = FORM.parse(request).checked(_key(request))
        return json_answer(await broadcasts.make(new, (await caller(request)).name), 201)

    @routes.get("/v1/broadcasts/{id}")
    async def show_broadcast(id: UUID) -> Response:  # noqa: A002 - the path names it so
        return json_answer(await broadcasts.show(id))

    def add(order: Order) -> None:
        @routes.post(f"/v1/broadcasts/{{id}}/{order}", name=f"{order}_broadcast")
        async def move_broadcast(id: UUID, request: Request) -> Any:  # noqa: A002 - same
            return json_answer(await broadcasts.move(id, order, (await caller(request)).name))

    for order in Order:
        add(order)
    return routes


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise Invalid("Idempotency-Key", f"must have 1 to {LONGEST_KEY} letters")
    return key
