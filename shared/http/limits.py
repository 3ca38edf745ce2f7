"""What a caller is told who tries too often. Who counts the tries, in the database, is `intake/limits.py`."""

from shared.errors import TechRescueError


class TooMany(TechRescueError):
    """HTTP 429."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("too many tries")
        self.retry_after_seconds = retry_after_seconds
