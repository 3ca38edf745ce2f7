"""Which errors of PostgreSQL mean "again", which mean "away", and which are our own mistakes. Decisions only."""

from typing import Final

import asyncpg

from shared.errors import DependencyDown, TechRescueError, Transient

POSTGRES: Final = "PostgreSQL"

_AGAIN: Final = (
    asyncpg.DeadlockDetectedError,  # 40P01
    asyncpg.SerializationError,  # 40001
    asyncpg.LockNotAvailableError,  # 55P03: lock_timeout, NOWAIT
)
_AWAY: Final = (
    asyncpg.PostgresConnectionError,  # class 08, and ConnectionDoesNotExistError of the client side
    asyncpg.CannotConnectNowError,  # 57P03: starts, or stops
    asyncpg.AdminShutdownError,  # 57P01
    asyncpg.CrashShutdownError,  # 57P02
    asyncpg.InsufficientResourcesError,  # class 53: too many clients, disk full, out of memory
    asyncpg.QueryCanceledError,  # 57014: a statement ran into its time-out
    asyncpg.IdleInTransactionSessionTimeoutError,  # 25P03
    asyncpg.ReadOnlySQLTransactionError,  # 25006: the primary has become a replica
    asyncpg.PostgresIOError,  # 58030
    # The client's protocol is out of step. A server that ends an idle session says so first: whoever asks between its
    # goodbye and the end of the socket gets this, on a connection that does not know yet that it is closed.
    asyncpg.InternalClientError,
)
# What the client library raises when the socket is gone; the same types also report our own mistakes,
# so, all but the second, they count as "away" only when the connection is closed. The last: terminate() takes the protocol
# away from under a task that has its answer to a prepare and not yet had its turn, and the library then asks None.
CLIENT_ERRORS: Final = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, AttributeError)


def translated(error: BaseException, *, closed: bool) -> TechRescueError | None:
    """Our kind of the error, or None when it is neither a conflict nor an outage. `closed`: the connection is gone."""
    if isinstance(error, _AGAIN):
        return Transient(f"{POSTGRES} asks to try again: {error.sqlstate}")
    if isinstance(error, _AWAY):
        return DependencyDown(POSTGRES)
    if closed and isinstance(error, CLIENT_ERRORS):
        return DependencyDown(POSTGRES)
    return None
