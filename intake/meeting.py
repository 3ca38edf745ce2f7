"""The use case of a meeting on the web: opened by the resident, on their own page, for the call that goes on. Never sent.

Load, decide, save, publish. Doing it twice gives the same address and changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import asyncpg

from intake import store
from intake.changes import SOURCE
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.stored import StoredRequest
from intake.tries import Tries
from intake.visit import EXPECTED, Visit
from intake.visit_check import visit_of
from shared.errors import Refused
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import MeetingOpened
from shared.meetings import Meetings
from shared.postgres.transaction import app_now, transaction
from shared.transport.outbox import append


class NoCall(Refused):
    def __init__(self) -> None:
        super().__init__("no_call", "a meeting opens while somebody helps you by phone; nobody does now. Call 1022")


class NoMeetings(Refused):
    def __init__(self) -> None:
        super().__init__("no_meetings", "there are no meetings on the web here; the helper calls you from the hotline's number")


class MeetingRooms:
    """One per process; `wake` tells the relay that there is something to publish."""

    def __init__(self, pool: asyncpg.Pool, meetings: Meetings, limits: Limits, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._meetings = meetings
        self._tries = Tries(pool, limits)
        self._wake = wake

    async def open(self, code: str, actor: str, address: str | None) -> dict[str, Any]:
        """Raises NotFound, NoCall, NoMeetings, and TooMany for one guess too many from an address: a right code is let in."""
        async with self._tries.of("meeting", code, actor, address, count=False) as known:
            visit = await self._open(known, actor)
        self._wake()
        return {"url": self._meetings.address(visit.job_id, visit.visit), "by_phone": True}

    async def _open(self, code: str, actor: str) -> Visit:
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            visit = visit_of(await connection.fetchrow(QUERIES["read_visit"], request.id))
            if visit is None or not visit.by_phone or request.status not in EXPECTED:
                raise NoCall
            if self._meetings.address(visit.job_id, visit.visit) is None:
                raise NoMeetings
            now = await app_now(connection)
            if await connection.fetchval(QUERIES["open_meeting"], request.id, now):
                await self._tell(connection, request, visit, actor, now)
        return visit

    async def _tell(
        self, connection: asyncpg.Connection, request: StoredRequest, visit: Visit, actor: str, now: datetime
    ) -> None:
        version: int = await connection.fetchval(QUERIES["raise_version"], request.id)
        body = MeetingOpened(request_id=request.id, city=request.city, job_id=visit.job_id, visit=visit.visit)
        kind = EventType.MEETING_OPENED
        event = Event(type=kind, subject=request.id, version=version, key=request.id, body=body, time=now)
        await append(connection, [event], source=SOURCE)
        detail = {"visit": visit.visit, "job_id": str(visit.job_id)}
        await store.note(connection, [AuditNote(at=now, actor=actor, action="meeting", subject=request.id, detail=detail)])
