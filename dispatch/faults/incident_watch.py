"""The loop behind incidents: it holds what waits while one is open, asks whoever was held at its end, and proposes new ones.

Each step is one transaction of a few jobs that says the same when it is done twice: killed anywhere, it goes on with what is
left. It opens and ends nothing by itself.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, open_docket
from dispatch.faults.incident import Flood, Incident, IncidentRules, has_subsided, moved, told, unusual
from dispatch.faults.incident_rows import lock_incidents, record_incident, rung
from dispatch.jobs.holding import ask_whether_it_works, hold
from shared.categories import CATEGORIES, FRAUD
from shared.events.incidents import IncidentStatus
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.telemetry.metrics import INCIDENT_HELD

LOOK_SECONDS: Final = 2.0
COUNT_SECONDS: Final = 60.0  # how often it is counted who asks for what, and who is held
USUAL_SECONDS: Final = 3600.0  # … and what is usual, which is a look at two weeks
AT_ONCE: Final = 50  # jobs of a transaction: nobody who answers waits long for their locks
STEPS: Final = 20  # transactions of one look


@dataclass(frozen=True, slots=True)
class _Seen:
    open: Mapping[str, UUID]
    proposed: Mapping[str, UUID]


class IncidentWatch(Rounds):
    """Every dispatch process may run it: a lock lets one at a time act. `changed` rings after a commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, rules: IncidentRules, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._city = city
        self._rules = rules
        self._changed = changed
        self._open: Mapping[str, UUID] = {}
        self._usual: Mapping[str, float] = {}
        self._usual_at = self._counted_at = float("-inf")

    def open(self) -> Mapping[str, UUID]:
        """By category, as of the last look: what is filed about them meanwhile is held as it is opened."""
        return self._open

    async def look(self) -> None:
        async with reading(self._pool) as connection:
            seen = await self._live(connection)
        self._open = seen.open
        for step in (self._hold, self._ask):
            for _ in range(STEPS):
                if await step() < AT_ONCE:
                    break
        if time.monotonic() - self._counted_at >= COUNT_SECONDS:
            self._counted_at = time.monotonic()
            await self.count()

    async def count(self) -> None:
        """Shows how many are held, proposes what is unusual, and takes back what was proposed and is as usual again."""
        async with reading(self._pool) as connection:
            floods = [_flood_of(row) for row in await connection.fetch(QUERIES["floods"], self._city, self._rules.window_seconds)]
            await self._learn_usual(connection)
            seen = await self._live(connection)
            decided = await connection.fetch(QUERIES["lately_decided"], self._city, self._rules.quiet_seconds)
            _show(await connection.fetch(QUERIES["count_held"], self._city))
        silent = {*seen.open, *seen.proposed, *(row["category"] for row in decided), FRAUD}
        for flood in unusual(floods, self._usual, self._rules):
            if flood.category not in silent and flood.category in CATEGORIES:
                await self._propose(flood)
        by_category = {flood.category: flood for flood in floods}
        for category, incident_id in seen.proposed.items():
            if has_subsided(by_category.get(category), self._usual.get(category, 0.0), self._rules):
                await self._subside(incident_id)

    async def _live(self, connection: asyncpg.Connection) -> _Seen:
        rows = await connection.fetch(QUERIES["live_incidents"], self._city)
        by_status = {
            status: {row["category"]: row["id"] for row in rows if row["status"] == status}
            for status in (IncidentStatus.OPEN, IncidentStatus.PROPOSED)
        }
        return _Seen(by_status[IncidentStatus.OPEN], by_status[IncidentStatus.PROPOSED])

    async def _learn_usual(self, connection: asyncpg.Connection) -> None:
        if time.monotonic() - self._usual_at < USUAL_SECONDS:
            return
        rows = await connection.fetch(QUERIES["usual_floods"], self._city, self._rules.window_seconds, self._rules.usual_days)
        self._usual = {row["category"]: row["usual"] for row in rows}
        self._usual_at = time.monotonic()

    async def _hold(self) -> int:
        """How many there were to hold, at most a step's worth."""
        if not self._open:
            return 0
        return await self._step("jobs_to_hold", _hold_them)

    async def _ask(self) -> int:
        return await self._step("jobs_to_ask", _ask_them)

    async def _step(self, query: str, act: Callable[[asyncpg.Connection, Sequence[Any]], Any]) -> int:
        async with reading(self._pool) as connection:  # mostly there is nothing to do, and nothing to commit
            if not await connection.fetch(QUERIES[query], self._city, 1):
                return 0
        async with transaction(self._pool, "dispatch.match") as connection:
            if not await connection.fetchval(QUERIES["try_incident_lock"], self._city):
                return 0
            rows = await connection.fetch(QUERIES[query], self._city, AT_ONCE)
            if rows:
                await act(connection, rows)
        if rows:
            self._changed()
        return len(rows)

    async def _propose(self, flood: Flood) -> None:
        async with transaction(self._pool, "dispatch.match") as connection:
            if not await connection.fetchval(QUERIES["try_incident_lock"], self._city):
                return
            seen = await self._live(connection)
            if flood.category in {*seen.open, *seen.proposed}:
                return
            now = await app_now(connection)
            new = Incident(
                id=uuid7(),
                city=self._city,
                status=IncidentStatus.PROPOSED,
                category=flood.category,
                people=flood.people,
                proposed_at=now,
            )
            incident, event = told(new, now)
            rings = await rung(connection, incident, "proposed", people=flood.people, now=now)
            await record_incident(connection, incident, [event, *rings], actor="watch", now=now)
        self._changed()

    async def _subside(self, incident_id: UUID) -> None:
        async with transaction(self._pool, "dispatch.match") as connection:
            incident = (await lock_incidents(connection, [incident_id])).get(incident_id)
            if incident is None or incident.status is not IncidentStatus.PROPOSED:
                return
            now = await app_now(connection)
            incident, event = told(moved(incident, IncidentStatus.SUBSIDED, now), now)
            await record_incident(connection, incident, [event], actor="watch", now=now)
        self._changed()


async def _hold_them(connection: asyncpg.Connection, rows: Sequence[Any]) -> None:
    """An incident that has ended meanwhile holds nobody: its row is locked before the jobs (law 2), and looked at again."""
    held_by = {row["id"]: row["incident_id"] for row in rows}
    incidents = await lock_incidents(connection, {*held_by.values()})
    docket = await open_docket(connection, actor="watch", job_ids=list(held_by))
    for job_id, incident_id in held_by.items():
        case, incident = docket.cases.get(job_id), incidents.get(incident_id)
        if case is not None and incident is not None and incident.status is IncidentStatus.OPEN:
            hold(case, incident_id)
    await docket.save()


async def _ask_them(connection: asyncpg.Connection, rows: Sequence[Any]) -> None:
    docket = await open_docket(connection, actor="watch", job_ids=[row["id"] for row in rows])
    for row in rows:
        if row["id"] in docket.cases:
            ask_whether_it_works(docket.cases[row["id"]])
    await docket.save()


def _show(rows: Sequence[Any]) -> None:
    """Every dispatch process shows the same numbers: use max over processes, not sum."""
    held = {row["category"]: row["held"] for row in rows}
    for category in CATEGORIES:
        INCIDENT_HELD.labels(category).set(held.get(category, 0))


def _flood_of(row: Any) -> Flood:
    return Flood(category=row["category"], people=row["people"], communes=row["communes"])
