"""Incidents from rows to nouns, under their lock, and back with what is told of them. No rules here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.faults.incident import Incident
from dispatch.jobs.escalation import Level
from dispatch.queries import QUERIES, SOURCE
from dispatch.roster.responder import recipient
from dispatch.rows import lead_of, turned
from shared.events.contract import Role
from shared.events.envelope import Event
from shared.events.incidents import IncidentRung, IncidentStatus, Symptom
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.transport.outbox import append


async def lock_incidents(connection: asyncpg.Connection, ids: Collection[UUID]) -> dict[UUID, Incident]:
    """By id, before any job (law 2)."""
    return {row["id"]: incident_of(row) for row in await connection.fetch(QUERIES["lock_incidents"], list(ids))}


async def lock_live(connection: asyncpg.Connection, city: str, category: str) -> Incident | None:
    row = await connection.fetchrow(QUERIES["lock_live_incident"], city, category)
    return incident_of(row) if row else None


async def record_incident(
    connection: asyncpg.Connection, incident: Incident, events: Sequence[Event], *, actor: str, now: datetime
) -> None:
    """Locked before, or new; with what is told of it, and its audit."""
    await connection.execute(QUERIES["put_incident"], *_row(incident))
    await append(connection, list(events), source=SOURCE)
    detail = {"status": incident.status.value, "category": incident.category}
    notes = [(event.type.value, incident.id, detail) for event in events]
    if notes:
        await connection.execute(QUERIES["write_audit"], now, actor, *turned(notes))


async def rung(connection: asyncpg.Connection, incident: Incident, reason: str, *, people: int, now: datetime) -> list[Event]:
    """To the city desk, if anybody sits there."""
    rows = await connection.fetch(QUERIES["seats"], [incident.city], [])
    desks = [lead for lead in map(lead_of, rows) if lead.level is Level.CITY_DESK]
    return [
        Event(
            type=EventType.INCIDENT_RUNG,
            subject=uuid7(),
            version=1,
            key=desk.contact.id,
            body=IncidentRung(
                city=incident.city,
                contact_point_id=desk.contact.id,
                recipients=recipient(desk.contact, Role.LEAD, desk.name),
                incident_id=incident.id,
                category=incident.category,
                reason=reason,
                people=people,
                since=incident.opened_at or incident.proposed_at,
            ),
            time=now,
        )
        for desk in desks
    ]


def incident_of(row: Any) -> Incident:
    found = dict(row)
    symptom = found.pop("symptom")
    return Incident(symptom=Symptom(symptom) if symptom else None, **{**found, "status": IncidentStatus(found["status"])})


def _row(one: Incident) -> tuple[Any, ...]:
    return (
        *(one.id, one.city, one.version, one.status, one.category, one.symptom, one.people),
        *(one.proposed_at, one.opened_at, one.ended_at, one.rings),
    )
