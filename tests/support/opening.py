"""Whatever opens with any key that there still is, wherever it stands: in rows of all tables, and in events."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

import asyncpg

from shared.events.contract import Sealed
from shared.security.sealing import DataKey, SealBroken
from shared.security.vault import HOUSE, Vault
from tests.support.canaries import NOT_SEARCHED, texts_in

# Every word that anything of a person is sealed under.
PURPOSES: Final = ("phone", "name", "details", "text", "code", "account", "conversation", "draft", "reason", "venue")
_BOX: Final = re.compile(r"[A-Za-z0-9+/]{39,}={0,2}")  # a nonce, a tag and a letter
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


async def opened_in_tables(dsn: str, vault: Vault) -> list[tuple[str, str]]:
    """(schema.table, what was sealed there) of all rows of all schemas."""
    connection = await asyncpg.connect(dsn)
    try:
        keys = await living_keys(connection, vault)
        tables = await connection.fetch(
            "select schemaname, tablename from pg_tables where schemaname <> all ($1)", list(NOT_SEARCHED)
        )
        found = []
        for schema, table in tables:
            for row in await connection.fetch(f'select * from {schema}."{table}"'):
                text = "\n".join(part for value in row.values() for part in texts_in(value))
                found += [(f"{schema}.{table}", words) for words in opened_in(text, keys)]
        return found
    finally:
        await connection.close()


async def living_keys(connection: asyncpg.Connection, vault: Vault) -> Mapping[UUID, DataKey]:
    ids = [row["id"] for row in await connection.fetch("select id from vault.keys")]
    return {**await vault.keys(connection, ids), HOUSE: vault.house}


def opened_in(text: str, keys: Mapping[UUID, DataKey]) -> Iterator[str]:
    """With the keys that the same row or event names; with each there is where it names none."""
    named = {UUID(found) for found in _ID.findall(text)} & keys.keys()
    for box in _BOX.findall(text):
        for key_id in (*named, HOUSE) if named else keys:
            yield from _opened(Sealed(key_id=key_id, box=box), keys[key_id])


def _opened(sealed: Sealed, key: DataKey) -> Iterator[str]:
    for purpose in PURPOSES:
        try:
            yield key.open(sealed, purpose=purpose).decode()
        except SealBroken:
            continue
