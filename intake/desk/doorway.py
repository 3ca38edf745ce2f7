"""What the other routes of intake ask of the desk: may this caller touch that request, and what looks like the one just filed?"""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg

from intake.desk.duplicates import Duplicates
from intake.desk.sight import check_in_sight, seeing, sight_of
from intake.filing import Filed
from shared.errors import DependencyDown, Invalid, NotFound, Transient
from shared.security.tokens import PUBLIC, Caller


class Doorway:
    """`city`: of this deployment, for tokens that name none."""

    def __init__(self, pool: asyncpg.Pool, city: str, duplicates: Duplicates) -> None:
        self._pool = pool
        self._city = city
        self._duplicates = duplicates

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

    async def counted(self, caller: Caller, code: str, address: str) -> str | None:
        """The address by which a try counts, of somebody without a token, or with one of another commune: they may what anybody
        may. None: of somebody whom we know."""
        return None if await self.knows(caller, code) else address

    async def like(self, filed: Filed, caller: Caller) -> Sequence[str] | None:
        """Codes, for an operator who has just filed it and still talks: of what was there before. Two who file at the same moment
        hear nothing of each other; the board shows both. None: nobody could look for an answer told again, or for one commune."""
        if filed.alike is not None:
            return filed.alike
        id_ = UUID(str(filed.answer["id"]))
        with suppress(DependencyDown, Transient):
            async with seeing(self._pool, sight_of(caller, self._city)) as connection:
                return (await self._duplicates.of(connection, [id_])).get(id_, [])
        return None
