"""The HTTP routes of intake: bodies in, use cases called, answers out. No rules, no SQL; who may call stands in access.py."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from intake.aftercare.elsewhere import Elsewhere
from intake.aftercare.routes import WAITS
from intake.changes import Changes
from intake.desk.doorway import Doorway
from intake.doors import WrongDoor, enter, hears_phrase
from intake.filing import Filed, Filer
from intake.forms import Amendment, CancelForm, ComplaintForm, Consent, PlaceForm, RequestForm, VisitCheckForm
from intake.kinds.reasons import in_words
from intake.meeting import MeetingRooms
from intake.public_door import PublicDoor
from intake.reception import Reception
from intake.stored import StoredRequest
from intake.tracking import Tracking
from intake.visit_check import VisitChecks
from shared.http.body import JsonBody
from shared.http.direct import Direct, JsonAnswer
from shared.http.direct import json_answer as _json
from shared.http.guard import CHALLENGE, caller, client_address
from shared.http.problems import Problem
from shared.security.tokens import PUBLIC, Caller

RequestBody: Final = JsonBody(RequestForm)
AmendBody: Final = JsonBody(Amendment)
PlaceBody: Final = JsonBody(PlaceForm)
ComplaintBody: Final = JsonBody(ComplaintForm)
ConsentBody: Final = JsonBody(Consent)
CancelBody: Final = JsonBody(CancelForm)
VisitCheckBody: Final = JsonBody(VisitCheckForm)

_FILE_DOCS: Final[dict[str, Any]] = {
    **RequestBody.schema(),
    "parameters": [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 200}}],
}


def router(
    *,
    filer: Filer,
    reception: Reception,
    public_door: PublicDoor,
    changes: Changes,
    tracking: Tracking,
    visit_checks: VisitChecks,
    meeting_rooms: MeetingRooms,
    doorway: Doorway,
    elsewhere: Elsewhere,
) -> APIRouter:
    routes = APIRouter()
    _add_filing(routes, filer, reception, public_door, doorway)
    _add_changes(routes, changes, doorway)
    _add_wishes(routes, changes, doorway, elsewhere)
    _add_questions(routes, tracking, visit_checks, meeting_rooms, doorway)
    return routes


def _add_questions(
    routes: APIRouter, tracking: Tracking, visit_checks: VisitChecks, meeting_rooms: MeetingRooms, doorway: Doorway
) -> None:
    """What whoever has the code may ask without a token; then their address is counted."""

    async def _strangers_address(request: Request) -> str | None:
        return await doorway.counted(await caller(request), request.path_params["code"], client_address(request))

    @routes.get("/v1/requests/{code}")
    async def follow_request(code: str, request: Request) -> Response:
        return _json(await tracking.follow(code, await _strangers_address(request)))

    @routes.post("/v1/requests/{code}/visit-check", openapi_extra=VisitCheckBody.schema())
    async def check_visit(code: str, request: Request) -> Response:
        form, address = VisitCheckBody.parse(request), await _strangers_address(request)
        return _json(await visit_checks.check(code, form, await _actor(request), address))

    @routes.post("/v1/requests/{code}/meeting")
    async def open_meeting(code: str, request: Request) -> Response:
        return _json(await meeting_rooms.open(code, await _actor(request), await _strangers_address(request)))


def _add_filing(routes: APIRouter, filer: Filer, reception: Reception, public_door: PublicDoor, doorway: Doorway) -> None:
    async def file_request(request: Request) -> Response:
        known = await caller(request)
        form = RequestBody.parse(request)
        headers = request.headers
        try:
            door = enter(form.channel, known.role)
        except WrongDoor as error:
            raise _shut(error, known) from None
        key, traceparent = headers.get("idempotency-key"), headers.get("traceparent")
        filing = reception.check(form, caller=known, key=key, traceparent=traceparent, talks=True)
        if door.limited:
            return _accepted(await public_door.file(filing, client_address(request)))
        filed = await filer.file(filing)
        return _accepted(filed, await doorway.like(filed, known) if hears_phrase(known.role) else None)

    routes.add_api_route(
        "/v1/requests", file_request, methods=["POST"], status_code=202, openapi_extra=_FILE_DOCS, route_class_override=Direct
    )


def _add_changes(routes: APIRouter, changes: Changes, doorway: Doorway) -> None:
    @routes.put("/v1/requests/{code}/location", openapi_extra=PlaceBody.schema())
    async def locate_request(code: str, request: Request) -> Response:
        who = await _in_sight(request, doorway)
        return _changed(await changes.locate(code, PlaceBody.parse(request), who.name))

    @routes.post("/v1/requests/{code}/reopen")
    async def reopen_request(code: str, request: Request) -> Response:
        return _changed(await changes.reopen(code, (await _in_sight(request, doorway)).name))

    @routes.post("/v1/requests/{code}/complaint", openapi_extra=ComplaintBody.schema())
    async def complain(code: str, request: Request) -> Response:
        who = await _in_sight(request, doorway)
        return _changed(await changes.complain(code, ComplaintBody.parse(request).reason, who.name))


def _add_wishes(routes: APIRouter, changes: Changes, doorway: Doorway, elsewhere: Elsewhere) -> None:
    """To another place, or called off, by somebody who does not have the registered number: that is asked (202)."""

    @routes.patch("/v1/requests/{code}", openapi_extra=AmendBody.schema(), responses=WAITS)
    async def amend_request(code: str, request: Request) -> Response:
        who, form = await _in_sight(request, doorway), AmendBody.parse(request)
        if form.has_place and (told := await elsewhere.moves(code, form, who)) is not None:
            if (rest := form.without_place()) is not None:
                await changes.amend(code, rest, who.name)
            return _json(told, status=202)
        return _changed(await changes.amend(code, form, who.name))

    @routes.post("/v1/requests/{code}/cancel", openapi_extra=CancelBody.schema(required=False), responses=WAITS)
    async def cancel_request(code: str, request: Request) -> Response:
        who, form = await _in_sight(request, doorway), CancelBody.optional(request)
        told = await elsewhere.cancels(code, form.caller_phone, who)
        return _changed(await changes.cancel(code, who.name)) if told is None else _json(told, status=202)

    @routes.post("/v1/requests/{code}/visit-consent", openapi_extra=ConsentBody.schema(), responses=WAITS)
    async def answer_visit(code: str, request: Request) -> Response:
        who, form = await _in_sight(request, doorway), ConsentBody.parse(request)
        told = None if form.agreed else await elsewhere.cancels(code, form.caller_phone, who, visited=True)
        return _changed(await changes.consent(code, form.agreed, who.name)) if told is None else _json(told, status=202)


async def _in_sight(request: Request, doorway: Doorway) -> Caller:
    """Whoever works for one commune changes its requests only."""
    who = await caller(request)
    await doorway.check(who, request.path_params["code"])
    return who


def _shut(error: WrongDoor, known: Caller) -> Problem:
    """Without a token the answer is 401, with one of another role 403."""
    if known == PUBLIC:
        return Problem(401, error.advice, headers=CHALLENGE)
    return Problem(403, error.advice)


async def _actor(request: Request) -> str:
    return (await caller(request)).name


def _accepted(filed: Filed, duplicates: Sequence[str] | None = None) -> Response:
    return JsonAnswer(202, filed.json(duplicates), (b"location", f"/v1/requests/{filed.answer['code']}".encode()))


def _changed(request: StoredRequest) -> Response:
    return _json(
        {
            "id": str(request.id),
            "code": request.code,
            "status": request.status,
            "priority": request.priority,
            "priority_reason": in_words(request.priority_reasons, request.category),
            "commune_code": request.commune_code,
            "expected": request.expected_at,
            "visit_consent": request.visit_consent,
            "version": request.version,
        }
    )
