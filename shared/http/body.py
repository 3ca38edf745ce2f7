"""Reading a request body that anybody may have written: bounded, UTF-8, flat, and only text that a database takes."""

import json
import re
from functools import cache
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import Message, Receive

from shared.http.problems import Problem

MOST_BYTES: Final = 64 * 1024
DRAIN_BYTES: Final = 4 * 1024 * 1024  # read and thrown away, so that the client sees the answer and no broken pipe
DEEPEST: Final = 20

BODY: Final = "techrescue.body"  # where the guard leaves the checked bytes in the ASGI scope

# Escapes that may give a control character or a lone surrogate, and constants that are no JSON: then look closely.
_SUSPICIOUS: Final = re.compile(rb"\\u(?:00[01789]|[dD][89a-fA-F])|NaN|Infinity|\x7f")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

M = TypeVar("M", bound=BaseModel)


class JsonBody(Generic[M]):
    """`Depends(JsonBody(Model))`: the model straight from the bytes. `openapi_extra=….schema()` documents it."""

    def __init__(self, model: type[M]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> M:
        return self.parse(request)

    def parse(self, request: Request) -> M:
        """Raises pydantic's ValidationError, which the edge tells as 422. Strict: "3" is no number and "no" no answer."""
        body: bytes = request.scope.get(BODY, b"")
        if not body:
            raise Problem(400, "A JSON object is expected as the body.")
        return self.model.__pydantic_validator__.validate_json(body, strict=True)  # type: ignore[no-any-return]

    def optional(self, request: Request) -> M:
        """Without a body, the model as it is when nobody says anything."""
        return self.parse(request) if request.scope.get(BODY, b"") else self.model()

    def schema(self, *, required: bool = True) -> dict[str, Any]:
        """For `openapi_extra` of the route."""
        return {"requestBody": {"required": required, "content": {"application/json": {"schema": _told(self.model)}}}}


async def body_of(request: Request) -> bytes:
    """As it is: what the guard has put aside, or where no guard stands, what comes."""
    body: bytes | None = request.scope.get(BODY)
    return await request.body() if body is None else body


async def read_body(receive: Receive, content_length: bytes | None, most_bytes: int = MOST_BYTES) -> bytes:
    """The whole body; raises Problem 413 when it is longer than `most_bytes`, whatever the header said, 400 for half of one."""
    if content_length is not None and not content_length.isdigit():
        raise Problem(400, "Content-Length is not a number.")
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False) and len(body) <= most_bytes and message["type"] != "http.disconnect":
        return body
    parts, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        size += len(message.get("body", b""))
        if size <= most_bytes:
            parts.append(message.get("body", b""))
        if size > most_bytes + DRAIN_BYTES or message["type"] == "http.disconnect":
            break
    if message["type"] == "http.disconnect":
        raise Problem(400, "The body did not come whole.")  # nobody hears it; but half a body may look like a whole one
    if size > most_bytes:
        raise Problem(413, f"The body is too long; {most_bytes // 1024} KiB is the most.", headers={"connection": "close"})
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body once more to whoever reads it after us."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def check_json(body: bytes, content_type: bytes) -> None:
    """What no model can see any more: encoding, depth, text that PostgreSQL refuses. Raises Problem 400, 415 or 422."""
    if not content_type.lower().startswith(b"application/json"):
        raise Problem(415, "Send the body as application/json in UTF-8.")
    if not body.isascii():
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            raise Problem(400, "The body is not UTF-8.") from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(body) > DEEPEST:
        raise Problem(400, f"The body is nested too deeply; {DEEPEST} levels are the most.")
    if _SUSPICIOUS.search(body) is not None:
        _look_closely(body)


_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


def _depth(body: bytes) -> int:
    """Deepest nesting, brackets within strings not counted. Never recursive: that is the attack."""
    deepest = depth = 0
    for bracket in _STRINGS.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _look_closely(body: bytes) -> None:
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except ValueError:
        raise Problem(400, "The body is not valid JSON.") from None
    for text in _texts(value):
        if _FORBIDDEN.search(text):
            raise Problem(422, "A text holds control characters or half a surrogate pair; send plain text.")


def _refuse_constant(_name: str) -> None:
    raise ValueError("not JSON")


def _texts(value: Any) -> list[str]:
    """All keys and strings. At most DEEPEST levels, so recursion is safe."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *_texts(item))]
    return []


@cache
def _told(model: type[BaseModel]) -> dict[str, Any]:
    """Worked out once: several routes take the same, and tests build the application a thousand times."""
    return inlined(model.model_json_schema())


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """pydantic's `$defs` written out in place: references inside an OpenAPI document start elsewhere."""
    definitions = schema.pop("$defs", {})

    def written_out(node: Any) -> Any:
        if isinstance(node, list):
            return [written_out(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return written_out(definitions[node["$ref"].removeprefix("#/$defs/")])
        return {key: written_out(item) for key, item in node.items()}

    found: dict[str, Any] = written_out(schema)
    return found
