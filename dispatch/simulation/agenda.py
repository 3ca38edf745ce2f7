"""What happens next, and when: moments on a clock that is only a number. At the same moment: in the order they were put."""

import heapq
from collections.abc import Callable
from itertools import count

Act = Callable[[float], None]


class Agenda:
    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Act]] = []
        self._order = count()

    def put(self, at: float, act: Act) -> None:
        heapq.heappush(self._heap, (at, next(self._order), act))

    def next_at(self) -> float:
        """Infinite when nothing is left to happen."""
        return self._heap[0][0] if self._heap else float("inf")

    def act(self) -> float:
        """Lets the next thing happen; when that was."""
        at, _, act = heapq.heappop(self._heap)
        act(at)
        return at
