"""What time is it? Decisions get `now` handed in; only edges that have no database transaction ask a Clock.

Inside a transaction the time is `transport.app_clock()`, read after the lock (law 9): the database is the one clock all
processes share. `SystemClock` is for what never decides: log lines, back-off, the age of a cache.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
