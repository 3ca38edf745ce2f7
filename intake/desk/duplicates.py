"""Requests that may be one: of the same phone, or of the same kind near by and lately. Suggested to a person, who decides."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from intake.queries import QUERIES

MOST: Final = 5  # of one request
LOOKED_AT: Final = 10  # that are near by and of the same kind: in an outage there are thousands, and any of them will do


def resemblance(radius_m: float, window_seconds: float) -> tuple[float, timedelta, int, int]:
    """What `intake.alike` takes besides the request: how near, within which time, how many are told, how many looked at."""
    return radius_m, timedelta(seconds=window_seconds), MOST, LOOKED_AT


class Duplicates:
    def __init__(self, *, radius_m: float, window_seconds: float) -> None:
        self._resemblance = resemblance(radius_m, window_seconds)

    async def of(self, connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        """Codes, those of the same phone first, then the nearest. Only of rows that the connection may see."""
        if not ids:
            return {}
        rows = await connection.fetch(QUERIES["duplicates_of"], ids, *self._resemblance)
        return {row["id"]: row["codes"] for row in rows if row["codes"]}
