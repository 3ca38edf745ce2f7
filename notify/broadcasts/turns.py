"""Texts that one event makes for many (an incident is over, a session invites): they join the queue at the pace of broadcasts and
in nobody's way. Sends nothing: who has got a turn leaves as any other text, with its question, its limits and its channels.
"""

import asyncpg

from notify.broadcasts.broadcast import GIVES_WAY
from notify.broadcasts.handing_out import note_pace, pace_of
from notify.letter import MANY_URGENCY, TO_MANY
from notify.sending.routes import Carriers
from notify.settings import NotifySettings
from notify.store import QUERIES
from shared.postgres.transaction import transaction


async def give_turns(pool: asyncpg.Pool, carriers: Carriers, settings: NotifySettings) -> int:
    """To so many that they never fill more than a quarter of the sender's places, however slow a provider is."""
    async with transaction(pool, "notify.broadcast") as connection:
        lane = await connection.fetchrow(QUERIES["lock_lane"])
        if lane is None:
            return 0
        now, pace = lane["now"], settings.broadcast_per_second
        if await connection.fetchval(QUERIES["urgent_waits"], now - GIVES_WAY, list(range(MANY_URGENCY)), list(carriers)):
            return 0
        before = pace_of(lane)
        may_leave, places = before.allowance(now, pace), max(1, settings.in_flight // 4)
        given = await connection.fetch(QUERIES["give_turns"], list(TO_MANY), places, may_leave, now)
        if given:
            await note_pace(connection, before.after(now, pace, len(given)))
        return len(given)
