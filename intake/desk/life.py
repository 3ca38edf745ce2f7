"""One request's whole life, as far as intake knows it: what people did, what was told, who was called. In order; no names."""

from typing import Any, Final

import asyncpg

from intake.desk.board import DeskBoard
from intake.desk.sight import Sight, seeing
from intake.queries import QUERIES
from shared.errors import NotFound
from shared.security.codes import normalise_code

MOST: Final = 500  # entries of an answer


class Lives:
    def __init__(self, pool: asyncpg.Pool, board: DeskBoard) -> None:
        self._pool = pool
        self._board = board

    async def of(self, sight: Sight, code: str, after: int, *, names: bool) -> dict[str, Any]:
        """What comes after the first `after` entries; `next`: there is more, asked for with this. What is told late may push an
        entry to the next page (told twice), what is cleared meanwhile one to the page before. Raises NotFound, also for a request
        of another commune."""
        async with seeing(self._pool, sight) as connection:
            ids = [row["id"] for row in await connection.fetch(QUERIES["search_code"], normalise_code(code))]
            if not ids:
                raise NotFound("request")
            rows = await connection.fetch(QUERIES["life_of_request"], ids[0], MOST + 1, after)
        items = await self._board.items(sight, ids, names=names)
        if ids[0] not in items:
            raise NotFound("request")
        entries = [{"at": row["at"], "from": row["source"], "what": row["what"], "detail": row["detail"]} for row in rows]
        following = after + MOST if len(rows) > MOST else None
        return {"request": items[ids[0]], "entries": entries[:MOST], "next": following}
