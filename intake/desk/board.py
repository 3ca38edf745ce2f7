"""The pages of the board: what is open, whatever is next in danger first. Reads only; rows in sight only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.desk.cursor import KEPT, PageCursor, read_page_cursor
from intake.desk.duplicates import Duplicates
from intake.desk.items import item
from intake.desk.sight import Sight, seeing
from intake.queries import QUERIES
from shared.errors import Invalid
from shared.events.contract import Priority, Sealed
from shared.events.requests import RequestStatus
from shared.postgres.transaction import reading
from shared.security.sealing import DataKey
from shared.security.vault import Vault

MOST: Final = 200
STATUSES: Final = tuple(status.value for status in RequestStatus)
PRIORITIES: Final = tuple(priority.value for priority in Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the board: `commune_code` None all that is in sight."""

    commune_code: str | None = None
    statuses: Sequence[str] = STATUSES
    priorities: Sequence[str] = PRIORITIES


class DeskBoard:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, duplicates: Duplicates) -> None:
        self._pool = pool
        self._vault = vault
        self._duplicates = duplicates

    async def page(self, sight: Sight, wanted: Wanted, cursor: str | None, limit: int, *, names: bool) -> dict[str, Any]:
        """`names`: whether this caller may read who helps. Raises Invalid for a cursor that is none, or of yesterday."""
        begun = None if cursor is None else read_page_cursor(cursor)
        async with seeing(self._pool, sight) as connection:
            places = await _places(connection, sight, wanted, begun, limit + 1)
            rows = await connection.fetch(QUERIES["board_items"], [place["id"] for place in places[:limit]])
            alike = await self._duplicates.of(connection, [row["id"] for row in rows])
            times: Any = await connection.fetchrow(QUERIES["now_of_desk"])
        if begun is not None and begun.begun_at < times["real_now"] - KEPT:
            raise Invalid("cursor", "is of yesterday; begin at the first page again")
        shown = await self.shown(rows, alike, names=names)
        more = len(places) > limit
        return {
            "now": times["now"],
            "requests": [shown[place["id"]] for place in places[:limit] if place["id"] in shown],
            "next": _next(places[limit - 1], begun, times["real_now"]).text() if more else None,
        }

    async def items(self, sight: Sight, ids: Sequence[UUID], *, names: bool) -> dict[UUID, dict[str, Any]]:
        """Of those in sight, whether on the board or not."""
        async with seeing(self._pool, sight) as connection:
            rows = await connection.fetch(QUERIES["board_items"], ids)
            alike = await self._duplicates.of(connection, [row["id"] for row in rows])
        return await self.shown(rows, alike, names=names)

    async def shown(
        self, rows: Sequence[asyncpg.Record], alike: Mapping[UUID, Sequence[str]], *, names: bool
    ) -> dict[UUID, dict[str, Any]]:
        sealed = [box for row in rows for box in (row["name"], row["member"]) if box is not None] if names else []
        keys: Mapping[UUID, DataKey] = {}
        if sealed:
            async with reading(self._pool) as connection:
                keys = await self._vault.keys(connection, {UUID(box["key_id"]) for box in sealed})

        def open_name(box: Mapping[str, Any] | None) -> str | None:
            return _opened(keys, box) if box is not None and names else None

        return {row["id"]: item(dict(row), open_name, alike.get(row["id"], ())) for row in rows}


def _opened(keys: Mapping[UUID, DataKey], box: Mapping[str, Any]) -> str | None:
    sealed = Sealed.model_validate(box)
    key = keys.get(sealed.key_id)
    return None if key is None else key.open(sealed, purpose="name").decode()


async def _places(
    connection: asyncpg.Connection, sight: Sight, wanted: Wanted, begun: PageCursor | None, limit: int
) -> Sequence[asyncpg.Record]:
    commune = wanted.commune_code or sight.commune_code
    after = (None, None, None) if begun is None else (begun.danger_at, begun.id, begun.snapshot)
    asked = (list(wanted.statuses), list(wanted.priorities), *after, limit)
    if commune is None:
        return await connection.fetch(QUERIES["board_page"], *asked)
    return await connection.fetch(QUERIES["board_page_of_commune"], *asked, commune)


def _next(last: asyncpg.Record, begun: PageCursor | None, now: datetime) -> PageCursor:
    if begun is not None:
        return PageCursor(last["place"], last["id"], begun.begun_at, begun.snapshot)
    return PageCursor(last["place"], last["id"], now, last["snapshot"])
