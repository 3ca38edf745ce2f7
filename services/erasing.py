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
from intake.privacy.taking_out import not_asked_yet, take_out
from intake.privacy.whose_chat import whose
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
    has_number: bool  # all that was kept of a person went; else of a chat account, which is all that there was of them


async def erase(dsn: str, master_key: bytes, who: str | UUID) -> Erased:
    """`who`: a number in E.164, or the id of a conversation, for whoever wrote there, as whole as they are known. Raises NotFound
    for a number or a conversation that was never here, or has been erased before, and Transient while one of them is worked on.

    It locks what three rooms work on, each in an order of its own: whoever loses to one of them begins anew.
    """
    vault, backoff = Vault(master_key), Backoff(0.1, 1.0)
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        for _ in range(CONFLICTS):
            with suppress(Transient):
                return await _in_one_transaction(pool, vault, who)
            await asyncio.sleep(backoff.delay())
        return await _in_one_transaction(pool, vault, who)


async def has_number(dsn: str, conversation_id: UUID) -> bool:
    """Erasing by it takes all of that person. Raises NotFound, Transient."""
    async with open_pool(dsn, schema="intake", max_size=1) as pool, transaction(pool, "intake.change") as connection:
        return (await whose(connection, conversation_id)).has_number


async def _in_one_transaction(pool: asyncpg.Pool, vault: Vault, who: str | UUID) -> Erased:
    """The rooms come first, because from the moment the vault lets go of the number until the commit nobody can file from it.

    What was filed, or told in a chat, meanwhile is committed once the vault has its lock: so the rooms forget once more.
    """
    async with transaction(pool, "vault.change", limit_seconds=60) as connection:
        await connection.execute(QUERIES["become_login"])
        person, also, is_whole = await _found(connection, vault, who)
        people = list(dict.fromkeys((person, *also, *await _accounts(connection, person))))
        letters, phone = DeadLetters(pool), who if isinstance(who, str) else None
        index = await connection.fetchval(QUERIES["blind_index_of"], person)  # while the vault has it
        keys = await _keys(connection, people)
        visited = await _others_forget(connection, vault, people, index)
        await _rooms_forget(connection, people, keys, letters)
        gone = sum([await vault.erase(connection, one) for one in people])
        late = [one for one in await _accounts(connection, person) if one not in people]
        people, keys = [*people, *late], [*keys, *await _keys(connection, late)]
        gone += sum([await vault.erase(connection, one) for one in late])
        visited += await _others_forget(connection, vault, people, index)
        await _rooms_forget(connection, people, keys, letters)
        await connection.execute(QUERIES["forget_carrier_messages"], phone, person, people, visited)
        return Erased(person, gone, is_whole)


async def _found(connection: asyncpg.Connection, vault: Vault, who: str | UUID) -> tuple[UUID, Sequence[UUID], bool]:
    """Who it is, what else is theirs for certain, and whether they have a number."""
    await connection.execute(QUERIES["look_into"], "intake,transport")
    if isinstance(who, UUID):
        found = await whose(connection, who)
        return found.person, (found.writer,), found.has_number
    person = await vault.find_contact_point(connection, who)
    if person is None and await not_asked_yet(connection, vault, vault.blind_index(who)):
        person = (await vault.contact_points(connection, [who]))[0].contact_point_id  # somebody else has told the number
    if person is None:
        raise NotFound("person")
    return person, (), True


async def _accounts(connection: asyncpg.Connection, person: UUID) -> list[UUID]:
    return [row["contact_point_id"] for row in await connection.fetch(QUERIES["accounts_of_person"], person)]


async def _keys(connection: asyncpg.Connection, people: Sequence[UUID]) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(QUERIES["keys_of_people"], people)]


async def _others_forget(connection: asyncpg.Connection, vault: Vault, people: Sequence[UUID], index: bytes) -> list[UUID]:
    """Says of which requests: what others have filed to have these people visited. `index`: of the first one's number."""
    await connection.execute(QUERIES["look_into"], "intake,transport")
    requests = await take_out(connection, vault, people[0], await not_asked_yet(connection, vault, index))
    for person in people[1:]:
        requests += await take_out(connection, vault, person)
    await connection.execute(QUERIES["put_details_of_jobs"], requests)
    return requests


async def _rooms_forget(
    connection: asyncpg.Connection, people: Sequence[UUID], keys: Sequence[UUID], letters: DeadLetters
) -> None:
    for room, forget in ROOMS.items():
        await connection.execute(QUERIES["look_into"], f"{room},transport")
        for person in people:
            await forget(connection, person)
        await letters.forget(connection, keys)
