"""The end of a point's day: what still waits is closed, visibly, and what a desk has never reported is said to be so. A timer."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import asyncpg

from intake.counter import store
from intake.counter.notes import note
from intake.counter.ticket import TicketMove, TicketStatus, moved
from shared.errors import NotFound
from shared.postgres.transaction import app_now
from shared.telemetry.metrics_intake import TICKETS
from shared.timers import Timer, set_timers

TICKET_CLOSE: Final = "ticket_close"  # timer kind; services/audit knows it, too
LINGER: Final = timedelta(hours=1)  # whoever was called before the doors closed is served to the end


async def close_ticket(connection: asyncpg.Connection, timer: Timer) -> None:
    try:
        _, ticket = await store.lock_day_of(connection, timer.subject)
    except NotFound:
        return
    if not ticket.is_live:
        return
    now = await app_now(connection)
    if ticket.status is TicketStatus.CALLED and timer.guard == 0:
        await set_timers(connection, [Timer(kind=TICKET_CLOSE, subject=ticket.id, due_at=ticket.closes_at + LINGER, guard=1)])
        return
    closed = replace(ticket, status=moved(ticket.status, TicketMove.CLOSE), version=ticket.version + 1, ended_at=now, owner=None)
    await store.save_ticket(connection, closed)
    await note(connection, closed, now, "timer", f"ticket_{closed.status}")
    TICKETS.labels(closed.status).inc()
