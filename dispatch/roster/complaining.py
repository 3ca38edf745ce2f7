"""Use cases of complaints: which helper one is about, what it changes, and what a ward lead sees of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, Docket
from dispatch.jobs.job import OWNED
from dispatch.jobs.pinning import rule_out
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import RequestChanged
from shared.postgres.transaction import reading

MOST: Final = 500

Accused = Mapping[UUID, Any]  # by request: a row of `accused`


async def find_accused(connection: asyncpg.Connection, events: Sequence[Event]) -> dict[UUID, Any]:
    """Before anything is locked: a visit that was accepted stays accepted once, whatever becomes of it."""
    requests = [event.key for event in events if event.type is EventType.REQUEST_COMPLAINED]
    rows = await connection.fetch(QUERIES["accused"], requests) if requests else []
    return {row["request_id"]: row for row in rows}


def rule_out_accused(docket: Docket, accused: Accused) -> None:
    """Not this person again for what is still open. Whoever has the visit keeps it: the ward lead decides, not a word."""
    for request_id, row in accused.items():
        case = docket.of_request(request_id)
        if case is None or case.job.closed_at is not None:
            continue
        if case.job.status not in OWNED or case.job.responder_id != row["responder_id"]:
            rule_out(case, row["responder_id"], docket.leads)


async def keep_complaints(docket: Docket, events: Collection[Event], accused: Accused) -> None:
    """After the cases are saved: their jobs and these helpers are locked."""
    for event in events:
        if event.type is not EventType.REQUEST_COMPLAINED or not isinstance(event.body, RequestChanged):
            continue
        row, request = accused.get(event.key), event.body.request
        reason = event.body.reason or "other"
        if row is None:
            await docket.note([("complaint.nobody", event.key, {"reason": reason})])
            continue
        await docket.connection.execute(
            QUERIES["put_complaint"],
            *(event.id, row["city"], row["commune_code"], event.key, row["job_id"], row["responder_id"], reason),
            *(event.time, request.resident.contact_point_id),
        )
        await docket.note([("complaint.kept", row["job_id"], {"responder_id": str(row["responder_id"]), "reason": reason})])


async def list_complaints(pool: asyncpg.Pool, city: str, commune_code: str | None) -> list[dict[str, Any]]:
    async with reading(pool) as connection:
        return [dict(row) for row in await connection.fetch(QUERIES["complaints_of"], city, commune_code, MOST)]
