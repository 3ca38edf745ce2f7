"""The use cases of a desk: the next one, please, and what came of it. Under the lock of the queue: desks never share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.counter import store
from intake.counter.line import RECALLED_AFTER, in_order
from intake.counter.notes import note
from intake.counter.shown import queue_view, ticket_view
from intake.counter.ticket import CalledElsewhere, Ticket, TicketMove, TicketStatus, after_no_show, moved
from shared.calendar import OFFICE_HOURS
from shared.events.contract import Recipient, Role, Sealed
from shared.events.counter import TicketCalled
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import TICKET_WAIT, TICKETS
from shared.transport.outbox import append

SOURCE: Final = "/intake"


class Calling:
    """One per process; `wake` when something waits in the outbox."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._city = city
        self._wake = wake

    async def call_next(self, point_id: str, desk: str, actor: str) -> dict[str, Any]:
        """Whoever is next comes to this desk. A desk that still has somebody hears whom: a lost answer costs no turn."""
        async with transaction(self._pool, "intake.change") as connection:
            await store.read_point(connection, point_id)
            day = await store.lock_day(connection, point_id, OFFICE_HOURS.local_day(await app_now(connection)))
            now = await app_now(connection)
            tickets = await store.live_tickets(connection, point_id, day.day)
            ticket = next((one for one in tickets if one.status is TicketStatus.CALLED and one.desk == desk), None)
            chosen = next(in_order(tickets, day.turn), None) if ticket is None else None
            if chosen is not None:
                waited, turn = chosen
                ticket = _moved(waited, TicketMove.CALL, desk=desk, owner=f"desk:{desk}", called_at=now)
                await store.save_ticket(connection, ticket)
                await store.save_day(connection, day, turn=turn)
                await self._call_by_text(connection, ticket, now)
                await note(connection, ticket, now, actor, "ticket_called", desk=desk)
            told = None if ticket is None else await self._desk_view(connection, ticket, now)
        if chosen is not None and ticket is not None:
            self._wake()
            _count(ticket, now)
        waiting = sum(one.status is TicketStatus.WAITING for one in tickets) - (chosen is not None)
        return {"ticket": told, "waiting": waiting}

    async def report(self, ticket_id: UUID, move: TicketMove, actor: str, desk: str | None = None) -> dict[str, Any]:
        """What came of a call, or that its holder goes home. Said twice it is said once, and by a `desk` that names itself only
        of its own call: a late repetition would count against whoever walks to another desk. Raises NotFound, Refused."""
        async with transaction(self._pool, "intake.change") as connection:
            day, ticket = await store.lock_day_of(connection, ticket_id)
            now = await app_now(connection)
            if ticket.is_said(move):
                return await ticket_view(connection, ticket, now)
            if desk is not None and ticket.status is TicketStatus.CALLED and ticket.desk != desk:
                raise CalledElsewhere
            after = _reported(ticket, move, day.turn.calls, now)
            await store.save_ticket(connection, after)
            await note(connection, after, now, actor, f"ticket_{move}")
            told = await ticket_view(connection, after, now)
        TICKETS.labels("no_show" if after.is_live else after.status).inc()
        return told

    async def queue(self, point_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        async with reading(self._pool) as connection:
            return await queue_view(connection, point_id, await app_now(connection))

    async def _call_by_text(self, connection: asyncpg.Connection, ticket: Ticket, now: datetime) -> None:
        if ticket.phone_box is None or ticket.key_id is None or ticket.contact_point_id is None:
            return
        point = await store.read_point(connection, ticket.point_id)
        address, whom = Sealed(key_id=ticket.key_id, box=ticket.phone_box), ticket.contact_point_id
        holder = Recipient(role=Role.RESIDENT, contact_point_id=whom, address=address, language=ticket.language)
        body = TicketCalled(
            city=self._city,
            contact_point_id=whom,
            recipients=(holder,),
            ticket_id=ticket.id,
            number=ticket.number,
            point=point.name,
            desk=ticket.desk or "",
            again=ticket.no_shows > 0,
        )
        kind, version = EventType.TICKET_CALLED, ticket.version
        event = Event(type=kind, subject=ticket.id, version=version, key=ticket.id, body=body, time=now)
        await append(connection, [event], source=SOURCE)

    async def _desk_view(self, connection: asyncpg.Connection, ticket: Ticket, now: datetime) -> dict[str, Any]:
        """For the desk that serves them also what they said they need."""
        told = await ticket_view(connection, ticket, now)
        need = await self._need(connection, ticket)
        return {**told, "category": ticket.category, "priority": ticket.reason, "need": need}

    async def _need(self, connection: asyncpg.Connection, ticket: Ticket) -> str | None:
        if ticket.need_box is None or ticket.key_id is None:
            return None
        key = (await self._vault.keys(connection, [ticket.key_id])).get(ticket.key_id)
        sealed = Sealed(key_id=ticket.key_id, box=ticket.need_box)
        return None if key is None else key.open(sealed, purpose="text").decode()


def _moved(ticket: Ticket, move: TicketMove, **changes: Any) -> Ticket:
    return replace(ticket, status=moved(ticket.status, move), version=ticket.version + 1, **changes)


def _reported(ticket: Ticket, move: TicketMove, calls: int, now: datetime) -> Ticket:
    over = _moved(ticket, move, ended_at=now, owner=None)
    if move is not TicketMove.NO_SHOW:
        return over
    no_shows = ticket.no_shows + 1
    if after_no_show(no_shows) is TicketStatus.MISSED:
        return replace(over, no_shows=no_shows)
    again = replace(over, status=TicketStatus.WAITING, no_shows=no_shows, comes_after=calls + RECALLED_AFTER)
    return replace(again, desk=None, called_at=None, ended_at=None, owner=f"point:{ticket.point_id}")


def _count(ticket: Ticket, now: datetime) -> None:
    TICKETS.labels("called").inc()
    if not ticket.no_shows:
        TICKET_WAIT.labels("vulnerable" if ticket.reason else "others").observe((now - ticket.taken_at).total_seconds())
