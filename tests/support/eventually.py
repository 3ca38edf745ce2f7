"""Waiting for something to become true. Tests never sleep; they say what they wait for."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")

PAUSE_SECONDS = 0.02


async def eventually(check: Callable[[], T | Awaitable[T]], within: float = 5.0, *, what: str = "") -> T:
    """Calls `check` until it gives something true, and gives that back; an AssertionError in it counts as "not yet"."""
    deadline = time.monotonic() + within
    while True:
        last: object
        try:
            found = check()
            last = await found if inspect.isawaitable(found) else found
            if last:
                return cast("T", last)
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what or check!r}; last seen: {last!r}")
        await asyncio.sleep(PAUSE_SECONDS)
