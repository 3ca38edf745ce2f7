"""What a caller is told who tries too often. Who counts the tries, in the database, is `intake/limits.py`."""

from collections.abc import Mapping

from shared.errors import TechRescueError


class TooMany(TechRescueError):
    """HTTP 429. `told`: more for the body of the answer, where somebody must know what to do meanwhile. `first`: of this window;
    what is tried in spite of it need not be noted again."""

    def __init__(self, retry_after_seconds: float, told: Mapping[str, str] | None = None, *, first: bool = False) -> None:
        super().__init__("too many tries")
        self.retry_after_seconds = retry_after_seconds
        self.told = dict(told or {})
        self.first = first
