"""The HTTP routes of Open311 GeoReport v2, every answer and every error in its words. No rules, no SQL."""

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from intake.open311.catalogue import definition, services
from intake.open311.desk import NoKey, Open311Desk
from intake.open311.documented import DEFINITION, DISCOVERY, FORM, FORMAT, LIST, REQUEST, SERVICES, TOKENS
from intake.open311.formats import MEDIA, Format, Row, written
from intake.open311.reading import read_form, theirs
from shared.errors import DependencyDown, Invalid, NotFound, TechRescueError, Transient
from shared.http.body import body_of
from shared.http.guard import caller, client_address
from shared.http.limits import TooMany
from shared.security.tokens import PUBLIC

ROOT: Final = "/open311/v2"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
STANDARD: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGED: Final = "2026-11-27"
NO_KEY: Final = "api_key is missing or not known: ask the operators of this city for a token"
NOTICE: Final = "Mã tra cứu / tracking code: {code}. Hotline: 1022."
Told = tuple[str, Row | list[Any]]  # the root of the XML, and what is said


class ElsewhereAsked(TechRescueError):
    """Of another city's requests: 404 in this standard."""

    def __init__(self, city: str) -> None:
        super().__init__()
        self.city = city


def open311_router(desk: Open311Desk, city: str) -> APIRouter:
    routes, door = APIRouter(), _Door(city)
    _add_services(routes, door)
    _add_requests(routes, door, desk)
    return routes


def _add_services(routes: APIRouter, door: "_Door") -> None:
    @routes.get(f"{ROOT}/discovery.{{format}}", openapi_extra=FORMAT, responses=DISCOVERY)
    async def discover(format: str, request: Request) -> Response:  # noqa: A002 - the standard's word
        async def found() -> Told:
            return "discovery", _discovery(str(request.base_url).rstrip("/"))

        return await door.answer(request, format, found)

    @routes.get(f"{ROOT}/services.{{format}}", openapi_extra=FORMAT, responses=SERVICES)
    async def list_services(format: str, request: Request) -> Response:  # noqa: A002
        async def found() -> Told:
            return "services", services()

        return await door.answer(request, format, found)

    @routes.get(f"{ROOT}/services/{{service_code}}.{{format}}", openapi_extra=FORMAT, responses=DEFINITION)
    async def define_service(service_code: str, format: str, request: Request) -> Response:  # noqa: A002
        async def found() -> Told:
            return "service_definition", definition(service_code)

        return await door.answer(request, format, found)


def _add_requests(routes: APIRouter, door: "_Door", desk: Open311Desk) -> None:
    @routes.post(f"{ROOT}/requests.{{format}}", openapi_extra=FORM, responses=REQUEST)
    async def file_request(format: str, request: Request) -> Response:  # noqa: A002
        async def filed() -> Told:
            if not request.headers.get("content-type", "").lower().startswith(FORM_TYPE):
                raise Invalid("body", f"must be {FORM_TYPE}")
            headers, posted = request.headers, read_form(await body_of(request))
            door.check(posted.fields)  # a client may send all of it in the form
            answer = await desk.file(posted, headers.get("idempotency-key"), headers.get("traceparent"))
            notice = NOTICE.format(code=answer["code"])
            told = {"service_request_id": str(answer["id"]), "service_notice": notice, "account_id": None}
            return "service_requests", [told]

        return await door.answer(request, format, filed)

    @routes.get(f"{ROOT}/requests.{{format}}", openapi_extra=LIST, responses=REQUEST)
    async def list_requests(format: str, request: Request) -> Response:  # noqa: A002
        async def found() -> Told:
            query = [(name, value) for name, value in request.query_params.multi_items() if name != "jurisdiction_id"]
            return "service_requests", await desk.find(query, await _strangers_address(request))

        return await door.answer(request, format, found)

    @routes.get(f"{ROOT}/requests/{{service_request_id}}.{{format}}", openapi_extra=FORMAT, responses=REQUEST)
    async def read_request(service_request_id: str, format: str, request: Request) -> Response:  # noqa: A002
        async def found() -> Told:
            return "service_requests", [await desk.read(service_request_id, await _strangers_address(request))]

        return await door.answer(request, format, found)

    @routes.get(f"{ROOT}/tokens/{{token}}.{{format}}", openapi_extra=FORMAT, responses=TOKENS)
    async def read_token(token: str, format: str, request: Request) -> Response:  # noqa: A002
        """An id is given at once, never a token in its place; whoever asks with the id as a token hears the same id."""

        async def found() -> Told:
            known = await desk.read(token, await _strangers_address(request))
            return "service_requests", [{"service_request_id": known["service_request_id"], "token": token}]

        return await door.answer(request, format, found)


class _Door:
    """Format and jurisdiction looked at, errors told as the standard tells them."""

    def __init__(self, city: str) -> None:
        self._city = city

    async def answer(self, request: Request, ending: str, work: Callable[[], Awaitable[Told]]) -> Response:
        shape = Format(ending) if ending in set(Format) else None
        if shape is None:
            return _error(400, "the address must end in .json or .xml", Format.JSON)
        try:
            self.check(request.query_params)
            name, found = await work()
        except TechRescueError as error:
            status, told = _said(error)
            wait = {"retry-after": str(math.ceil(error.retry_after_seconds))} if isinstance(error, TooMany) else None
            return _error(status, told, shape, wait)
        return Response(written(found, name, shape), media_type=MEDIA[shape])

    def check(self, given: Mapping[str, str]) -> None:
        """Raises ElsewhereAsked."""
        if given.get("jurisdiction_id", self._city) != self._city:
            raise ElsewhereAsked(self._city)


def _said(error: TechRescueError) -> tuple[int, str]:
    """As the standard tells it. What we do not know is told as everywhere, by the guard."""
    match error:
        case NoKey():
            return 403, NO_KEY
        case Invalid():
            return 400, f"{theirs(error.field)}: {error.advice}"
        case ElsewhereAsked():
            return 404, f"jurisdiction_id is not known here; leave it out, or send {error.city}"
        case NotFound():
            return 404, f"{error.what} is not known"
        case TooMany():
            return 429, "too many requests from this address; wait, or ask for a token"
        case DependencyDown() | Transient():
            return 503, "a part that is needed does not answer; send the same again"
        case _:
            raise error


def _error(status: int, description: str, shape: Format, headers: dict[str, str] | None = None) -> Response:
    body = written([{"code": status, "description": description}], "errors", shape)
    return Response(body, status, headers, media_type=MEDIA[shape])


def _discovery(base: str) -> dict[str, Any]:
    return {
        "changeset": CHANGED,
        "contact": "Tổng đài 1022",
        "key_service": "Tổng đài 1022",
        "endpoints": [
            {
                "specification": STANDARD,
                "url": f"{base}{ROOT}",
                "changeset": CHANGED,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


async def _strangers_address(request: Request) -> str | None:
    return client_address(request) if await caller(request) == PUBLIC else None
