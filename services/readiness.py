"""Is the database the one this code needs? A newer database is fine: new migrations run before the new code."""

import asyncio

import asyncpg

from services.audit.reading import QUERIES
from services.queries import QUERIES as HOME_QUERIES
from shared.postgres.migrate import all_versions, migrate, newest_versions
from shared.postgres.transaction import reading
from shared.telemetry.health import ReadyCheck


def migrations_current(pool: asyncpg.Pool, room: str) -> ReadyCheck:
    """Of the room whose role `pool` has: a role sees no other room's schema."""
    wanted = newest_versions()[f"{room}.schema_migrations"]

    async def check() -> str | None:
        async with reading(pool) as connection:
            try:
                applied = await connection.fetchval(QUERIES["newest_migration"])
            except asyncpg.UndefinedTableError:
                applied = None
        return None if applied and applied >= wanted else f"the schema {room} is older than {wanted}: run `techrescue migrate`"

    return check


async def ensure_migrated(dsn: str) -> None:
    """Asks first: that is one round trip, and a migration tool a room is a process each."""
    connection = await asyncpg.connect(dsn)
    try:
        applied = {(row["room"], row["version"]) for row in await connection.fetch(HOME_QUERIES["applied_migrations"])}
    except asyncpg.UndefinedTableError:
        applied = set()
    finally:
        await connection.close()
    if not all_versions() <= applied:
        await asyncio.to_thread(migrate, dsn)
