"""FastAPI's routes, made whole when they are first asked: to look through the signature and the models of one costs more than a
millisecond, a desk has fifty, and a test asks three.

Until then a route knows its path, its methods and its endpoint, which is what finding and guarding it needs. Whatever else is
read of it (for the OpenAPI document, say) makes it whole, too. One that cannot be made fails only then here; the town that each
run of the stories furnishes begins afresh, as in production, and makes them all at once.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import compile_path, get_name
from starlette.types import Receive, Scope, Send

_make = APIRoute.__init__
_compiled = cache(compile_path)


def make_routes_when_asked() -> None:
    """In this process and in what it forks, from now on."""
    APIRoute.__init__ = _note
    APIRoute.__getattr__ = _missing


def _note(self: APIRoute, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
    self.path, self.endpoint, self.name = path, endpoint, more.get("name") or get_name(endpoint)
    self.path_regex, self.path_format, self.param_convertors = _compiled(path)
    self.methods = {method.upper() for method in more.get("methods") or ["GET"]}
    self.noted = more

    async def first(scope: Scope, receive: Receive, send: Send) -> None:
        _make_whole(self)
        await self.whole(scope, receive, send)

    self.app = first


def _missing(self: APIRoute, name: str) -> Any:
    if "noted" not in self.__dict__:
        raise AttributeError(name, name=name, obj=self)
    _make_whole(self)
    return getattr(self, name)


def _make_whole(self: APIRoute) -> None:
    """Who stands in front of it by now, as the guard, stays there."""
    more = self.__dict__.pop("noted", None)
    if more is not None:
        in_front = self.app
        _make(self, self.path, self.endpoint, **more)
        self.whole, self.app = self.app, in_front
