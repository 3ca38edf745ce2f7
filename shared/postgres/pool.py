"""Connections as one context sees PostgreSQL: its role, its schema, its codecs, and bounds on every wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import orjson

from shared.postgres.failures import CLIENT_ERRORS, translated

CONNECT_SECONDS: Final = 5.0
AUDITOR: Final = "auditor"  # reads every context's schema and writes none

_JSONB_VERSION: Final = b"\x01"


@asynccontextmanager
async def open_pool(dsn: str, *, schema: str, max_size: int = 10) -> AsyncIterator[asyncpg.Pool]:
    """A pool that acts as the role of `schema`. Raises DependencyDown when nobody answers.

    Session state must not be left on a pooled connection: advisory locks and LISTEN belong on `open_connection`. An open
    transaction is rolled back when a connection comes back; nothing else is undone, because asking costs a round trip each time.
    """
    pool = asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=max_size,
        timeout=CONNECT_SECONDS,
        init=_teach_codecs,
        reset=_nothing_to_reset,
        server_settings=_server_settings(schema),
    )
    try:
        await pool
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        raise translated(error, closed=True) or error from error
    try:
        yield pool
    finally:
        await _close(pool)


@asynccontextmanager
async def open_connection(
    dsn: str, *, schema: str | None = None, limit_seconds: float | None = None
) -> AsyncIterator[asyncpg.Connection]:
    """One connection of its own, outside any pool: for session advisory locks, which die with it. Without a schema it acts as
    whoever the DSN logs in. Raises DependencyDown when nobody answers; `limit_seconds` bounds the work where somebody waits.
    """
    settings = {} if schema is None else _server_settings(schema)
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=settings)
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        raise translated(error, closed=True) or error from error
    watchdog = None if limit_seconds is None else asyncio.get_running_loop().call_later(limit_seconds, connection.terminate)
    try:
        await _teach_codecs(connection)
        yield connection
    except (asyncpg.PostgresError, *CLIENT_ERRORS) as error:
        raise translated(error, closed=connection.is_closed()) or error from error
    finally:
        if watchdog is not None:
            watchdog.cancel()
        connection.terminate()


def role_of(schema: str) -> str:
    return AUDITOR if schema == AUDITOR else f"techrescue_{schema}"


def _server_settings(schema: str) -> dict[str, str]:
    """Plumbing tables are written without a schema in SQL: search_path says whose outbox is meant."""
    return {
        "role": role_of(schema),
        "search_path": "transport" if schema == AUDITOR else f"{schema},transport",
        "application_name": f"techrescue-{schema}",
        "timezone": "UTC",
        "jit": "off",  # our statements are short; compiling them costs more than running them
        # A prepared statement keeps the plan it got when its table was empty, and reading all of an empty table is cheap: later
        # the same plan cost 40 ms a call. Where there is no index a table is read whole all the same.
        "enable_seqscan": "on" if schema == AUDITOR else "off",
        # With no other way than an index there is nothing to choose by the parameters: planning a statement again for each of
        # them cost more than running it, and five times on every new connection.
        "plan_cache_mode": "auto" if schema == AUDITOR else "force_generic_plan",
        "lock_timeout": "8s",
        "idle_in_transaction_session_timeout": "30s",  # a process that hangs must not hold row locks
    }


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's RESET ALL, UNLISTEN and so on, which was a sixth of the round trips of a small transaction."""


async def _teach_codecs(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_jsonb, decoder=_from_jsonb, format="binary")


def _to_jsonb(value: Any) -> bytes:
    """`bytes` are taken as JSON that is ready; everything else is serialised."""
    return _JSONB_VERSION + (value if isinstance(value, bytes) else orjson.dumps(value, default=str))


def _from_jsonb(value: bytes) -> Any:
    return orjson.loads(value[1:])


async def _close(pool: asyncpg.Pool) -> None:
    """Waits for connections in use only so long: a server that is away must not keep the process from ending."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await pool.close()
    except (TimeoutError, asyncpg.PostgresError, *CLIENT_ERRORS):
        pool.terminate()
