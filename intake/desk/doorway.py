"""What the other routes of intake ask of the desk: may this caller touch that request, and what looks like the one just filed?"""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg

from intake.desk.duplicates import Duplicates
from intake.desk.sight import check_in_sight, seeing, sight_of
from shared.errors import DependencyDown, Invalid, NotFound, Transient
from shared.gathering import Gatherer
from shared.pacing import Tempo
from shared.postgres.transaction import reading
from shared.security.tokens import PUBLIC, Caller


class Doorway:
    """`city`: of this deployment, for tokens that name none."""

    def __init__(self, pool: asyncpg.Pool, city: str, duplicates: Duplicates) -> None:
        self._pool = pool
        self._city = city
        self._duplicates = duplicates
        self._together: Gatherer[UUID, list[str]] = Gatherer(
            self._of_all, slots=1, most=128, tempo=Tempo(many=100, together=4, longest_seconds=0.02)
        )

    async def check(self, caller: Caller, code: str) -> None:
        """Raises NotFound for whoever would change a request of another commune than that of their token."""
        await check_in_sight(self._pool, sight_of(caller, self._city), code)

    async def knows(self, caller: Caller, code: str) -> bool:
        """Whether this is somebody with a token, and in whose sight the request is."""
        if caller == PUBLIC:
            return False
        try:
            await self.check(caller, code)
        except (NotFound, Invalid):
            return False
        return True

    async def like(self, id_: UUID, caller: Caller) -> list[str] | None:
        """Codes, for an operator who has just filed it and still talks. None: nobody could look just now; it is filed all the
        same, and the board shows them, too."""
        sight = sight_of(caller, self._city)
        with suppress(DependencyDown, Transient):
            if sight.commune_code is None:
                return await self._together.submit(id_)
            async with seeing(self._pool, sight) as connection:
                return (await self._duplicates.of(connection, [id_])).get(id_, [])
        return None

    async def _of_all(self, ids: Sequence[UUID]) -> list[list[str] | BaseException]:
        async with reading(self._pool) as connection:
            found = await self._duplicates.of(connection, ids)
        return [found.get(id_, []) for id_ in ids]
