"""The use cases of Open311: filing through the ordinary filing, and reading what anybody may read."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.filing import Filer
from intake.limits import Limits
from intake.open311.reading import Posted, Search, form_of, id_of, read_search
from intake.open311.shown import shown
from intake.queries import QUERIES
from intake.reception import Reception
from intake.request import LIVE, OVER
from shared.calendar import OFFICE_HOURS
from shared.categories import FRAUD
from shared.errors import NotFound, TechRescueError
from shared.events.requests import RequestStatus
from shared.ids import before_time
from shared.postgres.transaction import app_now, reading
from shared.security.tokens import Caller, Role, Tokens

CLOSED: Final = (*OVER, RequestStatus.CANCELLED)
SKEW_SECONDS: Final = 86400.0  # between the clock that makes ids and the one that dates filings


class NoKey(TechRescueError):
    """Missing or wrong: 403 in this standard."""


class Open311Desk:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool, tokens: Tokens, reception: Reception, filer: Filer, limits: Limits) -> None:
        self._pool = pool
        self._tokens = tokens
        self._reception = reception
        self._filer = filer
        self._limits = limits

    async def file(self, posted: Posted, key: str | None, traceparent: str | None) -> Mapping[str, Any]:
        """Raises NoKey, Invalid, DependencyDown. Without an Idempotency-Key, which this standard does not know, the same form of
        the same client on one day is one request."""
        caller = await self._caller(posted.fields.get("api_key", ""))
        form = form_of(posted)
        key = key or f"{await self._today()}-{hashlib.sha256(form.model_dump_json().encode()).hexdigest()}"
        filed = await self._filer.file(self._reception.check(form, caller=caller, key=key, traceparent=traceparent))
        return filed.answer

    async def find(self, query: Sequence[tuple[str, str]], address: str | None) -> list[dict[str, Any]]:
        """`address`: of somebody without a token, whose looks are counted. Raises Invalid, TooMany."""
        if address is not None:
            await self._limits.take_open311(address)
        async with reading(self._pool) as connection:
            search = read_search(query, await app_now(connection))
            return [shown(row) for row in await _rows(connection, search)]

    async def read(self, text: str, address: str | None) -> dict[str, Any]:
        """Raises NotFound, and TooMany for one guess too many."""
        found = id_of(text)
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["read_open311"], [] if found is None else [found])
        if not rows:
            if address is not None:
                await self._limits.take_wrong_code(address, what="open311")
            raise NotFound("service_request_id")
        return shown(rows[0])

    async def _caller(self, api_key: str) -> Caller:
        known = await self._tokens.check(api_key) if api_key else None
        if known is None or known.role != Role.ADAPTER:
            raise NoKey
        return known

    async def _today(self) -> str:
        async with reading(self._pool) as connection:
            return OFFICE_HOURS.local_day(await app_now(connection)).isoformat()


async def _rows(connection: asyncpg.Connection, search: Search) -> Sequence[Any]:
    if search.ids is not None:
        rows: Sequence[Any] = await connection.fetch(QUERIES["read_open311"], list(search.ids))
        return rows
    wanted = None if search.is_open is None else list(LIVE if search.is_open else CLOSED)
    return await connection.fetch(
        QUERIES["list_open311"],
        _edge(search.since.timestamp() - SKEW_SECONDS),
        _edge(search.until.timestamp() + SKEW_SECONDS),
        search.since,
        search.until,
        FRAUD,
        None if search.codes is None else list(search.codes),
        wanted,
        search.most,
        search.skip,
    )


def _edge(seconds: float) -> UUID:
    return before_time(seconds)
