"""How a Kafka consumer fetches: at once while events are few, gathered by the broker while they are many. No I/O but one knob.

Each answer costs this process and the broker some tenths of a millisecond, whatever it holds (see fetch_session.py for what it
would cost otherwise). Answering each event at once is right for a quiet town and would be much of what a busy process does.
"""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Patience:
    """The broker answers as soon as `least_bytes` are there, or after `wait_ms`."""

    wait_ms: int
    least_bytes: int


AT_ONCE: Final = Patience(wait_ms=500, least_bytes=1)
GATHERED: Final = Patience(wait_ms=10, least_bytes=64 * 1024)
UNHURRIED: Final = Patience(wait_ms=100, least_bytes=64 * 1024)  # the same where nobody waits for each event

WINDOW_SECONDS: Final = 0.5
BUSY_ANSWERS: Final = 150  # with events, in one window: more would cost more than gathering delays
STILL_BUSY_ANSWERS: Final = 40  # of the 50 that gathering leaves of a window
SOME_ANSWERS: Final = 2  # where nobody waits. At rest an answer ten times a second with nothing in it would be all there is to do


class FetchPace:
    """Counts answers that had events, and says how patient the next fetches are."""

    def __init__(self, *, hurried: bool) -> None:
        self.patience = AT_ONCE
        self._gathered = GATHERED if hurried else UNHURRIED
        self._busy, self._still_busy = (BUSY_ANSWERS, STILL_BUSY_ANSWERS) if hurried else (SOME_ANSWERS, SOME_ANSWERS)
        self._window_ends = 0.0
        self._answers = 0

    def answered(self, now: float, *, events: bool) -> bool:
        """True when the patience has changed. `now` on a monotonic clock, in seconds."""
        self._answers += events
        if now < self._window_ends:
            return False
        before = self.patience
        busy = self._answers >= (self._busy if before is AT_ONCE else self._still_busy)
        self.patience = self._gathered if busy else AT_ONCE
        self._window_ends, self._answers = now + WINDOW_SECONDS, 0
        return self.patience is not before


def set_patience(consumer: Any, patience: Patience) -> None:
    """For a consumer that has started. aiokafka takes these two only when it is made, but reads them for every fetch."""
    fetcher = consumer._fetcher  # noqa: SLF001 - no public way; test_fetching.py notices when they are renamed
    fetcher._fetch_max_wait_ms = patience.wait_ms  # noqa: SLF001
    fetcher._fetch_min_bytes = patience.least_bytes  # noqa: SLF001
