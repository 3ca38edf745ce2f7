"""Use cases of who is on the roster, for the HTTP side: put, show, confirm, and the queue of what nobody has taken."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.roster.drilling import hear
from dispatch.roster.enrolment import Seat, confirm, put_entries, put_seats
from dispatch.roster.entry import Named, responder_id
from dispatch.shifts.shift import Window, on_shift_until
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault

MOST: Final = 500  # rows of a queue; who has more in front of them looks at a priority first


class Directory:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._city = city
        self._wake = wake

    async def put(self, named: Named, caller: Caller) -> dict[str, Any]:
        """The responder is now exactly as written; nobody is asked before their phone is confirmed. Raises NotYours."""
        row_id = named.id(self._city)
        async with transaction(self._pool, "dispatch.roster") as connection:
            known = await connection.fetch(QUERIES["lock_roster"], [row_id])
            check_ward(caller, named.entry.commune_code, *(row["commune_code"] for row in known))
            await put_entries(connection, self._vault, self._city, [named])
            if named.entry.confirmed:
                await _check_phone(connection, caller, await connection.fetchval(QUERIES["phone_of_responder"], row_id))
        self._wake()
        return await self.show(named.external_id, caller)

    async def show(self, external_id: str, caller: Caller) -> dict[str, Any]:
        """Without name and number: those are for whoever writes to them. Raises NotFound, NotYours."""
        async with reading(self._pool) as connection:
            now = await app_now(connection)
            row = await connection.fetchrow(QUERIES["responder"], responder_id(self._city, external_id))
            if row is None:
                raise NotFound("responder")
            check_ward(caller, row["commune_code"])
            ahead = await connection.fetch(QUERIES["shifts_of"], [row["id"]], now)
        until = on_shift_until([Window(shift["starts_at"], shift["ends_at"]) for shift in ahead], now)
        return {**dict(row), "on_shift": until is not None, "on_shift_until": until}

    async def put_lead(self, seat: Seat) -> None:
        async with transaction(self._pool, "dispatch.roster") as connection:
            await put_seats(connection, self._vault, self._city, [seat])

    async def confirm(self, contact_point_id: UUID, caller: Caller) -> None:
        """Raises NotFound, NotYours."""
        async with transaction(self._pool, "dispatch.roster") as connection:
            await _check_phone(connection, caller, contact_point_id)
            await confirm(connection, contact_point_id)
        self._wake()

    async def drill(self, contact_point_id: UUID, caller: Caller, *, answered: bool) -> None:
        """What whoever held a drill heard from this phone. Raises NotFound, NotYours."""
        async with transaction(self._pool, "dispatch.roster") as connection:
            await _check_phone(connection, caller, contact_point_id)
            if answered:
                await hear(connection, [contact_point_id])
                found = await connection.fetchval(QUERIES["is_contact_point"], contact_point_id)
            else:
                found = await connection.fetchval(QUERIES["fail_drill"], contact_point_id, await app_now(connection))
            if not found:
                raise NotFound("contact point")
        self._wake()

    async def unnamed(self, caller: Caller) -> list[dict[str, Any]]:
        """Visits that a team took without saying who goes: whoever leads the ward asks them, while the resident waits."""
        async with reading(self._pool) as connection:
            return [
                dict(row) for row in await connection.fetch(QUERIES["unnamed_visits"], caller.city, MOST, caller.commune_code)
            ]

    async def escalations(self, caller: Caller) -> list[dict[str, Any]]:
        async with reading(self._pool) as connection:
            return [
                dict(row) for row in await connection.fetch(QUERIES["escalated_jobs"], caller.city, MOST, caller.commune_code)
            ]


async def _check_phone(connection: asyncpg.Connection, caller: Caller, contact_point_id: UUID) -> None:
    """A phone that reaches people of several wards is none of one ward's. Raises NotYours."""
    if caller.commune_code is not None:
        rows = await connection.fetch(QUERIES["communes_of_phone"], contact_point_id)
        check_ward(caller, *(row["commune_code"] for row in rows))
