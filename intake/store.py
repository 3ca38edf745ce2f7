"""Loading and saving of requests inside a transaction that somebody else began. No rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from intake.stored import StoredRequest, loaded, saved
from shared.errors import NotFound
from shared.events.assignments import JobState
from shared.events.contract import Sealed
from shared.postgres.transaction import app_now


@dataclass(frozen=True, slots=True)
class Step:
    """A request when it reached a status; what the resident may read."""

    request: StoredRequest
    at: datetime


def steps_between(before: StoredRequest, after: StoredRequest, at: datetime) -> list[Step]:
    return [] if before.status is after.status else [Step(after, at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """Who did what. `detail` holds words of closed sets and numbers, never what a person said."""

    at: datetime
    actor: str
    action: str
    subject: UUID
    detail: dict[str, Any] | None = None


async def lock(connection: asyncpg.Connection, code: str) -> StoredRequest:
    """Raises NotFound."""
    row = await connection.fetchrow(QUERIES["lock_request"], code)
    if row is None:
        raise NotFound("request")
    return loaded(row)


async def lock_many(connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, StoredRequest]:
    return (await locked_at(connection, ids))[0]


async def locked_at(connection: asyncpg.Connection, ids: Sequence[UUID]) -> tuple[dict[UUID, StoredRequest], datetime]:
    """And the time, read after the locks (law 9) in the same round trip."""
    rows = await connection.fetch(QUERIES["lock_requests"], list(ids))
    return {row["id"]: loaded(row) for row in rows}, rows[-1]["now"] if rows else await app_now(connection)


async def lock_of_person(connection: asyncpg.Connection, contact_point_id: UUID) -> list[StoredRequest]:
    return [loaded(row) for row in await connection.fetch(QUERIES["lock_requests_of_person"], contact_point_id)]


async def save(
    connection: asyncpg.Connection, requests: Sequence[StoredRequest], steps: Sequence[Step] = (), notes: Sequence[AuditNote] = ()
) -> None:
    """`steps` are the changes of status among them, in order; `notes` what the audit says of them."""
    if requests:
        told = [(step.request.id, step.request.version, step.request.status, step.at) for step in steps]
        columns = (*zip(*map(saved, requests), strict=True), *_columns(told, 4), *_columns(list(map(_noted, notes)), 5))
        await connection.execute(QUERIES["save_requests"], *columns)


async def note(connection: asyncpg.Connection, notes: Sequence[AuditNote]) -> None:
    if notes:
        await connection.execute(QUERIES["note_audit"], *_columns(list(map(_noted, notes)), 5))


def _noted(entry: AuditNote) -> tuple[Any, ...]:
    return entry.at, entry.actor, entry.action, entry.subject, entry.detail


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * count


async def expect_visits(connection: asyncpg.Connection, jobs: Sequence[JobState]) -> None:
    """Who comes to whose door. At most one job a request; their requests are locked."""
    rows = [
        (
            *(job.request_id, job.job_id, job.visit, who.kind, _box(who.name), _box(who.member), _box(who.partner)),
            *(who.unnamed, who.by_phone),
        )
        for job in jobs
        if (who := job.responder) is not None
    ]
    if rows:
        await connection.execute(QUERIES["expect_visits"], *zip(*rows, strict=True))


async def put_pauses(connection: asyncpg.Connection, jobs: Sequence[JobState]) -> None:
    """Whether a request stands still. At most one job a request; their requests are locked."""
    if jobs:
        rows = [(job.request_id, job.pause, job.paused_until) for job in jobs]
        await connection.execute(QUERIES["put_pauses"], *zip(*rows, strict=True))


def _box(sealed: Sealed | None) -> Any:
    return None if sealed is None else sealed.model_dump(mode="json")
