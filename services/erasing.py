"""`techrescue erase`: every room forgets its part and the vault its keys, in one transaction or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

import dispatch.erase
import intake.erase
import notify.erase
from services.queries import QUERIES
from shared.errors import NotFound, Transient
from shared.pacing import Backoff
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.security.vault import Vault
from shared.transport.dead_letters import DeadLetters

ROOMS: Final[Mapping[str, Callable[[asyncpg.Connection, UUID], Awaitable[Any]]]] = {
    "intake": intake.erase.erase,
    "dispatch": dispatch.erase.erase,
    "notify": notify.erase.erase,
}


CONFLICTS: Final = 4  # that are lost before somebody has to be told


@dataclass(frozen=True, slots=True)
class Erased:
    contact_point_id: UUID
    keys: int  # that are gone; from now on nothing that they sealed can be read, wherever a copy is


async def erase(dsn: str, master_key: bytes, phone: str) -> Erased:
    """`phone` in E.164. Raises NotFound for a number that was never here, or has been erased before.

    It locks what three rooms work on, each in an order of its own: whoever loses to one of them begins anew.
    """
    vault, backoff = Vault(master_key), Backoff(0.1, 1.0)
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        for _ in range(CONFLICTS):
            with suppress(Transient):
                return await _in_one_transaction(pool, vault, phone)
            await asyncio.sleep(backoff.delay())
        return await _in_one_transaction(pool, vault, phone)


async def _in_one_transaction(pool: asyncpg.Pool, vault: Vault, phone: str) -> Erased:
    """The rooms come first, because from the moment the vault lets go of the number until the commit nobody can file from it.

    What was filed, or told in a chat, meanwhile is committed once the vault has its lock: so the rooms forget once more.
    """
    async with transaction(pool, "vault.change", limit_seconds=60) as connection:
        await connection.execute(QUERIES["become_login"])
        person = await vault.find_contact_point(connection, phone)
        if person is None:
            raise NotFound("person")
        people, letters = [person, *await _accounts(connection, person)], DeadLetters(pool)
        keys = await _keys(connection, people)
        await _rooms_forget(connection, people, keys, letters)
        gone = sum([await vault.erase(connection, one) for one in people])
        late = [one for one in await _accounts(connection, person) if one not in people]
        people, keys = [*people, *late], [*keys, *await _keys(connection, late)]
        gone += sum([await vault.erase(connection, one) for one in late])
        await _rooms_forget(connection, people, keys, letters)
        await connection.execute(QUERIES["forget_carrier_messages"], phone, person, people)
        return Erased(person, gone)


async def _accounts(connection: asyncpg.Connection, person: UUID) -> list[UUID]:
    return [row["contact_point_id"] for row in await connection.fetch(QUERIES["accounts_of_person"], person)]


async def _keys(connection: asyncpg.Connection, people: Sequence[UUID]) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(QUERIES["keys_of_people"], people)]


async def _rooms_forget(
    connection: asyncpg.Connection, people: Sequence[UUID], keys: Sequence[UUID], letters: DeadLetters
) -> None:
    for room, forget in ROOMS.items():
        await connection.execute(QUERIES["look_into"], f"{room},transport")
        for person in people:
            await forget(connection, person)
        await letters.forget(connection, keys)
