"""`techrescue privacy export`: what every context keeps of a person, opened and joined, for that person alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg

import dispatch.export
import intake.privacy.export
import notify.export
from intake.privacy.ending import end_rights
from intake.privacy.rights import Right
from intake.store import AuditNote, note
from services.queries import QUERIES
from shared.errors import NotFound
from shared.postgres.pool import open_pool
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import Vault

CONTEXTS: Final[Mapping[str, Callable[[asyncpg.Connection, Vault, UUID], Awaitable[dict[str, Any]]]]] = {
    "dispatch": dispatch.export.export,
    "notify": notify.export.export,
    "intake": intake.privacy.export.export,
}


async def export(dsn: str, master_key: bytes, phone: str) -> dict[str, Any]:
    """`phone` in E.164. Ends what they have asked for. Raises NotFound for a number that was never here, or has been erased."""
    vault = Vault(master_key)
    async with (
        open_pool(dsn, schema="intake", max_size=1) as pool,
        transaction(pool, "intake.change", limit_seconds=60) as connection,
    ):
        await connection.execute(QUERIES["become_login"])
        person = await vault.find_contact_point(connection, phone)
        if person is None:
            raise NotFound("person")
        found: dict[str, Any] = {"phone": phone}
        for context, part in CONTEXTS.items():
            await connection.execute(QUERIES["look_into"], f"{context},transport")
            found[context] = await part(connection, vault, person)
        now = await app_now(connection)
        await end_rights(connection, person, (Right.EXPORT,), now)
        await note(connection, [AuditNote(at=now, actor="command", action="privacy_exported", subject=person)])
        return found
