"""The operator's task: requests that nobody could locate, each with its address, what may be meant, and what to ask.

Opened for operators only, and noted. What the address may mean is read anew each time: nothing of it stands anywhere.
"""

from typing import Any, Final

import asyncpg
import orjson

from intake import store
from intake.places.resolution import Resolves, view_of
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.events.contract import Sealed
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault

MOST: Final = 200


class Waiting:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, places: Resolves) -> None:
        self._pool = pool
        self._vault = vault
        self._places = places

    async def list(self, limit: int, who: Caller) -> list[dict[str, Any]]:
        """The oldest first. Whoever sees one commune sees none of these: of which commune they are nobody knows yet."""
        if who.commune_code is not None:
            return []
        async with transaction(self._pool, "intake.change") as connection:
            rows = await connection.fetch(QUERIES["without_place"], limit)
            keys = await self._vault.keys(connection, {row["key_id"] for row in rows})
            if rows:
                now = await app_now(connection)
                detail = {"requests": len(rows)}
                await store.note(
                    connection,
                    [AuditNote(at=now, actor=who.name, action="addresses_shown", subject=rows[0]["id"], detail=detail)],
                )
        found = []
        for row in rows:
            if (key := keys.get(row["key_id"])) is None:  # that person is being erased
                continue
            details = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details"))
            told = {name: row[name] for name in ("code", "channel", "category", "priority", "filed_at")}
            found.append({**told, "address": details["address"], "place": self._meant(details["address"], row["hint"])})
        return found

    def _meant(self, address: str | None, hint: str | None) -> dict[str, Any]:
        """`hint`: where the deployment's own geocoder believes it is."""
        read = self._places.resolve(address or "")
        return {**view_of(read), "hint": hint}
