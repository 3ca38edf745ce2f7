"""Use cases of people who say that a kind of help cannot work anywhere just now, and when it does again; and its clock."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.answers import actor_of
from dispatch.docket import QUERIES, open_docket
from dispatch.faults.incident import Incident, IncidentRules, moved, told
from dispatch.faults.incident_rows import lock_incidents, lock_live, record_incident, rung
from dispatch.jobs.holding import answered
from dispatch.jobs.timer import TimerKind
from shared.categories import CATEGORIES, FRAUD
from shared.errors import Invalid, NotFound
from shared.events.incidents import IncidentStatus, Symptom
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.timers import Timer, TimerHandler, set_timers


class Incidents:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, rules: IncidentRules, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._city = city
        self._rules = rules
        self._wake = wake

    async def show(self, state: str, caller: Caller) -> dict[str, Any]:
        """The incidents in this state, the newest first, at most 200. Raises Invalid."""
        if state not in set(IncidentStatus):
            raise Invalid("state", f"is none; known are {', '.join(IncidentStatus)}")
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["incidents_of_city"], caller.city, state)
            held = await connection.fetch(QUERIES["held_by_incidents"], [row["id"] for row in rows])
        counts = {row["incident_id"]: row for row in held}
        return {"incidents": [_view(dict(row), counts.get(row["id"])) for row in rows]}

    async def open(self, category: str, symptom: Symptom | None, caller: Caller) -> dict[str, Any]:
        """A person says so. What was proposed about the category is confirmed by it; what is open already stays as it is.
        Raises Invalid, Refused."""
        if category not in CATEGORIES or category == FRAUD:
            raise Invalid("category", "is none that an incident can hold; see shared/categories.json")
        city = caller.city or self._city
        async with transaction(self._pool, "dispatch.answer") as connection:
            await connection.fetchval(QUERIES["wait_for_incidents"], city)
            incident, now = await lock_live(connection, city, category), await app_now(connection)
            if incident is None or incident.status is IncidentStatus.PROPOSED:
                incident = incident or Incident(
                    id=uuid7(), city=city, status=IncidentStatus.PROPOSED, category=category, proposed_at=now
                )
                incident = await self._opened(connection, replace(incident, symptom=symptom), caller, now)
        self._wake()
        return await self._shown(incident.id)

    async def confirm(self, incident_id: UUID, symptom: Symptom | None, caller: Caller) -> dict[str, Any]:
        """What was proposed is one. Saying it twice changes nothing. Raises NotFound, Refused."""
        async with self._decided(incident_id, caller) as (connection, incident, now):
            if incident.status is not IncidentStatus.OPEN:
                await self._opened(connection, replace(incident, symptom=symptom or incident.symptom), caller, now)
        return await self._shown(incident_id)

    async def end(self, incident_id: UUID, caller: Caller) -> dict[str, Any]:
        """It works again. Whoever was held is asked, a few at a time. Twice changes nothing. Raises NotFound, Refused."""
        return await self._finish(incident_id, IncidentStatus.ENDED, caller)

    async def dismiss(self, incident_id: UUID, caller: Caller) -> dict[str, Any]:
        """What was proposed is none. Twice changes nothing. Raises NotFound, Refused."""
        return await self._finish(incident_id, IncidentStatus.DISMISSED, caller)

    async def answer(self, job_id: UUID, caller: Caller, *, works: bool) -> dict[str, Any]:
        """Somebody has talked to the resident: it works again, or it does not. Raises NotFound, NotAsked."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            docket = await open_docket(connection, actor=actor_of(caller), job_ids=[job_id])
            case = docket.case(job_id)
            if caller.city not in {None, case.job.city}:
                raise NotFound("assignment")
            answered(case, works=works)
            await docket.save()
        self._wake()
        return {"job_id": job_id, "status": case.job.status, "outcome": case.job.outcome, "pause": case.job.pause}

    async def _finish(self, incident_id: UUID, target: IncidentStatus, caller: Caller) -> dict[str, Any]:
        async with self._decided(incident_id, caller) as (connection, incident, now):
            if incident.status is not target:
                over, event = told(moved(incident, target, now), now)
                await record_incident(connection, over, [event], actor=actor_of(caller), now=now)
        return await self._shown(incident_id)

    async def _opened(self, connection: asyncpg.Connection, incident: Incident, caller: Caller, now: datetime) -> Incident:
        incident, event = told(moved(incident, IncidentStatus.OPEN, now), now)
        await record_incident(connection, incident, [event], actor=actor_of(caller), now=now)
        await set_timers(connection, [_ring_timer(incident, now, self._rules)])
        return incident

    @asynccontextmanager
    async def _decided(self, incident_id: UUID, caller: Caller) -> AsyncIterator[tuple[asyncpg.Connection, Incident, datetime]]:
        async with transaction(self._pool, "dispatch.answer") as connection:
            incident = (await lock_incidents(connection, [incident_id])).get(incident_id)
            if incident is None or caller.city not in {None, incident.city}:
                raise NotFound("incident")
            yield connection, incident, await app_now(connection)
        self._wake()

    async def _shown(self, incident_id: UUID) -> dict[str, Any]:
        async with reading(self._pool) as connection:
            row: Any = await connection.fetchrow(QUERIES["incident_by_id"], incident_id)
            held = await connection.fetchrow(QUERIES["held_by_incidents"], [incident_id])
        return _view(dict(row), held)


def ring_on_clock(rules: IncidentRules) -> TimerHandler:
    """Nobody has ended it for a while: the city desk hears so, and again after as long."""

    async def ring(connection: asyncpg.Connection, timer: Timer) -> None:
        incident = (await lock_incidents(connection, [timer.subject])).get(timer.subject)
        if incident is None or incident.status is not IncidentStatus.OPEN or incident.rings != timer.guard:
            return
        now = await app_now(connection)
        incident = replace(incident, rings=incident.rings + 1)
        held = await connection.fetchrow(QUERIES["held_by_incidents"], [incident.id])
        events = await rung(connection, incident, "still_open", people=held["held"] if held else 0, now=now)
        await record_incident(connection, incident, events, actor="clock", now=now)
        await set_timers(connection, [_ring_timer(incident, now, rules)])

    return ring


def _ring_timer(incident: Incident, now: datetime, rules: IncidentRules) -> Timer:
    due_at = now + timedelta(seconds=rules.ring_seconds)
    return Timer(kind=TimerKind.INCIDENT, subject=incident.id, due_at=due_at, guard=incident.rings)


def _view(row: dict[str, Any], held: Any) -> dict[str, Any]:
    """No personal data: how many, never who."""
    category = CATEGORIES.get(row["category"])
    told_of = {
        name: row[name] for name in ("id", "city", "category", "symptom", "people", "proposed_at", "opened_at", "ended_at")
    }
    counts = {"held": held["held"] if held else 0, "asked": held["asked"] if held else 0}
    return {**told_of, **counts, "state": row["status"], "category_label": category.label_vi if category else row["category"]}
