"""A number as the hotline's rows keep it: whose it is, sealed. No rules."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from shared.events.contract import Sealed
from shared.security.sealing import DataKey
from shared.security.vault import Vault


@dataclass(frozen=True, slots=True)
class Number:
    contact_point_id: UUID
    key_id: UUID
    phone_box: str


async def numbered(connection: asyncpg.Connection, vault: Vault, e164: str) -> Number:
    """Whose number it is; somebody new when nobody is known behind it. In the caller's transaction."""
    (person,) = await vault.contact_points(connection, [e164])
    return Number(person.contact_point_id, person.key.id, person.key.box(e164.encode(), purpose="phone"))


async def in_sight(connection: asyncpg.Connection, person: UUID | None, commune_code: str | None) -> bool:
    """Who works for one commune sees whoever has filed a request there by their own word; everybody else is the city's."""
    if commune_code is None:
        return True
    return person is not None and bool(await connection.fetchval(QUERIES["person_filed_in_commune"], person, commune_code))


def number_of(row: Any) -> Number | None:
    """Of a row of calls or callbacks."""
    return None if row["contact_point_id"] is None else Number(row["contact_point_id"], row["key_id"], row["phone_box"])


def in_clear(number: Number | None, keys: dict[UUID, DataKey]) -> str | None:
    """None: hidden, or the person is erased."""
    key = None if number is None else keys.get(number.key_id)
    if number is None or key is None:
        return None
    return key.open(Sealed(key_id=number.key_id, box=number.phone_box), purpose="phone").decode()
