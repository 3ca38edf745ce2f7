"""How often one caller may try: a bounded leaky bucket per key, in this process. With n processes it is n times as often."""

import time
from collections.abc import Callable
from typing import Final

from shared.errors import TechRescueError

MOST_KEYS: Final = 50_000


class TooMany(TechRescueError):
    """HTTP 429."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("too many tries")
        self.retry_after_seconds = retry_after_seconds


class Limiter:
    """`times` at once, and then again `times` in each `per_seconds`, evenly."""

    def __init__(self, times: int, per_seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._each = per_seconds / times
        self._burst = per_seconds
        self._clock = clock
        self._free_at: dict[str, float] = {}  # when this key's bucket will be empty again

    def check(self, key: str) -> None:
        """Counts one try; raises TooMany when there were too many (a refused try does not count)."""
        now = self._clock()
        free_at = max(self._free_at.pop(key, now), now)
        wait = free_at + self._each - self._burst - now
        # Rounding must not refuse the last of `times` that are allowed at once.
        if wait > self._each * 1e-6:
            self._free_at[key] = free_at
            raise TooMany(wait)
        if len(self._free_at) >= MOST_KEYS:
            del self._free_at[next(iter(self._free_at))]  # the one not seen for longest
        self._free_at[key] = free_at + self._each
