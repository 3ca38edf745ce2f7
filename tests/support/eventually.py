"""Waiting for something to become true. Tests never sleep; they say what they wait for."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

PATIENCE_SECONDS = 60.0  # generous, for a busy machine; costs nothing where the system is well
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.1  # who looks all the time slows down what they wait for


@overload
async def eventually(check: Callable[[], Awaitable[T]], within: float = PATIENCE_SECONDS, *, what: str = "") -> T: ...
@overload
async def eventually(check: Callable[[], T], within: float = PATIENCE_SECONDS, *, what: str = "") -> T: ...
async def eventually(check: Callable[[], Any], within: float = PATIENCE_SECONDS, *, what: str = "") -> Any:
    """Calls `check` until it gives something true, and gives that back; an AssertionError in it counts as "not yet"."""
    deadline, pause = time.monotonic() + within, FIRST_PAUSE_SECONDS
    while True:
        last: object
        try:
            last = check()
            if inspect.isawaitable(last):
                last = await last
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what or check!r}; last seen: {last!r}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
