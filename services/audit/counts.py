"""The few figures of the front page. Anybody may read them, so there is nothing in them but numbers."""

from dataclasses import dataclass
from typing import Final

from services.audit.reading import QUERIES, snapshot
from shared.postgres.pool import open_connection

LIMIT_SECONDS: Final = 5.0  # a visitor waits for it


@dataclass(frozen=True, slots=True)
class Counts:
    filed: int
    filed_today: int
    waiting: int
    in_work: int
    solved: int
    on_shift: int
    messages: int
    outages: int = 0  # channels that take no messages


async def read_counts(dsn: str) -> Counts:
    async with open_connection(dsn, schema="auditor", limit_seconds=LIMIT_SECONDS) as connection:
        async with snapshot(connection, "intake"):
            requests = (await connection.fetch(QUERIES["count_requests"]))[0]
        async with snapshot(connection, "dispatch"):
            on_shift = await connection.fetchval(QUERIES["count_responders"])
        async with snapshot(connection, "notify"):
            messages = await connection.fetchval(QUERIES["count_messages"])
            outages = await connection.fetchval(QUERIES["count_outages"])
    return Counts(**requests, on_shift=on_shift, messages=messages, outages=outages)
