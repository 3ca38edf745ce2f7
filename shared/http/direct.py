"""Routes whose endpoint takes the request as it is, and the application that leads to them by the shortest way.

FastAPI documents them like all others. On the way it would look for dependencies they have not, walk through four middlewares
whose work the guard does, and open three exit stacks: half of what a route costs that does nothing.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.http.openapi import complete


class Direct(APIRoute):
    """An endpoint `(Request) -> Response` behind its guard, which answers every error."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.app = self._answer

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


class JsonAnswer(Response):
    """JSON bytes as they are, and header fields as they go out: nothing that would have to be looked at again."""

    def __init__(self, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json"), *headers]


def json_answer(body: Any, status: int = 200) -> JsonAnswer:
    """What orjson does not know, as asyncpg's own UUID, is told as its text."""
    return JsonAnswer(status, orjson.dumps(body, default=str))


class FrontDoor(FastAPI):
    """Direct routes without a parameter in their path are found by method and path alone; everything else goes FastAPI's way."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema

    def open(self) -> None:
        """Once all routes are there and guarded."""
        plain = [route for route in self.router.routes if isinstance(route, Direct) and "{" not in route.path]
        self._plain: dict[tuple[str, str], Direct] = {
            (method, route.path): route for route in plain for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._plain.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await super().__call__(scope, receive, send)
        else:
            scope["route"] = route
            await route.app(scope, receive, send)
