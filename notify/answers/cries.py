"""An "SOS" from a phone that has no visit of its own: whose door is it? Looked up only then. No rules."""

from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg

from notify.phone import JobOnPhone
from notify.store import QUERIES, job_of


async def visits_of_residents(connection: asyncpg.Connection, phones: Collection[UUID]) -> Mapping[UUID, tuple[JobOnPhone, ...]]:
    """By the phone of the resident: what somebody has accepted for them and is not over."""
    found: dict[UUID, tuple[JobOnPhone, ...]] = {}
    for row in await connection.fetch(QUERIES["visits_of_residents"], list(phones)) if phones else ():
        found[row["resident"]] = (*found.get(row["resident"], ()), job_of(row))
    return found
