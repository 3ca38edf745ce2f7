"""Queues of service points in their tables, inside a transaction that somebody else began. No rules."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from intake.counter.line import Turn
from intake.counter.point import ServicePoint
from intake.counter.ticket import Ticket, TicketStatus, Urgent
from intake.queries import QUERIES
from shared.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A queue under its lock."""

    point_id: str
    day: date
    last_number: int
    turn: Turn


async def read_point(connection: asyncpg.Connection, point_id: str) -> ServicePoint:
    """Raises NotFound."""
    row = await connection.fetchrow(QUERIES["read_point"], point_id)
    if row is None:
        raise NotFound("service point")
    return ServicePoint(**dict(row))


async def lock_day(connection: asyncpg.Connection, point_id: str, day: date) -> Day:
    await connection.execute(QUERIES["begin_day"], point_id, day)
    row = await connection.fetchrow(QUERIES["lock_day"], point_id, day)
    return _day(point_id, day, row)


async def lock_day_of(connection: asyncpg.Connection, ticket_id: UUID) -> tuple[Day, Ticket]:
    """Raises NotFound. The ticket is read after the lock."""
    row = await connection.fetchrow(QUERIES["lock_day_of_ticket"], ticket_id)
    if row is None:
        raise NotFound("ticket")
    return _day(row["point_id"], row["day"], row), await read_ticket(connection, ticket_id)


async def save_day(connection: asyncpg.Connection, day: Day, *, last_number: int | None = None, turn: Turn | None = None) -> None:
    last, now = last_number or day.last_number, turn or day.turn
    await connection.execute(QUERIES["save_day"], day.point_id, day.day, last, now.calls, now.in_a_row)


async def read_ticket(connection: asyncpg.Connection, ticket_id: UUID) -> Ticket:
    """Raises NotFound."""
    row = await connection.fetchrow(QUERIES["read_ticket"], ticket_id)
    if row is None:
        raise NotFound("ticket")
    return loaded(row)


async def live_tickets(connection: asyncpg.Connection, point_id: str, day: date) -> list[Ticket]:
    return [loaded(row) for row in await connection.fetch(QUERIES["live_tickets"], point_id, day)]


async def add_ticket(connection: asyncpg.Connection, ticket: Ticket, key_hash: bytes, body_hash: bytes) -> None:
    await connection.execute(
        QUERIES["add_ticket"],
        *(ticket.id, ticket.point_id, ticket.day, ticket.number, ticket.reason, ticket.category, ticket.language, ticket.owner),
        *(ticket.taken_at, ticket.closes_at, ticket.contact_point_id, ticket.key_id, ticket.phone_box, ticket.need_box),
        *(key_hash, body_hash, ticket.data_consent),
    )


async def save_ticket(connection: asyncpg.Connection, ticket: Ticket) -> None:
    await connection.execute(
        QUERIES["save_ticket"],
        *(ticket.id, ticket.status, ticket.version, ticket.owner, ticket.called_at, ticket.ended_at, ticket.desk),
        *(ticket.no_shows, ticket.comes_after),
    )


async def served_lately(connection: asyncpg.Connection, point_id: str, day: date, now: datetime) -> tuple[list[float], int]:
    """How many seconds the last people took at this point, and how many desks are at work."""
    row = await connection.fetchrow(QUERIES["served_lately"], point_id, day, now)
    return ([], 0) if row is None else (list(row["seconds"]), int(row["desks"]))


def loaded(row: Any) -> Ticket:
    return Ticket(
        **{name: row[name] for name in _PLAIN},
        status=TicketStatus(row["status"]),
        reason=None if row["reason"] is None else Urgent(row["reason"]),
    )


_PLAIN = tuple(name for name in Ticket.__dataclass_fields__ if name not in {"status", "reason"})


def turn_of(row: Any) -> Turn:
    """Before the first ticket of a day there is no row."""
    return Turn() if row is None else Turn(row["calls"], row["in_a_row"])


def _day(point_id: str, day: date, row: Any) -> Day:
    return Day(point_id=point_id, day=day, last_number=row["last_number"], turn=turn_of(row))
