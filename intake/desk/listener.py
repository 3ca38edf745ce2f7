"""One listener to the board: what they want, what waits for them, and when they are cut off. Knows no database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

from intake.desk.board import Wanted
from intake.desk.sight import Sight
from shared.http.streams import HEARTBEAT, event, next_piece
from shared.telemetry.metrics_intake import DESK_CUT

WAITING: Final = 512  # pieces; who has so many to read does not keep up
RETRY: Final = b"retry: 3000\n\n"  # after so many milliseconds a browser comes again


class Listener:
    def __init__(
        self,
        sight: Sight,
        wanted: Wanted,
        *,
        names: bool,
        still_welcome: Callable[[], Awaitable[bool]],
        leave: Callable[["Listener"], None],
        waiting: int = WAITING,
    ) -> None:
        self.sight = sight
        self.names = names
        self._wanted = wanted
        self._still_welcome = still_welcome
        self._leave = leave
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(waiting)
        self._cut: str | None = None

    def saw(self, commune_code: str | None) -> bool:
        """Whether they could have had a request of this commune on their screen."""
        ours = self._wanted.commune_code or self.sight.commune_code
        in_sight = self.sight.commune_code is None or commune_code == self.sight.commune_code
        return in_sight and (ours is None or commune_code == ours)

    def wants(self, item: Mapping[str, Any]) -> bool:
        wanted = self._wanted
        return (
            item["danger_at"] is not None
            and wanted.commune_code in {None, item["commune_code"]}
            and item["status"] in wanted.statuses
            and item["priority"] in wanted.priorities
        )

    def hear(self, piece: bytes) -> None:
        """Never waits: whoever does not keep up is cut off, so that the others are not slowed down by them."""
        if self._cut is None:
            try:
                self._queue.put_nowait(piece)
            except asyncio.QueueFull:
                self._end("slow")

    def leave(self) -> None:
        self._leave(self)

    async def pieces(self) -> AsyncIterator[bytes]:
        yield RETRY
        while True:
            piece = await next_piece(self._queue)
            if self._cut is None and not await self._still_welcome():
                self._end("token")
            if self._cut is not None:
                yield event("cut", {"reason": self._cut, "why": _WHY[self._cut]})
                return
            yield piece

    def _end(self, reason: str) -> None:
        self._cut = reason
        self._leave(self)
        DESK_CUT.labels(reason).inc()
        if self._queue.empty():
            self._queue.put_nowait(HEARTBEAT)  # wakes whoever waits


_WHY: Final = {
    "slow": "You did not keep up. Connect again with Last-Event-ID: what you missed is told.",
    "token": "Your token has ended. Ask for a new one.",
}
