"""What whoever holds a ticket is shown, and what a screen at the point shows: numbers and words, no personal data."""

from datetime import datetime
from typing import Any

import asyncpg

from intake.counter import store, words
from intake.counter.line import ahead_of, in_order
from intake.counter.point import ServicePoint, clock_text
from intake.counter.ticket import Ticket, TicketStatus
from intake.counter.wait import expected_seconds
from intake.queries import QUERIES
from shared.calendar import OFFICE_HOURS


async def ticket_view(connection: asyncpg.Connection, ticket: Ticket, now: datetime) -> dict[str, Any]:
    point = await store.read_point(connection, ticket.point_id)
    ahead = wait = None
    if ticket.status is TicketStatus.WAITING:
        day = await connection.fetchrow(QUERIES["read_day"], ticket.point_id, ticket.day)
        turn = store.turn_of(day)
        ahead = ahead_of(ticket.id, await store.live_tickets(connection, ticket.point_id, ticket.day), turn)
        seconds, desks = await store.served_lately(connection, ticket.point_id, ticket.day, now)
        wait = expected_seconds(ahead or 0, seconds, desks)
    return {
        "id": str(ticket.id),
        "point": ticket.point_id,
        "point_name": point.name,
        "day": ticket.day.isoformat(),
        "number": ticket.number,
        "status": ticket.status,
        "label": words.LABELS[ticket.status].told(),
        "position": None if ahead is None else ahead + 1,
        "expected_wait_seconds": wait,
        "text": _text(ticket, point, ahead, wait).told(),
        "desk": ticket.desk if ticket.status is TicketStatus.CALLED else None,
        "request": ticket.request_code,
    }


def _text(ticket: Ticket, point: ServicePoint, ahead: int | None, wait: float | None) -> words.Words:
    if ahead is not None:
        return words.ticket_text(ticket, point.name, ahead, wait)
    if ticket.status is TicketStatus.CALLED:
        return words.called_text(ticket.number, ticket.desk or "")
    return words.LABELS[ticket.status]


async def point_views(connection: asyncpg.Connection, now: datetime) -> list[dict[str, Any]]:
    return [_point_view(row, now) for row in await connection.fetch(QUERIES["read_points"], OFFICE_HOURS.local_day(now))]


def _point_view(row: Any, now: datetime) -> dict[str, Any]:
    values = dict(row)
    waiting = values.pop("waiting")
    point = ServicePoint(**values)
    return {
        "id": point.id,
        "name": point.name,
        "commune_code": point.commune_code,
        "days": point.days,
        "opens": clock_text(point.opens),
        "closes": clock_text(point.closes),
        "on_holidays": point.on_holidays,
        "active": point.active,
        "open_now": point.closes_at(now) is not None,
        "next_opening": point.next_opening(now),
        "waiting": waiting,
    }


async def queue_view(connection: asyncpg.Connection, point_id: str, now: datetime) -> dict[str, Any]:
    """For the screen and the desks of a point: who is at which desk, who follows, and what became of the others today."""
    point, today = await store.read_point(connection, point_id), OFFICE_HOURS.local_day(now)
    day = await connection.fetchrow(QUERIES["read_day"], point_id, today)
    tickets = await store.live_tickets(connection, point_id, today)
    ended = await connection.fetch(QUERIES["ended_today"], point_id, today)
    return {
        "point": point.id,
        "point_name": point.name,
        "day": today.isoformat(),
        "at_desks": [{"number": one.number, "desk": one.desk} for one in tickets if one.status is TicketStatus.CALLED],
        "next": [{"number": one.number, "priority": one.reason is not None} for one, _ in in_order(tickets, store.turn_of(day))],
        "ended": {row["status"]: row["tickets"] for row in ended},
    }
