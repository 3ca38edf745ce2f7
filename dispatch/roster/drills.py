"""Use cases of whoever holds the drill: what it would be, begin it, stop it, how it stands. The steps: drilling.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.queries import QUERIES
from dispatch.roster.drill import DrillStatus, Rules, days_of, first_of_month, next_step
from dispatch.roster.drilling import set_step
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction

LONG_SECONDS = 60.0  # tens of thousands of questions are planned in one statement


@dataclass(frozen=True, slots=True)
class Plan:
    """What a drill would be, if it began now. `known`: how the drill of this month stands; None: there is none yet."""

    month: date
    days: list[tuple[date, int]]
    communes: Mapping[str, int]
    languages: Mapping[str, int]
    channels: Mapping[str, int]  # by the first that this person prefers
    known: str | None

    @property
    def phones(self) -> int:
        return sum(self.communes.values())


async def plan(pool: asyncpg.Pool, city: str, rules: Rules) -> Plan:
    async with reading(pool, limit_seconds=LONG_SECONDS) as connection:
        now = await app_now(connection)
        rows = await connection.fetch(QUERIES["phones_to_drill"], city)
        known = await connection.fetchrow(QUERIES["drill_of_month"], city, first_of_month(now))
    communes: dict[str, int] = {}
    languages: dict[str, int] = {}
    channels: dict[str, int] = {}
    for row in rows:
        for counts, name in ((communes, row["commune_code"]), (languages, row["language"]), (channels, row["channels"][0])):
            counts[name] = counts.get(name, 0) + row["phones"]
    days = days_of(now, sum(communes.values()), rules)
    return Plan(first_of_month(now), days, communes, languages, channels, known["status"] if known else None)


async def start(pool: asyncpg.Pool, city: str, rules: Rules) -> dict[str, Any]:
    """Once a month: again changes nothing, and goes on with what was stopped. Drills of earlier months end."""
    async with transaction(pool, "dispatch.roster", limit_seconds=LONG_SECONDS) as connection:
        now = await app_now(connection)
        month = first_of_month(now)
        row = await connection.fetchrow(QUERIES["put_drill"], uuid7(), city, month, rules.most_out, rules.least_answered, now)
        if row is not None:
            for other in await connection.fetch(QUERIES["end_other_drills"], city, row["id"], now):
                await connection.execute(QUERIES["forget_open_asks"], other["id"])
            await connection.execute(QUERIES["plan_drill"], row["id"], city)
            await connection.execute(QUERIES["pace_drill"], row["id"], float(rules.days))
            await set_step(connection, row, next_step(now))
        return await _view(connection, await connection.fetchrow(QUERIES["drill_of_month"], city, month))


async def stop(pool: asyncpg.Pool, city: str) -> dict[str, Any]:
    """Nobody more is asked, and who has not answered is not counted out. Raises NotFound."""
    async with transaction(pool, "dispatch.roster", limit_seconds=LONG_SECONDS) as connection:
        drill = await _newest(connection, city)
        locked: Any = await connection.fetchrow(QUERIES["lock_drill"], drill["id"])
        if locked["status"] == DrillStatus.RUNNING:
            await connection.execute(QUERIES["end_drill"], drill["id"], DrillStatus.STOPPED, await app_now(connection))
            await connection.execute(QUERIES["forget_open_asks"], drill["id"])
        return await _view(connection, await _newest(connection, city))


async def status(pool: asyncpg.Pool, city: str) -> dict[str, Any]:
    """Raises NotFound."""
    async with reading(pool) as connection:
        return await _view(connection, await _newest(connection, city))


async def silent(pool: asyncpg.Pool, drill_id: UUID, commune_code: str | None) -> list[dict[str, Any]]:
    """Whom somebody should ring: those who are out, and those who were silent among too many."""
    async with reading(pool) as connection:
        return [dict(row) for row in await connection.fetch(QUERIES["silent_in_drill"], drill_id, commune_code)]


async def _newest(connection: asyncpg.Connection, city: str) -> asyncpg.Record:
    row = await connection.fetchrow(QUERIES["newest_drill"], city)
    if row is None:
        raise NotFound("drill")
    return row


async def _view(connection: asyncpg.Connection, drill: Any) -> dict[str, Any]:
    rows = await connection.fetch(QUERIES["count_drill"], drill["id"])
    counts: dict[str, int] = {}
    over: dict[str, int] = {}
    for row in rows:
        counts[row["status"]] = counts.get(row["status"], 0) + row["phones"]
        if row["over"] is not None:
            over[row["over"]] = over.get(row["over"], 0) + row["phones"]
    last: datetime | None = max((row["last_by"] for row in rows if row["last_by"]), default=None)
    return {**dict(drill), "phones": sum(counts.values()), "counts": counts, "answered_over": over, "last_answer_by": last}
