"""Whose requests somebody sees: all of the city, or one commune's. The database decides, by policies of `intake/schema.sql`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg

from intake.queries import QUERIES
from shared.errors import NotFound
from shared.postgres.transaction import reading_together
from shared.security.codes import normalise_code
from shared.security.tokens import Caller

ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class Sight:
    """`commune_code` None: of the whole city."""

    city: str
    commune_code: str | None = None

    @property
    def communes(self) -> str:
        return self.commune_code or ALL


def sight_of(caller: Caller, city: str) -> Sight:
    """`city`: of this deployment, for tokens that name none."""
    return Sight(caller.city or city, caller.commune_code)


@asynccontextmanager
async def seeing(pool: asyncpg.Pool, sight: Sight) -> AsyncIterator[asyncpg.Connection]:
    """A connection that reads as techrescue_desk until the block ends: whatever is asked there, only rows in sight come back."""
    async with reading_together(pool) as connection:
        await connection.execute(QUERIES["look_as_desk"], sight.city, sight.communes)
        yield connection


async def check_in_sight(pool: asyncpg.Pool, sight: Sight, code: str) -> None:
    """Raises NotFound for a request of another commune. Whoever sees all is not looked at."""
    if sight.commune_code is None:
        return
    async with seeing(pool, sight) as connection:
        if not await connection.fetchval(QUERIES["is_in_sight"], normalise_code(code)):
            raise NotFound("request")
