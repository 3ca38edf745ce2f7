"""What a command has done for a person ends what they have asked for. In its transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from intake.privacy.rights import Right
from intake.queries import QUERIES
from intake.store import AuditNote, note


async def end_rights(connection: asyncpg.Connection, contact_point_id: UUID, rights: Sequence[Right], now: datetime) -> int:
    """Of an erased person nothing is left to export or to correct. Says how many were open."""
    rows = await connection.fetch(QUERIES["end_rights_of_person"], contact_point_id, list(rights), now, "command")
    notes = [
        AuditNote(at=now, actor="command", action="privacy_done", subject=row["id"], detail={"in_time": now <= row["due_at"]})
        for row in rows
    ]
    await note(connection, notes)
    return len(rows)
