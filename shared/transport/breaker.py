"""When a consumer has to stop rather than turn a whole topic into dead letters. Pure: counts records, knows no clock."""

from collections import deque
from typing import Final

from shared.errors import TechRescueError

WINDOW: Final = 200  # records that are looked back on


class TooManyDeadLetters(TechRescueError):
    """Not the events are wrong but we are, most likely: a bad deploy. The consumer stops and somebody has to look."""


class Breaker:
    """Trips at `least` dead letters among the last WINDOW records, when they are more than `share` of those."""

    def __init__(self, *, least: int = 20, share: float = 0.1) -> None:
        self._least = least
        self._share = share
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._dead = 0

    def handled(self, count: int) -> None:
        for _ in range(min(count, WINDOW)):
            self._remember(dead=False)

    def died(self) -> None:
        """Raises TooManyDeadLetters."""
        self._remember(dead=True)
        if self._dead >= self._least and self._dead > self._share * len(self._last):
            raise TooManyDeadLetters(f"{self._dead} dead letters among the last {len(self._last)} events")

    def _remember(self, *, dead: bool) -> None:
        if len(self._last) == WINDOW and self._last[0]:
            self._dead -= 1
        self._last.append(dead)
        self._dead += dead
