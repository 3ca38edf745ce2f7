"""Who the people are whom a broadcast is for: named page by page, by a timer, so that nobody ever holds all of them.

The text is notify's, and whether anybody may be written to. Here is only who is meant.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.jobs.timer import TimerKind
from dispatch.queries import QUERIES, SOURCE
from dispatch.roster.responder import recipient
from dispatch.rows import contact_of
from shared.events.broadcasts import Audience, BroadcastPage, BroadcastRequested, Listeners
from shared.events.contract import ChannelKind, Recipient, Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

PAGE: Final = 500  # a recipient takes some 300 bytes, an event at most 256 KiB
APART: Final = timedelta(seconds=0.25)  # two pages: faster than anybody may be told, and other timers fire in between
FIRST: Final = UUID(int=0)
ROLES: Final = {Listeners.RESPONDERS: Role.RESPONDER, Listeners.RESIDENTS: Role.RESIDENT, Listeners.LEADS: Role.LEAD}


async def take_broadcast(connection: asyncpg.Connection, event: Event) -> None:
    """Notify asks: the first page is due at once."""
    assert isinstance(event.body, BroadcastRequested)  # noqa: S101 - the registry says so
    asked, now = event.body, await app_now(connection)
    audience = asked.audience.model_dump(mode="json")
    if await connection.fetchval(QUERIES["put_audience"], asked.broadcast_id, asked.city, audience, now):
        await _set_step(connection, asked.broadcast_id, 0, now)


async def page_due(connection: asyncpg.Connection, timer: Timer) -> None:
    row = await connection.fetchrow(QUERIES["lock_audience"], timer.subject)
    if row is None or row["ended_at"] is not None or row["pages"] != timer.guard:
        return
    now = await app_now(connection)
    audience = Audience.model_validate(row["audience"])
    found = await _some(connection, row["city"], audience, row["after"] or FIRST)
    last, page = len(found) < PAGE, row["pages"] + 1
    await connection.execute(QUERIES["note_page"], row["id"], found[-1]["place"] if found else None, now if last else None)
    body = BroadcastPage(
        city=row["city"], broadcast_id=row["id"], page=page, last=last, recipients=_once(found, ROLES[audience.who])
    )
    event = Event(type=EventType.BROADCAST_PAGE, subject=row["id"], version=page, key=row["id"], body=body, time=now)
    await append(connection, [event], source=SOURCE)
    if not last:
        await _set_step(connection, row["id"], page, now + APART)


async def _set_step(connection: asyncpg.Connection, broadcast_id: UUID, page: int, due_at: datetime) -> None:
    await set_timers(connection, [Timer(kind=TimerKind.AUDIENCE, subject=broadcast_id, due_at=due_at, guard=page)])


async def _some(connection: asyncpg.Connection, city: str, audience: Audience, after: UUID) -> Sequence[Any]:
    communes = list(audience.communes) or None
    if audience.who is Listeners.RESIDENTS:
        categories = list(audience.categories) or None
        return await connection.fetch(QUERIES["residents_to_tell"], city, after, communes, categories, PAGE)
    if audience.who is Listeners.LEADS:
        return await connection.fetch(QUERIES["leads_to_tell"], city, after, communes, PAGE)
    kinds = list(audience.kinds) or None
    return await connection.fetch(QUERIES["responders_to_tell"], city, after, communes, kinds, audience.on_duty, PAGE)


def _once(rows: Sequence[Any], role: Role) -> tuple[Recipient, ...]:
    found = [one for row in rows for one in _recipients(row, role)]
    return tuple({one.contact_point_id: one for one in found}.values())


def _recipients(row: Any, role: Role) -> tuple[Recipient, ...]:
    """Without names: nobody is called by theirs."""
    if role is not Role.RESIDENT:
        return recipient(contact_of(row), role)
    resident = Recipient.model_validate(row["resident"]).model_copy(update={"name": None})
    return (resident.model_copy(update={"channels": (ChannelKind.CALL,)}) if row["by_call"] else resident,)
