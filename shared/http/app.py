"""An HTTP application out of routers: every route behind its rule, every error a problem. Refuses to start with a gap."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter
from starlette.routing import Route

from shared.errors import Misconfigured
from shared.http.access import ACCESS, RULES, shape
from shared.http.direct import FrontDoor
from shared.http.guard import Guard
from shared.http.meter import Meter
from shared.http.problems import install_problems
from shared.security.tokens import Tokens

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def build_app(
    routers: Iterable[APIRouter], *, tokens: Tokens, lifespan: Lifespan | None = None, complete: bool = False
) -> FrontDoor:
    """Raises Misconfigured for a route without an entry in ACCESS and, when `complete` (all contexts in one process),
    for an entry without a route."""
    app = FrontDoor(title="TechRescue", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in routers:
        # The routes themselves, not include_router: that matches every route twice and costs each request.
        app.router.routes.extend(router.routes)
    seen: set[tuple[str, str]] = set()
    for route in app.router.routes:
        seen |= _guard(route, tokens)
    # A provider's callbacks come with that provider, the loopback routes with the embedded profile.
    wanted = [route for route, rule in ACCESS.items() if not rule.callback and not rule.loopback]
    if complete and (unserved := [f"{method} {path}" for method, path in wanted if shape(method, path) not in seen]):
        raise Misconfigured(f"in the access table, but no route: {', '.join(unserved)}")
    install_problems(app)
    app.open()
    return app


def _guard(route: Any, tokens: Tokens) -> set[tuple[str, str]]:
    """Puts the guard in front of one route; says which entries it uses."""
    if not isinstance(route, Route) or not route.methods:
        raise Misconfigured(f"only plain routes can be guarded, not {type(route).__name__}; mount routers flat")
    shapes = {shape(method, route.path) for method in route.methods - {"HEAD"}}
    rules = {RULES.get(entry) for entry in shapes}
    if len(rules) != 1 or None in rules:
        raise Misconfigured(f"{sorted(route.methods)} {route.path} has no entry of its own in shared/http/access.py")
    (rule,) = rules
    assert rule is not None  # noqa: S101 - shown above
    route.app = Guard(route.app, rule, tokens, Meter(route.path))
    return shapes
