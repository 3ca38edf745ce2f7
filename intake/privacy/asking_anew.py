"""A number was wrong: what it was asked ("may somebody come?") is taken back, and the right one is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from intake.consent import Step, may_be_asked
from intake.consents import CONSENT, ask_in
from intake.queries import QUERIES
from intake.stored import StoredRequest
from shared.events.requests import ConsentAsk
from shared.security.sealing import DataKey
from shared.timers import Timer, set_timers


async def take_back(
    connection: asyncpg.Connection, requests: Sequence[StoredRequest], person: UUID, now: datetime
) -> dict[UUID, ConsentAsk]:
    """What this number was asked and has not answered, by request. From now on its answer counts for nothing; the question
    begins anew at once, or by day, as any other."""
    unanswered = [one.id for one in requests if may_be_asked(one)]
    rows = await connection.fetch(QUERIES["take_back_consents"], unanswered, person)
    timers = [Timer(kind=CONSENT, subject=row["request_id"], due_at=now, guard=Step.ASK) for row in rows]
    await set_timers(connection, timers)
    return {row["request_id"]: ask_in(row) for row in rows}


async def visited_elsewhere(connection: asyncpg.Connection, request: StoredRequest, key: DataKey, number: str) -> StoredRequest:
    """Somebody else has filed it: the number to be asked is kept as their form brings it, until it is asked."""
    await connection.execute(QUERIES["put_visited"], request.id, key.box(number.encode(), purpose="phone"))
    return replace(request, version=request.version + 1)
