"""Does somebody who wants a request moved, called off or closed hold its registered number, as far as we know? Else it is asked.
Whoever says that it is not fixed gives help again and takes none: nobody is asked.

A program that speaks for somebody never knows. An operator does, by the call that they are in, as the telephone system tells it;
where it tells nothing, by the number that they type; and where there is neither it is the desk's own decision, under their name.
"""

from typing import Any

import asyncpg

from intake.aftercare.forms import MoveForm
from intake.aftercare.wishes import Wishes
from intake.forms import Amendment
from intake.queries import QUERIES
from shared.errors import NotFound
from shared.phones import parse_phone
from shared.postgres.transaction import reading
from shared.security.codes import normalise_code
from shared.security.tokens import Caller, Role
from shared.security.vault import Vault


class Elsewhere:
    """`None` from its methods: whoever it is may do it at once. Else the number is asked, and this is what they are told."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, wishes: Wishes) -> None:
        self._pool = pool
        self._vault = vault
        self._wishes = wishes

    async def moves(self, code: str, form: Amendment, who: Caller) -> dict[str, Any] | None:
        """Raises NotFound, Invalid, Refused."""
        if not await self._is_another(code, who, form.caller_phone):
            return None
        wish = MoveForm(location=form.location, commune_code=form.commune_code, address=form.address)
        return await self._wishes.move(code, wish, who.name, None)

    async def cancels(self, code: str, caller_phone: str | None, who: Caller, *, visited: bool = False) -> dict[str, Any] | None:
        """`visited`: the number of the visited person is as good. Raises NotFound, Invalid, Refused."""
        another = await self._is_another(code, who, caller_phone, visited=visited)
        return await self._wishes.cancel(code, who.name, None) if another else None

    async def closes(self, code: str, caller_phone: str | None, who: Caller) -> dict[str, Any] | None:
        """Raises NotFound, Invalid, Refused."""
        another = await self._is_another(code, who, caller_phone)
        return await self._wishes.fixed(code, who.name) if another else None

    async def _is_another(self, code: str, who: Caller, caller_phone: str | None, *, visited: bool = False) -> bool:
        if who.role != Role.OPERATOR:
            return True
        async with reading(self._pool) as connection:
            row: Any = await connection.fetchrow(QUERIES["numbers_of_request"], normalise_code(code))
            if row is None:
                raise NotFound("request")
            call = await connection.fetchrow(QUERIES["call_in_hand"], who.name)
            if call is not None:
                rings = call["contact_point_id"]
            elif caller_phone is None:
                return False
            else:
                rings = await self._vault.find_contact_point(connection, parse_phone(caller_phone, "caller_phone").e164)
        numbers = {row["registered"], row["visited"] if visited else row["registered"]}
        return rings not in numbers
