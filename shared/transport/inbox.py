"""What a context has already done: the event ids it has seen, written in the transaction of their effects (law 6)."""

from collections.abc import Sequence

import asyncpg

from shared.events.envelope import Event
from shared.transport.queries import QUERIES


async def first_seen(connection: asyncpg.Connection, events: Sequence[Event]) -> list[Event]:
    """Those of `events` that this context has not handled yet, each once, in their order.

    A parallel transaction that handles the same event is waited for; if it commits, the event is not new here.
    """
    rows = await connection.fetch(QUERIES["first_seen"], [event.id for event in events])
    fresh = {row["event_id"] for row in rows}
    found = []
    for event in events:
        if event.id in fresh:
            fresh.discard(event.id)  # the second copy within one batch
            found.append(event)
    return found
