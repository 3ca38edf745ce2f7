"""Waiting: a bell that wakes a loop early, and back-off with jitter. Decisions about time belong elsewhere."""

import asyncio
import random


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
