"""All that dispatch keeps of a person, opened, for that person alone. `techrescue privacy export` joins the contexts."""

from typing import Any
from uuid import UUID

import asyncpg

from dispatch.queries import QUERIES
from dispatch.rows import sealed_of
from shared.security.vault import Vault


async def export(connection: asyncpg.Connection, vault: Vault, contact_point_id: UUID) -> dict[str, Any]:
    """The connection's search_path must lead to schema dispatch. As who is helped, and as who helps."""
    helpers = await connection.fetch(QUERIES["export_responders"], contact_point_id)
    boxes = [box for row in helpers if (box := sealed_of(row["name"])) is not None]
    keys = await vault.keys(connection, {box.key_id for box in boxes})
    names = {box.box: keys[box.key_id].open(box, purpose="name").decode() for box in boxes if box.key_id in keys}
    return {
        "helped": [dict(row) for row in await connection.fetch(QUERIES["export_jobs"], str(contact_point_id))],
        "helps": [{**row, "name": names.get(box.box) if (box := sealed_of(row["name"])) else None} for row in helpers],
        "offers": [dict(row) for row in await connection.fetch(QUERIES["export_offers"], contact_point_id)],
    }
