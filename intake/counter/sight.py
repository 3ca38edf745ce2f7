"""Whose service point it is: an officer whose token is of one commune is at the points of that commune, and of no other."""

from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from shared.errors import NotFound
from shared.postgres.transaction import reading
from shared.security.tokens import Caller


class CounterSight:
    """One per process. Whoever is of the whole city is not looked at."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def check_point(self, who: Caller, point_id: str) -> None:
        """Raises NotFound."""
        if who.commune_code is not None:
            await self._check(who, "commune_of_point", point_id, "service point")

    async def check_ticket(self, who: Caller, ticket_id: UUID) -> None:
        """Raises NotFound."""
        if who.commune_code is not None:
            await self._check(who, "commune_of_ticket", ticket_id, "ticket")

    async def _check(self, who: Caller, query: str, id_: str | UUID, what: str) -> None:
        async with reading(self._pool) as connection:
            if await connection.fetchval(QUERIES[query], id_) != who.commune_code:
                raise NotFound(what)
