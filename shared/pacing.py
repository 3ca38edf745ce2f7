"""Waiting: a bell that wakes a loop early, a tempo for what is dear to begin, and back-off with jitter.

What is waited for, and how long, is decided by those who use it.
"""

import asyncio
import math
import random
from typing import Final

MEMORY_SECONDS: Final = 1.0  # how far back a tempo reaches when it counts


class Bell:
    """Wakes one waiting loop. Rung while nobody waits, the next wait returns at once: a ring is never lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """True when it rang, False when the time was over first."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Tempo:
    """When to begin again with what costs much for however few: at once while few come, for some together while many do.

    Above `many` a second, two beginnings are as far apart as `together` need to come, at most `longest_seconds`. Pure; `now` is
    seconds of a clock that never goes back.
    """

    def __init__(self, *, many: float, together: float, longest_seconds: float) -> None:
        self._many = many
        self._together = together
        self._longest_seconds = longest_seconds
        self._recent = 0.0  # how many came lately; fades
        self._counted_at = -math.inf
        self._began_at = -math.inf

    def came(self, now: float, count: int = 1) -> None:
        self._recent = self._recent * math.exp((self._counted_at - now) / MEMORY_SECONDS) + count
        self._counted_at = now

    def began(self, now: float) -> None:
        self._began_at = now

    def rest(self, now: float, *, waiting: int = 0) -> float:
        """Seconds until it is worth while to begin again; `waiting`: so many are there already."""
        rate = self._recent / MEMORY_SECONDS
        if rate <= self._many or waiting >= self._together:
            return 0.0
        return max(0.0, self._began_at + min(self._together / rate, self._longest_seconds) - now)


class Backoff:
    """Doubling delays with jitter: many processes that lost the same database do not come back in the same instant."""

    def __init__(self, first_seconds: float, last_seconds: float) -> None:
        self._first = first_seconds
        self._last = last_seconds
        self._next = first_seconds

    def delay(self) -> float:
        """Seconds to wait before the next try: between a half and the whole of the present step."""
        step = self._next
        self._next = min(self._next * 2, self._last)
        return step * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret

    def reset(self) -> None:
        self._next = self._first
