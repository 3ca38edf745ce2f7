"""The board as it changes: one look at the changes for all listeners of this process, what is new read once for each sight.

A change is told once every transaction that could still come before it has ended, so that who goes on after an id misses none.
What is told is the request as it is then; several changes within a look are one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.desk.board import DeskBoard, Wanted
from intake.desk.cursor import Position, read_position
from intake.desk.listener import Listener
from intake.desk.sight import Sight
from intake.queries import QUERIES
from shared.http.problems import Problem
from shared.http.streams import event
from shared.postgres.transaction import reading
from shared.rounds import Rounds
from shared.telemetry.metrics_intake import DESK_CUT, DESK_LISTENERS

LOOK_SECONDS: Final = 0.5
AT_ONCE: Final = 500  # changes of one look
CAUGHT_UP: Final = 2000  # … of somebody who was away; of more they read the board anew
MOST_LISTENERS: Final = 300  # of one process


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    position: Position
    request_id: UUID
    commune_was: str | None


class BoardStream(Rounds):
    """A loop of the process, and the door for listeners."""

    def __init__(self, pool: asyncpg.Pool, board: DeskBoard) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._board = board
        self._listeners: set[Listener] = set()
        self._position: Position | None = None  # up to which everybody has been told; None: nobody listens
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> float | None:
        async with self._one_at_a_time:
            if not self._listeners or self._position is None:
                self._position = None
                return None
            changes, now = await self._changes(self._position, AT_ONCE)
            if changes:
                await self._tell(self._listeners, changes, now)
                self._position = changes[-1].position
        return 0 if len(changes) == AT_ONCE else None

    async def join(
        self, sight: Sight, wanted: Wanted, last_id: str | None, *, names: bool, still_welcome: Callable[[], Awaitable[bool]]
    ) -> Listener:
        """What somebody hears from now on, or from after `last_id`. Raises Problem when too many listen already."""
        if len(self._listeners) >= MOST_LISTENERS:
            DESK_CUT.labels("full").inc()
            raise Problem(503, "Too many listen to the board here. Try again in a moment.", headers={"retry-after": "5"})
        async with self._one_at_a_time:
            if self._position is None:
                self._position = await self._horizon()
            listener = Listener(sight, wanted, names=names, still_welcome=still_welcome, leave=self._leave)
            await self._begin(listener, self._position, last_id)
            self._listeners.add(listener)
        DESK_LISTENERS.set(len(self._listeners))
        return listener

    def _leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        DESK_LISTENERS.set(len(self._listeners))

    async def _begin(self, listener: Listener, position: Position, last_id: str | None) -> None:
        """Whoever was here before hears what they missed, or that they have to read the board anew; then that they are there."""
        async with reading(self._pool) as connection:
            now: datetime = await connection.fetchval(QUERIES["real_now"])
        last = None if last_id is None else read_position(last_id, now)
        missed = [] if last is None else (await self._changes(last, CAUGHT_UP))[0]
        if last_id is not None and (last is None or last > position or len(missed) == CAUGHT_UP):
            listener.hear(event("reset", {"why": "read the board again: GET /v1/board"}))
        elif missed:
            await self._tell([listener], [change for change in missed if change.position <= position], now)
        listener.hear(event("hello", {}, position.text(now)))

    async def _tell(self, listeners: Iterable[Listener], changes: Sequence[Change], now: datetime) -> None:
        last = {change.request_id: change for change in changes}  # the last of each, in the order of their last ones
        newest = sorted(last.values(), key=lambda change: change.position)
        shown: dict[tuple[Sight, bool], Mapping[UUID, dict[str, Any]]] = {}
        for listener in list(listeners):
            kind = listener.sight, listener.names
            if kind not in shown:
                shown[kind] = await self._board.items(listener.sight, list(last), names=listener.names)
            was_there = {change.request_id for change in changes if listener.saw(change.commune_was)}
            for change in newest:
                self._say(listener, change, shown[kind].get(change.request_id), change.request_id in was_there, now)

    def _say(self, listener: Listener, change: Change, item: Mapping[str, Any] | None, was_there: bool, now: datetime) -> None:
        id_ = change.position.text(now)
        if item is not None and listener.wants(item):
            listener.hear(event("request", item, id_))
        elif was_there:
            listener.hear(event("gone", {"id": change.request_id}, id_))

    async def _changes(self, after: Position, most: int) -> tuple[list[Change], datetime]:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["changes_of_board"], str(after.xid), after.id, most)
            now: datetime = await connection.fetchval(QUERIES["real_now"])
        found = [
            Change(position=Position(int(row["xid"]), row["id"]), request_id=row["request_id"], commune_was=row["commune_was"])
            for row in rows
        ]
        return found, now

    async def _horizon(self) -> Position:
        async with reading(self._pool) as connection:
            return Position(int(await connection.fetchval(QUERIES["horizon_of_board"])), 0)
