"""Counts the answers of one route and how long they took. The guard reads it, so that refusals are measured, too."""

from prometheus_client import Counter, Histogram

from shared.telemetry.metrics import HTTP_REQUESTS, HTTP_SECONDS


class Meter:
    """`path` is the route's template: an address as somebody called it would be a label without end, and may hold a code."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._counters: dict[tuple[str, int], Counter] = {}  # kept: looking labels up costs more than counting
        self._clocks: dict[str, Histogram] = {}

    def note(self, method: str, status: int, seconds: float) -> None:
        """Status 0: the caller hung up before there was an answer."""
        if (method, status) not in self._counters:
            self._counters[method, status] = HTTP_REQUESTS.labels(method, self._path, str(status))
            self._clocks[method] = HTTP_SECONDS.labels(method, self._path)
        self._counters[method, status].inc()
        self._clocks[method].observe(seconds)
