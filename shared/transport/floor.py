"""From which outbox id the relay looks. Pure; times are seconds of any steady clock.

Ids are drawn before the commit, so a low one may appear late; one that was taken back never does: it leaves a gap for minutes.
The frequent look leaves out gaps below the highest id seen a minute ago; a full pass finds whatever came later still.
"""

from collections import deque
from typing import Final

EVERYTHING: Final = 0  # ids start at 1


class Floor:
    def __init__(self, *, settle_seconds: float = 60.0, full_every_seconds: float = 10.0) -> None:
        self._settle = settle_seconds
        self._full_every = full_every_seconds
        self._last_full: float | None = None
        self._seen: deque[tuple[float, int]] = deque()

    def next(self, now: float) -> int:
        """The gaps above this id are looked into now."""
        if self._last_full is None or now - self._last_full >= self._full_every:
            self._last_full = now
            return EVERYTHING
        while len(self._seen) > 1 and now - self._seen[1][0] >= self._settle:
            self._seen.popleft()
        if self._seen and now - self._seen[0][0] >= self._settle:
            return self._seen[0][1]
        return EVERYTHING

    def saw(self, highest: int, now: float) -> None:
        """`highest` is the highest id of a look. At most one a second is remembered."""
        if self._seen and now - self._seen[-1][0] < 1.0:
            return
        if not self._seen or highest > self._seen[-1][1]:
            self._seen.append((now, highest))
