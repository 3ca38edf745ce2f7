"""What the audit keeps of tickets: who did what with which number."""

from datetime import datetime
from typing import Any

import asyncpg

from intake import store
from intake.counter.ticket import Ticket
from intake.store import AuditNote


async def note(connection: asyncpg.Connection, ticket: Ticket, now: datetime, actor: str, action: str, **detail: Any) -> None:
    """`detail`: words of closed sets and numbers."""
    told = {"point": ticket.point_id, "number": ticket.number, **detail}
    await store.note(connection, [AuditNote(at=now, actor=actor, action=action, subject=ticket.id, detail=told)])
