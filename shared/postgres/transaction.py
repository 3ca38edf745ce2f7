"""The doors to a COMMIT, and a door for reading. All are bounded and speak our kinds of error. No SQL of a context."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Final, TypeVar

import asyncpg

from shared.crash import crash_point
from shared.postgres.failures import CLIENT_ERRORS, translated

T = TypeVar("T")

ACQUIRE_SECONDS: Final = 5.0
RELEASE_SECONDS: Final = 5.0


@asynccontextmanager
async def transaction(pool: asyncpg.Pool, site: str, *, limit_seconds: float = 10) -> AsyncIterator[asyncpg.Connection]:
    """READ COMMITTED. `site` names the commit in shared/crash.py. Raises Transient, DependencyDown, or what the body raised.

    DependencyDown after the body has ended means *unknown*: the COMMIT may have happened. Callers need an inbox, an
    idempotency key or a guard, and have one.
    """
    async with _borrowed(pool, limit_seconds) as connection:
        started = connection.transaction()
        await started.start()
        try:
            yield connection
        except asyncio.CancelledError:
            _drop(connection)  # no round trip to a server that may be the reason for the cancel
            raise
        except BaseException:
            if not is_gone(connection):
                await started.rollback()
            raise
        crash_point(site, "before")
        await _uncancelled(started.commit())
        crash_point(site, "after")


async def commit_one(
    pool: asyncpg.Pool, site: str, statement: str, *arguments: Any, limit_seconds: float = 10
) -> list[asyncpg.Record]:
    """One statement that is a transaction by itself: a round trip, where BEGIN and COMMIT would make it three.

    For work that is decided before it is written. Its rows, and errors as those of `transaction`.
    """
    async with _borrowed(pool, limit_seconds) as connection:
        crash_point(site, "before")
        rows = await _uncancelled(connection.fetch(statement, *arguments))
        crash_point(site, "after")
    return rows


@asynccontextmanager
async def reading(pool: asyncpg.Pool, *, limit_seconds: float = 5) -> AsyncIterator[asyncpg.Connection]:
    """A connection to read with, each statement its own snapshot. Writes belong in `transaction`."""
    async with _borrowed(pool, limit_seconds) as connection:
        yield connection


@asynccontextmanager
async def reading_together(pool: asyncpg.Pool, *, limit_seconds: float = 5) -> AsyncIterator[asyncpg.Connection]:
    """As `reading`, within a transaction that cannot write: what is set for it alone, as a role, ends with it."""
    async with _borrowed(pool, limit_seconds) as connection, connection.transaction(readonly=True):
        yield connection


async def app_now(connection: asyncpg.Connection) -> datetime:
    """The time all decisions use; read it after the lock (law 9)."""
    now: datetime = await connection.fetchval("select transport.app_clock()")
    return now


@asynccontextmanager
async def _borrowed(pool: asyncpg.Pool, limit_seconds: float) -> AsyncIterator[asyncpg.Connection]:
    connection = await _acquire(pool)
    # On overrun the socket is dropped: what is running fails at once, and nothing asks the server to cancel a COMMIT (law 11).
    watchdog = asyncio.get_running_loop().call_later(limit_seconds, _drop, connection)
    try:
        yield connection
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        ours = translated(error, closed=is_gone(connection))
        if ours is None:
            raise
        raise ours from error
    finally:
        watchdog.cancel()
        await _release(pool, connection)


def is_gone(connection: Any) -> bool:
    """A pooled connection that broke has been taken out of our hands by the pool: then even asking is an error."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def _drop(connection: Any) -> None:
    if not is_gone(connection):
        connection.terminate()


async def _acquire(pool: asyncpg.Pool) -> Any:
    try:
        async with asyncio.timeout(ACQUIRE_SECONDS):  # asyncpg's own costs a task each time
            return await pool.acquire()
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        raise translated(error, closed=True) or error from error


async def _release(pool: asyncpg.Pool, connection: Any) -> None:
    """A connection that cannot be reset is dropped by the pool; the work it did stands, so nothing is raised."""
    with suppress(asyncpg.PostgresError, *CLIENT_ERRORS):
        await pool.release(connection, timeout=RELEASE_SECONDS)


async def _uncancelled(commit: Awaitable[T]) -> T:
    """A cancel that arrives now waits for the answer: half a COMMIT is the one thing that must not be."""
    running = asyncio.ensure_future(commit)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait({running})  # ends at the latest when the watchdog drops the connection
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        running.exception()
        raise cancelled
    return running.result()
