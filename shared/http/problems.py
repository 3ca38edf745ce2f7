"""How an error is told to a client: RFC 9457 problem+json that says what to do, and never repeats what was sent."""

import math
import re
from collections.abc import Mapping, Sequence
from functools import singledispatch
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.errors import DependencyDown, Invalid, NotFound, NotYours, Refused, TechRescueError, Transient
from shared.http.limits import TooMany

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 2
MOST_ERRORS: Final = 20

# pydantic words these with a piece of the input in them.
_OWN_WORDS: Final[Mapping[str, str]] = {
    "extra_forbidden": "a field that is not known here; leave it out",
    "union_tag_invalid": "not one of the known kinds",
    "uuid_parsing": "must be a UUID",
    "json_invalid": "is not valid JSON",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
}


# Letters only, in few words: no number hides in it, and a sentence is none.
_FIELD: Final = re.compile(r"[a-zA-Z]{1,20}(?:_[a-zA-Z]{1,20}){0,3}")


class Problem(TechRescueError):
    """An answer that is decided at the edge itself: a status and what to do about it."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """`more` are extension members, e.g. `reason` or `errors`."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


@singledispatch
def response_for(_error: Exception) -> Response | None:
    """The answer to every error we know; None for one we do not know."""
    return None


@response_for.register
def _(error: Problem) -> Response:
    return problem_response(error.status, error.detail, headers=error.headers)


@response_for.register
def _(error: Refused) -> Response:
    return problem_response(409, error.advice, reason=error.reason)


@response_for.register
def _(error: NotYours) -> Response:
    return problem_response(403, error.advice, reason=error.reason)


@response_for.register
def _(error: NotFound) -> Response:
    return problem_response(404, f"There is no such {error.what}.")


@response_for.register
def _(error: Invalid) -> Response:
    told = {"pointer": _pointer(error.field.split(".")), "detail": error.advice}
    # With the name in front: of a header, which no pointer can show, nobody would know what is meant.
    return problem_response(422, f"{error.field}: {error.advice}", errors=[told])


@response_for.register
def _(error: TooMany) -> Response:
    wait = max(1, math.ceil(error.retry_after_seconds))
    detail = f"Too many tries. Try again in {math.ceil(wait / 60)} min."
    return problem_response(429, detail, headers={"retry-after": str(wait)}, retry_after_seconds=wait, **error.told)


@response_for.register(DependencyDown)
@response_for.register(Transient)
def _(_error: Exception) -> Response:
    detail = "A part that is needed does not answer right now. Send the same request again, with the same Idempotency-Key."
    return problem_response(503, detail, headers={"retry-after": str(RETRY_SECONDS)})


@response_for.register
def _(error: ValidationError) -> Response:
    return invalid_response(error.errors(include_url=False, include_input=False))


@response_for.register
def _(error: RequestValidationError) -> Response:
    return invalid_response(error.errors())


@response_for.register
def _(error: HTTPException) -> Response:
    return problem_response(error.status_code, _http_detail(error.status_code), headers=error.headers)


def invalid_response(errors: Sequence[Any]) -> Response:
    """422 with a pointer and an advice for each field that does not fit (the first MOST_ERRORS)."""
    told = [_told(error) for error in errors[:MOST_ERRORS]]
    detail = f"{len(errors)} field(s) do not fit; see `errors`." if errors else "The request does not fit."
    return problem_response(422, detail, errors=told)


def install_problems(app: FastAPI) -> None:
    for kind in (TechRescueError, RequestValidationError, ValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(405, _http_detail(405), headers={"allow": _allowed(request)})
    response = response_for(error)
    if response is None:
        raise error
    return response


def _allowed(request: Request) -> str:
    """Of all routes at this address; the router knows only the first."""
    routes = [one for one in request.app.routes if isinstance(one, Route) and one.path_regex.match(request.scope["path"])]
    return ", ".join(sorted({method for route in routes for method in route.methods or ()}))


def _told(error: Mapping[str, Any]) -> dict[str, str]:
    """An unknown field's name is the client's own text: it is told where it looks like a name, so that a slip is found; else the
    pointer ends at the object that holds it."""
    kind = error["type"]
    place = [part for part in error["loc"] if part not in {"body", "path", "query", "header"}]
    if kind == "extra_forbidden" and not (place and _FIELD.fullmatch(str(place[-1]))):
        place = place[:-1]
    if kind == "json_invalid":
        place = []
    return {"pointer": _pointer(place), "detail": _OWN_WORDS.get(kind, error["msg"])}


def _pointer(parts: Sequence[Any]) -> str:
    """RFC 6901 as a URI fragment. Only plain names: a key of a free dict is the client's text as well."""
    return "#" + "".join(f"/{part}" for part in parts if isinstance(part, int) or str(part).isidentifier())


def _http_detail(status: int) -> str:
    match status:
        case 404:
            return "There is nothing at this address; /openapi.json lists what there is."
        case 405:
            return "This address does not take this method; see the Allow header."
        case _:
            return f"{HTTPStatus(status).phrase}."
