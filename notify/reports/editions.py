"""Reports that were handed in: stored as they were, word for word, and never changed. Later news makes a later edition."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.reports.campaign import Campaign
from notify.reports.canonical import canonical, sha256_of
from notify.reports.facts import By
from notify.reports.importing import IMPORT_SECONDS
from notify.reports.report import Question
from notify.reports.rows import read_report
from notify.sla.rows import write_log
from notify.store import QUERIES
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction

NAMES: Final = {
    "figures": ("by", "group", "priority", "clock"),
    "endings": ("by", "group", "ending"),
    "pauses": ("reason",),
    "kpis": ("by", "group", "measure"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """`body` is what was handed in; `sha256` is of its bytes. `supersedes`: the one before it about the same question."""

    id: UUID
    city: str
    asked: Question
    as_of: datetime
    submitted_at: datetime
    submitted_by: str
    code: str
    supersedes: UUID | None
    sha256: str
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """`subject` is a row of the edition by its names."""

    subject: str
    figure: str
    submitted: str
    recomputed: str


async def submit(pool: asyncpg.Pool, asked: Question, campaign: Campaign, *, by: str) -> Edition:
    """Whatever was noted is in the log first. Two that hand in at once do so in turn: one supersedes the other."""
    while await write_log(pool):
        pass
    async with transaction(pool, "notify.count", limit_seconds=IMPORT_SECONDS + 10) as connection:
        await connection.execute(QUERIES["lock_kpi_rows"])
        as_of = await app_now(connection)
    found = await read_report(pool, asked, campaign, as_of=as_of)
    async with transaction(pool, "notify.count") as connection:
        await connection.execute(QUERIES["lock_editions"])
        before = await connection.fetchval(QUERIES["read_newest_edition"], *_question(asked))
        edition_id = uuid7()
        told = {**found, "edition": str(edition_id), "supersedes": str(before) if before else None}
        body = canonical(told)
        await connection.execute(
            QUERIES["add_edition"],
            edition_id,
            *_question(asked),
            as_of,
            by,
            found["code"],
            before,
            sha256_of(body),
            body.decode("utf-8"),
        )
    return await read_edition(pool, asked.city, edition_id)


async def read_edition(pool: asyncpg.Pool, city: str, edition_id: UUID) -> Edition:
    """Raises NotFound."""
    async with reading(pool) as connection:
        row = await connection.fetchrow(QUERIES["read_edition"], city, edition_id)
    if row is None:
        raise NotFound("edition")
    return _edition(row)


async def list_editions(pool: asyncpg.Pool, city: str) -> list[Edition]:
    """Oldest first."""
    async with reading(pool, limit_seconds=30) as connection:
        return [_edition(row) for row in await connection.fetch(QUERIES["list_editions"], city)]


async def verify(pool: asyncpg.Pool, edition: Edition, campaign: Campaign) -> list[Difference]:
    """Its bytes against their hash, and its rows against the log and the imported shares as they stood then, made again by the
    code of today."""
    told = edition.document
    found = []
    if sha256_of(edition.body) != edition.sha256:
        found.append(Difference("edition", "sha256", edition.sha256, sha256_of(edition.body)))
    again = await read_report(pool, edition.asked, campaign, as_of=edition.as_of)
    return [*found, *differences(told, json.loads(canonical(again)))]


def differences(submitted: Mapping[str, Any], recomputed: Mapping[str, Any]) -> Iterator[Difference]:
    """Row by row. Another code is no difference by itself: its figures are compared."""
    for table, names in NAMES.items():
        then, now = (_by_name(one[table], names) for one in (submitted, recomputed))
        for key in sorted({*then, *now}):
            was, is_ = then.get(key, {}), now.get(key, {})
            for figure in sorted({*was, *is_}):
                if was.get(figure) != is_.get(figure):
                    yield Difference(f"{table} {'/'.join(key)}", figure, _text(was.get(figure)), _text(is_.get(figure)))


def _by_name(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(str(row[name]) for name in names): {k: v for k, v in row.items() if k not in names} for row in rows}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _question(asked: Question) -> tuple[Any, ...]:
    return asked.city, asked.since, asked.until, asked.phase, [by.value for by in asked.by]


def _edition(row: Any) -> Edition:
    asked = Question(
        city=row["city"], since=row["since"], until=row["until"], phase=row["phase"], by=tuple(map(By, row["broken_down_by"]))
    )
    return Edition(
        id=UUID(str(row["id"])),
        city=row["city"],
        asked=asked,
        as_of=row["as_of"],
        submitted_at=row["submitted_at"],
        submitted_by=row["submitted_by"],
        code=row["code_version"],
        supersedes=UUID(str(row["supersedes"])) if row["supersedes"] else None,
        sha256=row["sha256"],
        body=row["body"].encode("utf-8"),
    )
