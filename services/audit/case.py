"""`techrescue case CODE`: one request's whole life, from all schemas, in order. Holds no personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.matching.words import decision
from services.audit.reading import CONTEXTS, QUERIES, snapshot
from shared.errors import NotFound
from shared.postgres.pool import open_connection
from shared.security.codes import normalise_code


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    context: str
    what: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    request: dict[str, Any]
    jobs: list[dict[str, Any]]
    entries: list[Entry]


async def read_case(dsn: str, code: str) -> Case:
    async with open_connection(dsn, schema="auditor") as connection:
        async with snapshot(connection, "intake"):
            request = await connection.fetchrow(QUERIES["case_request"], normalise_code(code))
        if request is None:
            raise NotFound("request")
        async with snapshot(connection, "dispatch"):
            jobs = [dict(row) for row in await connection.fetch(QUERIES["case_jobs"], request["id"])]
            offers = [row["id"] for row in await connection.fetch(QUERIES["case_offer_ids"], request["id"])]
        subjects = [request["id"], *(job["id"] for job in jobs), *offers]
        entries = [*await _own(connection, request["id"], [job["id"] for job in jobs]), *await _plumbing(connection, subjects)]
        return Case(dict(request), jobs, sorted(entries, key=lambda entry: entry.at))


async def _own(connection: asyncpg.Connection, request_id: UUID, job_ids: list[UUID]) -> list[Entry]:
    entries: list[Entry] = []
    async with snapshot(connection, "dispatch"):
        entries += await _entries(connection, "dispatch", "case_offers", request_id)
        entries += [_decided(row) for row in await connection.fetch(QUERIES["case_decisions"], job_ids)]
    async with snapshot(connection, "notify"):
        for query in ("case_messages", "case_attempts", "case_answers", "case_calls"):
            entries += await _entries(connection, "notify", query, request_id)
    return entries


def _decided(row: asyncpg.Record) -> Entry:
    """Who was asked and who was not, in words."""
    asked = sum(one["offered"] for one in row["candidates"])
    said = decision(row["candidates"], row["exclusions"], row["ranking"])["en"]
    detail = {"asked": asked, "considered": len(row["candidates"]), "why": said, "by": row["ranking"].get("pinned_by", "matcher")}
    return Entry(row["at"], "dispatch", "decided" if asked else "nobody found", detail)


async def _plumbing(connection: asyncpg.Connection, subjects: list[UUID]) -> list[Entry]:
    """`subjects[0]` is the request: most events have it as their key."""
    entries: list[Entry] = []
    for context in CONTEXTS:
        async with snapshot(connection, context):
            entries += await _entries(connection, context, "case_said", str(subjects[0]), subjects)
            entries += await _entries(connection, context, "case_audit", subjects)
            entries += await _entries(connection, context, "case_timers", subjects)
    return entries


async def _entries(connection: asyncpg.Connection, context: str, query: str, *values: object) -> list[Entry]:
    return [Entry(row["at"], context, row["what"], row["detail"]) for row in await connection.fetch(QUERIES[query], *values)]
