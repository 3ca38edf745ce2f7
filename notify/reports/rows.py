"""Reading what reports are made of: rounds from the log, imported shares, the time. No figure is made here."""

import asyncio
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.reports.campaign import Campaign
from notify.reports.canonical import code_version
from notify.reports.facts import Facts, Stop
from notify.reports.kpi import KpiRow
from notify.reports.report import Question, document
from notify.sla.rounds import Reached, Round
from notify.store import QUERIES
from shared.calendar import OFFICE_HOURS
from shared.events.contract import Priority
from shared.pauses import stops
from shared.postgres.transaction import app_now, reading
from shared.service_levels import Stage

LIMIT_SECONDS: Final = 120.0
_COLUMNS: Final = {
    Reached.OFFERED: "first_offer_at",
    Reached.ACCEPTED: "accepted_at",
    Reached.ON_SCENE: "on_scene_at",
    Reached.DONE: "done_at",
}


async def read_report(
    pool: asyncpg.Pool, asked: Question, campaign: Campaign, *, as_of: datetime | None = None
) -> dict[str, Any]:
    """As the log and the imported shares stood at `as_of`; None: as they stand. The figures are made beside the loop,
    which others need."""
    async with reading(pool, limit_seconds=LIMIT_SECONDS) as connection:
        now = as_of or await app_now(connection)
        rows = await connection.fetch(QUERIES["read_facts"], asked.city, asked.begins_at, asked.ends_at, now)
        imported = await connection.fetch(QUERIES["read_kpi_rows"], asked.city, asked.since, asked.until, now)
        zone = str(OFFICE_HOURS.timezone)
        rated = await connection.fetch(QUERIES["read_survey"], asked.city, asked.since, asked.until, now, zone)
    return await asyncio.to_thread(_made, asked, rows, [*imported, *rated], campaign, now)


def _made(asked: Question, rows: list[Any], imported: list[Any], campaign: Campaign, as_of: datetime) -> dict[str, Any]:
    facts = [facts_of(row) for row in rows]
    return document(asked, facts, [_kpi_row(row) for row in imported], campaign, as_of=as_of, code=code_version())


def facts_of(row: Any) -> Facts:
    """From a row of read_facts."""
    paused = _stops(row)
    known = Round(
        request_id=UUID(str(row["request_id"])),
        round=row["round"],
        job_version=0,
        city="",
        commune_code=row["commune_code"],
        category=row["category"],
        priority=Priority(row["priority"]),
        started_at=row["started_at"],
        reached={stage: row[column] for stage, column in _COLUMNS.items() if row[column] is not None},
        closed_at=row["closed_at"],
        outcome=row["outcome"],
        pauses=tuple(
            sorted({(one.since, one.until) for one in paused if one.until is not None and stops(one.reason, Stage.RESOLVE)})
        ),
        paused_until=row["paused_until"] if stops(row["paused_for"], Stage.RESOLVE) else None,
    )
    return Facts(
        round=known,
        channel=row["channel"],
        vulnerable=row["vulnerable"],
        responder_kind=row["responder_kind"],
        stops=paused,
        told_at=tuple(row["told_at"] or ()) if row["tells"] else None,
        frozen_at=row["frozen_at"],
        done_reason=row["done_reason"],
        confirmed_at=tuple(row["confirmed_at"] or ()),
        reopened_at=tuple(row["reopened_at"] or ()),
    )


def _stops(row: Any) -> tuple[Stop, ...]:
    """Those that are over; and the one that runs, as far as the newest line says so."""
    over = {Stop(reason=reason, since=_moment(since), until=_moment(until)) for reason, since, until in row["pauses"] or ()}
    running = [Stop(reason=row["paused_for"], since=row["paused_at"], until=None)] if row["paused_for"] else []
    return (*sorted(over, key=lambda stop: (stop.since, stop.reason)), *running)


def _moment(text: str) -> datetime:
    """As PostgreSQL writes it in JSON."""
    return datetime.fromisoformat(text)


def _kpi_row(row: Any) -> KpiRow:
    return KpiRow(measure=row["measure"], day=row["day"], commune_code=row["commune_code"], n=row["n"], good=row["good"])
