"""Which errors mean "again", which mean "away", and which are our own."""

import asyncpg
import pytest

from shared.errors import DependencyDown, TechRescueError, Transient
from shared.postgres.failures import translated


@pytest.mark.parametrize(
    ("error", "closed", "kind"),
    [
        (asyncpg.DeadlockDetectedError("x"), False, Transient),
        (asyncpg.SerializationError("x"), False, Transient),
        (asyncpg.LockNotAvailableError("x"), False, Transient),
        (asyncpg.ConnectionDoesNotExistError("x"), False, DependencyDown),
        (asyncpg.CannotConnectNowError("x"), False, DependencyDown),
        (asyncpg.AdminShutdownError("x"), False, DependencyDown),
        (asyncpg.CrashShutdownError("x"), False, DependencyDown),
        (asyncpg.TooManyConnectionsError("x"), False, DependencyDown),
        (asyncpg.DiskFullError("x"), False, DependencyDown),
        (asyncpg.QueryCanceledError("x"), False, DependencyDown),
        (asyncpg.ReadOnlySQLTransactionError("x"), False, DependencyDown),
        (asyncpg.InternalClientError("cannot switch to state 12"), False, DependencyDown),
        (asyncpg.InterfaceError("connection is closed"), True, DependencyDown),
        (ConnectionResetError(), True, DependencyDown),
        (TimeoutError(), True, DependencyDown),
        (asyncpg.InterfaceError("wrong number of arguments"), False, None),
        (AttributeError("'NoneType' object has no attribute 'x'"), True, DependencyDown),
        (AttributeError("a mistake of ours"), False, None),
        (TimeoutError(), False, None),
        (asyncpg.UniqueViolationError("x"), False, None),
        (asyncpg.UndefinedTableError("x"), True, None),
        (KeyError("x"), True, None),
    ],
)
def test_an_error_is_told_as_its_kind(error: Exception, closed: bool, kind: type[TechRescueError] | None) -> None:
    ours = translated(error, closed=closed)
    assert type(ours) is (kind or type(None))
