"""Being the only one: a session advisory lock on a connection of its own, which dies with it. Says nothing of what is owned."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from shared.errors import DependencyDown
from shared.pacing import Backoff
from shared.postgres.failures import CLIENT_ERRORS, POSTGRES, translated
from shared.postgres.transaction import is_gone
from shared.rounds import Rounds
from shared.transport.queries import QUERIES

ANSWER_SECONDS: Final = 10.0  # a statement that takes longer means that the connection is gone


class Ownership:
    """The session that holds the lock, and the only door through which an owner writes what only the owner may write."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._one_at_a_time = asyncio.Lock()  # a connection answers one question at a time
        self.lost = asyncio.Event()
        if is_gone(connection):  # it broke between the pool's handing it out and our turn: its listeners have been called
            self.lost.set()
        else:
            connection.add_termination_listener(lambda _: self.lost.set())

    async def ask(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Raises DependencyDown: then somebody else may be the owner by now, and nothing was or will be written by us."""
        async with self._one_at_a_time:
            try:
                rows: list[asyncpg.Record] = await self._connection.fetch(statement, *arguments, timeout=ANSWER_SECONDS)
            except TimeoutError:
                raise DependencyDown(POSTGRES) from None
            except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
                # The pool takes a broken connection back a moment before its listeners hear of the end.
                raise translated(error, closed=self.lost.is_set() or is_gone(self._connection)) or error from error
        return rows

    async def unless_lost(self, work: Coroutine[Any, Any, None], *, let_go: Callable[[], None]) -> None:
        """Until the work is done. Raises DependencyDown when the lock is lost first: somebody else may be the owner by now.

        `let_go` is called before the work is cancelled: what commits just then may take a while.
        """
        working, watching = asyncio.create_task(work), asyncio.create_task(self.lost.wait())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise DependencyDown(POSTGRES)
            working.result()
        finally:
            let_go()
            working.cancel()
            watching.cancel()
            await asyncio.wait({working, watching})


class Owner(Rounds):
    """A loop that runs in any number of processes and works in one: it tries to own, works while it does, and else stands by."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        lock_query: str,
        *arguments: Any,
        stand_by_seconds: float,
        backoff: Backoff,
        failed_as: str | None = None,
    ) -> None:
        super().__init__(every_seconds=stand_by_seconds, backoff=backoff, failed_as=failed_as)
        self._pool = pool
        self._lock_query = lock_query
        self._arguments = arguments

    @abstractmethod
    async def own(self, owned: Ownership) -> None:
        """Until stopped, or until the lock may be somebody else's; says by `_is_well` when a failure is a first one again."""

    async def look(self) -> float | None:
        async with try_to_own(self._pool, self._lock_query, *self._arguments) as owned:
            if owned is None:
                return None
            await self.own(owned)
        return 0


@asynccontextmanager
async def try_to_own(pool: asyncpg.Pool, lock_query: str, *arguments: Any) -> AsyncIterator[Ownership | None]:
    """None when somebody else holds the lock. Afterwards the session is ended, so that the lock cannot outlive the owner."""
    try:
        connection: Any = await pool.acquire(timeout=ANSWER_SECONDS)
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        raise translated(error, closed=True) or error from error
    ownership = Ownership(connection)
    owned = True
    try:
        rows = await ownership.ask(lock_query, *arguments)
        owned = rows[0][0]
        if owned:
            await ownership.ask(QUERIES["write_marks_lazily"])
        yield ownership if owned else None
    finally:
        if owned and not is_gone(connection):
            connection.terminate()
        with suppress(asyncpg.PostgresError, *CLIENT_ERRORS):
            await pool.release(connection, timeout=ANSWER_SECONDS)
