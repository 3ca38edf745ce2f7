"""All that notify keeps of a person, opened, for that person alone. `techrescue privacy export` joins the contexts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from notify.store import QUERIES
from shared.events.contract import Sealed
from shared.security.sealing import DataKey
from shared.security.vault import Vault


async def export(connection: asyncpg.Connection, vault: Vault, contact_point_id: UUID) -> dict[str, Any]:
    """The connection's search_path must lead to schema notify."""
    found = {
        "messages": await connection.fetch(QUERIES["export_messages"], contact_point_id),
        "texts": await connection.fetch(QUERIES["export_texts"], contact_point_id),
        "calls": await connection.fetch(QUERIES["export_calls"], contact_point_id),
    }
    keys = await vault.keys(connection, {row["key_id"] for rows in found.values() for row in rows})
    told: dict[str, Any] = {name: [_opened(row, keys) for row in rows] for name, rows in found.items()}
    told["accounts"] = [dict(row) for row in await connection.fetch(QUERIES["export_accounts"], contact_point_id)]
    phones = await connection.fetch(QUERIES["export_phone"], contact_point_id)
    return {**told, "phone": dict(phones[0]) if phones else None}


def _opened(row: Any, keys: Mapping[UUID, DataKey]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in {"body", "key_id"}}
    key, box = keys.get(row["key_id"]), row["body"]
    words = key.open(Sealed(key_id=row["key_id"], box=box), purpose="text").decode() if key is not None and box else None
    return {**shown, "words": words}
