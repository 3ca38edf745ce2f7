"""Who was asked whether somebody may come: the rows, and what events say of them. No rules; each under its request's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.consent import HURRY_SECONDS, Step, after
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of
from shared.events.contract import Recipient, Role, Sealed
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

SOURCE: Final = "/intake"
CONSENT: Final = "consent"  # timer kind; its guard is a Step


async def row_of(connection: asyncpg.Connection, request_id: UUID) -> Any:
    return await connection.fetchrow(QUERIES["read_consent"], request_id)


def visited(row: Any) -> tuple[Recipient, ...]:
    """Nobody, once they are erased."""
    if row is None or row["phone_box"] is None:
        return ()
    address = Sealed(key_id=row["key_id"], box=row["phone_box"])
    who = {"contact_point_id": row["contact_point_id"], "language": row["language"]}
    return (Recipient(role=Role.RESIDENT, address=address, **who),)


def ask_in(row: Any) -> ConsentAsk:
    return ConsentAsk(
        ask_id=row["ask_id"], contact_point_id=row["contact_point_id"], open_until=row["open_until"], behalf=row["behalf"]
    )


async def ask_of(connection: asyncpg.Connection, request_id: UUID) -> ConsentAsk | None:
    row = await row_of(connection, request_id)
    return None if row is None else ask_in(row)


async def tell(connection: asyncpg.Connection, kind: EventType, request: StoredRequest, now: datetime, **said: Any) -> None:
    """The question goes on, and the request has a new version."""
    told = replace(request, version=request.version + 1)
    note = AuditNote(at=now, actor="timer", action=kind.partition(".")[2], subject=request.id)
    await store.save(connection, [told], notes=[note])
    await append(connection, [event_of(kind, told, now, **said)], source=SOURCE)


async def hasten_calls(connection: asyncpg.Connection, requests: Sequence[StoredRequest], now: datetime) -> None:
    """A helper has accepted and waits for the address: nobody waits for a text much longer."""
    if not requests:
        return
    await hasten(connection, {one.id: after(one.priority, now, HURRY_SECONDS[one.priority]) for one in requests})


async def hasten(connection: asyncpg.Connection, sooner: Mapping[UUID, datetime]) -> None:
    """Whoever was asked by text and has said nothing is called then, unless it is sooner anyway."""
    rows = await connection.fetch(QUERIES["hasten_calls"], list(sooner), list(sooner.values()))
    timers = [Timer(kind=CONSENT, subject=row["request_id"], due_at=row["call_at"], guard=Step.CALL) for row in rows]
    await set_timers(connection, timers)
