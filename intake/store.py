"""Loading and saving of requests inside a transaction that somebody else began. No rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from intake.stored import StoredRequest, loaded, saved
from shared.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """Who did what. `detail` holds words of closed sets and numbers, never what a person said."""

    at: datetime
    actor: str
    action: str
    subject: UUID
    detail: dict[str, Any] | None = None


async def lock(connection: asyncpg.Connection, code: str) -> StoredRequest:
    """Raises NotFound."""
    row = await connection.fetchrow(QUERIES["lock_request"], code)
    if row is None:
        raise NotFound("request")
    return loaded(row)


async def lock_many(connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, StoredRequest]:
    return {row["id"]: loaded(row) for row in await connection.fetch(QUERIES["lock_requests"], list(ids))}


async def lock_of_person(connection: asyncpg.Connection, contact_point_id: UUID) -> list[StoredRequest]:
    return [loaded(row) for row in await connection.fetch(QUERIES["lock_requests_of_person"], contact_point_id)]


async def save(connection: asyncpg.Connection, changes: Sequence[tuple[StoredRequest, StoredRequest]], now: datetime) -> None:
    """(before, after) pairs. A status that changed is a step the resident may read."""
    if not changes:
        return
    await connection.execute(QUERIES["save_requests"], *zip(*(saved(after) for _, after in changes), strict=True))
    steps = [(after.id, after.version, after.status, now) for before, after in changes if before.status is not after.status]
    if steps:
        await connection.execute(QUERIES["note_steps"], *zip(*steps, strict=True))


async def note(connection: asyncpg.Connection, notes: Sequence[AuditNote]) -> None:
    if notes:
        rows = [(entry.at, entry.actor, entry.action, entry.subject, entry.detail) for entry in notes]
        await connection.execute(QUERIES["note_audit"], *zip(*rows, strict=True))
