"""Is the database the one this code needs? A newer database is fine: new migrations run before the new code."""

import asyncpg

from services.audit.reading import QUERIES
from shared.postgres.migrate import newest_versions
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
