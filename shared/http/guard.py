"""What stands in front of every route: who is calling, may they, and is the body one that can be read. Plain ASGI, no copies."""

import re
import time
import traceback
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.access import Rule
from shared.http.body import BODY, MOST_BYTES, check_json, read_body, replay
from shared.http.meter import Meter
from shared.http.problems import Problem, problem_response, response_for
from shared.security.tokens import PUBLIC, Caller, Tokens

CALLER: Final = "techrescue.caller"
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
CHALLENGE: Final = {"www-authenticate": 'Bearer realm="techrescue"'}

_LINK: Final = re.compile(rb"(?:^|&)t=([A-Za-z0-9_-]{16,64})(?:&|$)")

log = structlog.get_logger()


async def caller(request: Request) -> Caller:
    """`Depends(caller)`: who is calling; the guard has already made sure that they may."""
    known: Caller = request.scope[CALLER]
    return known


def client_address(request: Request) -> str:
    """For limits; uvicorn's proxy headers have put the right one here when there is a trusted proxy."""
    return request.client.host if request.client else "unknown"


class Guard:
    """One route's app behind its rule."""

    def __init__(self, app: ASGIApp, rule: Rule, tokens: Tokens, meter: Meter) -> None:
        self._app = app
        self._meter = meter
        self._rule = rule
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, began, answered = 0, time.perf_counter(), 0.0

        async def watched(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.perf_counter()  # a stream goes on for hours
            await send(message)

        try:
            receive = await self._admit(scope, receive)
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the client gets an answer and we get a log line
            response = response_for(error) or _unknown(error, scope)
            if not status:
                await response(scope, receive, watched)
        finally:
            self._meter.note(scope["method"], status, (answered or time.perf_counter()) - began)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Who is calling, and the body checked and put aside; raises the Problem that is the answer."""
        authorization = content_type = b""
        length: bytes | None = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"content-type":
                content_type = value
            elif name == b"content-length":
                length = value
        _check_address(scope)
        scope[CALLER] = await self._caller(scope, authorization)
        if scope["method"] not in WITH_BODY:
            return receive
        body = await read_body(receive, length, self._rule.file_bytes or MOST_BYTES)
        if body and not self._rule.callback and not self._rule.file_bytes:
            check_json(body, content_type)
        scope[BODY] = body
        return replay(body, receive)

    async def _caller(self, scope: Scope, authorization: bytes) -> Caller:
        rule = self._rule
        if rule.loopback and (scope["client"] is None or scope["client"][0] not in LOOPBACK_HOSTS):
            raise Problem(404, "There is nothing at this address.")
        if not authorization:
            if rule.link and (found := _LINK.search(scope["query_string"])):
                return Caller("link", "link", link=found[1].decode())
            if rule.public:
                return PUBLIC
            raise Problem(401, "Send `Authorization: Bearer <token>`.", headers=CHALLENGE)
        if rule.callback:
            return PUBLIC
        scheme, _, secret = authorization.decode("latin-1").partition(" ")
        known = await self._tokens.check(secret.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            raise Problem(401, "This token is not known, has expired or was revoked. Ask for a new one.", headers=CHALLENGE)
        if known.role not in rule.roles:
            raise Problem(403, f"This needs the role {' or '.join(sorted(rule.roles))}; ask whoever gave you the token.")
        if known.commune_code is not None and not rule.is_for_communes():
            raise Problem(403, "Your token is for one commune, and this is of the whole city; ask an operator of the city.")
        return known


def _check_address(scope: Scope) -> None:
    if not scope["path"].isprintable() or b"%00" in scope["query_string"]:
        raise Problem(400, "The address holds control characters.")


def _unknown(error: Exception, scope: Scope) -> Response:
    """The error's text stays out of the log: it may quote a person's data (law 12). Where it happened is enough."""
    route = scope.get("route")
    where = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error("http.request.failed", error=type(error).__name__, route=getattr(route, "path", None), where=where[-8:])
    return problem_response(500, "Something went wrong on our side; it has been recorded.")
