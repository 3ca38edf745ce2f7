"""Somebody wants no texts any more, or wants them again: whether anybody is asked at their phone. Called by the consumer."""

import asyncpg

from dispatch.queries import QUERIES
from shared.events.envelope import Event
from shared.events.messages import TextsSaid


async def take_texts_word(connection: asyncpg.Connection, event: Event) -> None:
    """Of a resident, or somebody who left, there is nothing to hold. Visits in hand stay theirs."""
    assert isinstance(event.body, TextsSaid)  # noqa: S101 - the registry says so
    said = event.body
    if said.wanted:
        await connection.execute(QUERIES["start_texts"], said.contact_point_id)
    else:
        await connection.execute(QUERIES["stop_texts"], said.contact_point_id, said.received_at)
