"""The HTTP routes of the desk: who asks decides what they see. No rules, no SQL; who may call stands in access.py."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from intake.desk.board import MOST, DeskBoard
from intake.desk.forms import MergeForm, RevealForm, wanted
from intake.desk.life import Lives
from intake.desk.merging import Merges
from intake.desk.reveal import Reveals
from intake.desk.search import Search
from intake.desk.sight import Sight, sight_of
from intake.desk.stream import BoardStream
from shared.http.body import JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller
from shared.http.streams import EventStream
from shared.security.tokens import Caller, Role, Tokens

RevealBody: Final = JsonBody(RevealForm)
MergeBody: Final = JsonBody(MergeForm)
READS_NAMES: Final = frozenset({Role.OPERATOR.value, Role.WARD_LEAD.value})  # of helpers; ops see that there is one
MOST_LIFE: Final = 1_000_000  # entries of one request: more than any has
LONGEST: Final = 200  # of what is searched, and of a cursor's far from it

Word = Annotated[str | None, Query(max_length=LONGEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the routes call; `city`: of this deployment."""

    city: str
    tokens: Tokens
    board: DeskBoard
    stream: BoardStream
    search: Search
    lives: Lives
    reveals: Reveals
    merges: Merges

    async def sight(self, request: Request) -> Sight:
        return sight_of(await caller(request), self.city)


def desk_router(desk: Desk) -> APIRouter:
    routes = APIRouter(tags=["desk"])
    _add_board(routes, desk)
    _add_requests(routes, desk)
    return routes


def _add_board(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/v1/board")
    async def board(
        request: Request,
        *,
        commune: Word = None,
        status: Word = None,
        priority: Word = None,
        cursor: Annotated[str | None, Query(max_length=6000)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Response:
        """What is open, whatever is next in danger first. `next` of one page is the cursor of the following."""
        who = await caller(request)
        asked = wanted(commune, status, priority)
        return _json(await desk.board.page(await desk.sight(request), asked, cursor, limit, names=who.role in READS_NAMES))

    @routes.get("/v1/board/events", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
    async def board_events(request: Request, commune: Word = None, status: Word = None, priority: Word = None) -> Response:
        """The same as it changes, as server-sent events: request, gone, reset, hello, cut. Last-Event-ID goes on after it."""
        who = await caller(request)
        listener = await desk.stream.join(
            await desk.sight(request),
            wanted(commune, status, priority),
            request.headers.get("last-event-id"),
            names=who.role in READS_NAMES,
            still_welcome=lambda: _is_good(desk.tokens, request, who),
        )
        return EventStream(listener.pieces(), listener.leave)

    @routes.get("/v1/search")
    async def search(request: Request, phone: Word = None, name: Word = None, code: Word = None) -> Response:
        who = await caller(request)
        found = await desk.search.find(await desk.sight(request), who.name, phone=phone, name=name, code=code)
        return _json({"requests": found})


def _add_requests(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/v1/requests/{code}/life")
    async def life(code: str, request: Request, after: Annotated[int, Query(ge=0, le=MOST_LIFE)] = 0) -> Response:
        """From the beginning, in order. `next`: there is more; it is the `after` of the following page."""
        who = await caller(request)
        return _json(await desk.lives.of(await desk.sight(request), code, after, names=who.role in READS_NAMES))

    @routes.post("/v1/requests/{code}/reveal", openapi_extra=RevealBody.schema())
    async def reveal(code: str, request: Request) -> Response:
        form, who = RevealBody.parse(request), await caller(request)
        return _json(await desk.reveals.show(await desk.sight(request), code, form, who.name))

    @routes.post("/v1/requests/{code}/merge", openapi_extra=MergeBody.schema())
    async def merge(code: str, request: Request) -> Response:
        form, who = MergeBody.parse(request), await caller(request)
        return _json(await desk.merges.merge(await desk.sight(request), code, form.into, who.name))

    @routes.post("/v1/requests/{code}/unmerge")
    async def unmerge(code: str, request: Request) -> Response:
        who = await caller(request)
        return _json(await desk.merges.unmerge(await desk.sight(request), code, who.name))


async def _is_good(tokens: Tokens, request: Request, who: Caller) -> bool:
    """A token that was revoked, or is over, hears nothing more: asked of the database every few seconds at most."""
    _, _, secret = request.headers.get("authorization", "").partition(" ")
    return await tokens.check(secret.strip()) == who
