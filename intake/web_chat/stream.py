"""What is said in web chats as it is said: one look at the turns for all who listen in this process.

Turns of one conversation are written one after the other, under its lock, so whoever goes on after the last id they know misses
none. Nothing is kept here but that id: a listener of a process that died goes on in another.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from intake.web_chat.sessions import Session
from shared.events.contract import Sealed
from shared.http.problems import Problem
from shared.http.streams import HEARTBEAT, event, next_piece
from shared.pacing import Bell
from shared.postgres.transaction import reading
from shared.rounds import Rounds
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import CHAT_CUT, CHAT_LISTENERS

LOOK_SECONDS: Final = 0.5
AT_ONCE: Final = 50  # turns of one chat in one look
WAITING: Final = 2 * AT_ONCE  # pieces that wait for one listener
CHECK_SECONDS: Final = 10.0  # so soon who listens to a chat that has ended is told
MOST_OF_ONE: Final = 4  # listeners of one chat: tabs, and a line that nobody has hung up yet
MOST: Final = 1000  # of one process
RETRY: Final = b"retry: 2000\n\n"  # milliseconds after which a browser comes again


class Listener:
    """`after`: the last turn that they have, or that waits for them."""

    def __init__(self, session: Session, after: int) -> None:
        self.session = session
        self.after = after
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._over = False

    @property
    def has_room(self) -> bool:
        """Who does not keep up is looked for again when they have read."""
        return self._queue.qsize() <= WAITING - AT_ONCE

    def hear(self, turn: int, piece: bytes) -> None:
        if turn > self.after:
            self.after = turn
            self._queue.put_nowait(piece)

    def end(self) -> None:
        self._over = True
        if self._queue.empty():
            self._queue.put_nowait(HEARTBEAT)  # wakes whoever waits

    async def pieces(self) -> AsyncIterator[bytes]:
        yield RETRY
        while True:
            piece = await next_piece(self._queue)
            if self._over and self._queue.empty():
                yield event("expired", {"advice": "Cuộc trò chuyện đã kết thúc. This chat has ended. 1022."})
                return
            yield piece


class ChatStream(Rounds):
    """A loop of the process, and the door for listeners."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._news = Bell()
        super().__init__(every_seconds=LOOK_SECONDS, bell=self._news)
        self._pool = pool
        self._vault = vault
        self._listeners: set[Listener] = set()
        self._checked_at = 0.0

    def ring(self) -> None:
        """Something was said here: who listens need not wait for the next look."""
        self._news.ring()

    def join(self, session: Session, after: int) -> Listener:
        """Raises Problem when too many listen already."""
        mine = sum(one.session.id == session.id for one in self._listeners)
        if mine >= MOST_OF_ONE or len(self._listeners) >= MOST:
            CHAT_CUT.labels("full").inc()
            raise Problem(503, "Too many listen here already. Try again in a moment.", headers={"retry-after": "5"})
        listener = Listener(session, after)
        self._listeners.add(listener)
        CHAT_LISTENERS.set(len(self._listeners))
        self.ring()
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        CHAT_LISTENERS.set(len(self._listeners))

    async def look(self) -> float | None:
        ready = [one for one in self._listeners if one.has_room]
        if not ready:
            return None
        of = defaultdict(list)
        for one in ready:
            of[one.session.contact_point_id].append(one)
        async with reading(self._pool) as connection:
            after = [min(one.after for one in mine) for mine in of.values()]
            rows = await connection.fetch(QUERIES["turns_after"], list(of), after, AT_ONCE)
            keys = await self._vault.keys(connection, {row["key_id"] for row in rows})
            over = await self._over(connection)
        _tell(of, rows, keys)
        for one in ready:
            if one.session.id in over:
                CHAT_CUT.labels("expired").inc()
                one.end()
        counts: dict[UUID, int] = defaultdict(int)
        for row in rows:
            counts[row["contact_point_id"]] += 1
        return 0 if AT_ONCE in counts.values() else None

    async def _over(self, connection: asyncpg.Connection) -> set[UUID]:
        """Chats that have ended while somebody listens; looked for now and then."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return set()
        self._checked_at = time.monotonic()
        asked = {one.session.id for one in self._listeners}
        rows = await connection.fetch(QUERIES["open_chats"], list(asked))
        return asked - {row["id"] for row in rows}


def _tell(of: Mapping[UUID, Sequence[Listener]], rows: Sequence[Any], keys: Mapping[UUID, DataKey]) -> None:
    for row in rows:
        key = keys.get(row["key_id"])  # None: they are being erased
        if key is not None:
            text = key.open(Sealed(key_id=row["key_id"], box=row["text_box"]), purpose="text").decode()
            piece = event("turn", {"speaker": row["speaker"], "text": text, "at": row["at"]}, str(row["id"]))
            for listener in of[row["contact_point_id"]]:
                listener.hear(row["id"], piece)
