"""Two requests that are one: a person says so, and may take it back. Load, decide, save, publish.

The merged one is cancelled, which takes its job back from whoever was asked, and shows what becomes of the other. Nobody is lost:
when the other one ends without help and is somebody else's, the merged one is set free again (freeing.py).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import asyncpg

from intake import store
from intake.changes import SOURCE, PersonErased
from intake.consent import reopened
from intake.consents import ask_of
from intake.desk.sight import Sight, check_in_sight
from intake.draft import CITY_DESK
from intake.queries import QUERIES
from intake.request import LIVE, HelperIsThere
from intake.store import AuditNote, steps_between
from intake.stored import StoredRequest, event_of
from intake.triage import Promises
from shared.errors import NotFound, Refused
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from shared.postgres.transaction import app_now, transaction
from shared.security.codes import normalise_code
from shared.telemetry.metrics_intake import DESK_MERGES
from shared.transport.outbox import append

DUPLICATE: Final = "duplicate"  # the reason of its cancelling


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("not_open", "only requests that are open can be merged; look at the board again")


class SameRequest(Refused):
    def __init__(self) -> None:
        super().__init__("same_request", "a request cannot be merged into itself, nor two into each other")


class NotMerged(Refused):
    def __init__(self) -> None:
        super().__init__("not_merged", "this request is not merged into another; there is nothing to take back")


class Merges:
    """`wake` tells the relay that there is something to publish."""

    def __init__(self, pool: asyncpg.Pool, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._wake = wake
        self._promises = Promises()

    async def merge(self, sight: Sight, code: str, into: str, actor: str) -> dict[str, Any]:
        """Raises NotFound, NotOpen, HelperIsThere, SameRequest."""
        code, into = normalise_code(code), normalise_code(into)
        if code == into:
            raise SameRequest
        for one in (code, into):
            await check_in_sight(self._pool, sight, one)
        async with transaction(self._pool, "intake.change") as connection:
            request, other, now = await self._pair(connection, code, into)
            merged = await connection.fetchrow(QUERIES["read_merge"], request.id)
            if merged is not None and merged["into_id"] == other.id:
                return _told(request, other)  # twice the same is no change
            _check(request, other)
            await connection.execute(QUERIES["keep_merge"], request.id, other.id, now, actor, request.visit_consent)
            await connection.execute(QUERIES["pass_on_merges"], request.id, other.id)
            await self._cancel(connection, request, other, actor, now)
        self._wake()
        DESK_MERGES.labels("merged").inc()
        return _told(request, other)

    async def unmerge(self, sight: Sight, code: str, actor: str) -> dict[str, Any]:
        """It is looked for anew, for it alone. Raises NotFound, NotMerged, PersonErased."""
        code = normalise_code(code)
        await check_in_sight(self._pool, sight, code)
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            after = await set_free(connection, request, actor, self._promises, await app_now(connection))
        self._wake()
        DESK_MERGES.labels("unmerged").inc()
        return {"code": after.code, "status": after.status, "expected": after.expected_at}

    async def _pair(self, connection: asyncpg.Connection, code: str, into: str) -> tuple[StoredRequest, StoredRequest, datetime]:
        """Both locked in the order of their ids (law 2)."""
        rows = await connection.fetch(QUERIES["ids_of_codes"], [code, into])
        locked, now = await store.locked_at(connection, [row["id"] for row in rows])
        by_code = {request.code: request for request in locked.values()}
        if code not in by_code or into not in by_code:
            raise NotFound("request")
        return by_code[code], by_code[into], now

    async def _cancel(
        self, connection: asyncpg.Connection, request: StoredRequest, other: StoredRequest, actor: str, now: datetime
    ) -> None:
        after = replace(request, status=RequestStatus.CANCELLED, owner=None, version=request.version + 1)
        detail = {"from": request.status, "into": str(other.id), "version": after.version}
        note = AuditNote(at=now, actor=actor, action="merged", subject=request.id, detail=detail)
        other_note = AuditNote(at=now, actor=actor, action="took_in", subject=other.id, detail={"request": str(request.id)})
        await store.save(connection, [after], steps_between(request, after, now), [note, other_note])
        ask = await ask_of(connection, request.id)  # nobody need answer any more
        tells = request.contact_point_id != other.contact_point_id  # on the same phone they hear of the other one anyway
        event = event_of(EventType.REQUEST_CANCELLED, after, now, tell_resident=tells, reason=DUPLICATE, consent=ask)
        await append(connection, [event], source=SOURCE)


async def set_free(
    connection: asyncpg.Connection, request: StoredRequest, actor: str, promises: Promises, now: datetime
) -> StoredRequest:
    """A new job under the same request, which is locked. Raises NotMerged, PersonErased."""
    merged = await connection.fetchrow(QUERIES["drop_merge"], request.id)
    if merged is None or request.status is not RequestStatus.CANCELLED:
        raise NotMerged
    if not request.details_box:
        raise PersonErased
    status, owner = (RequestStatus.FILED, None) if request.commune_code else (RequestStatus.NEEDS_LOCATION, CITY_DESK)
    again = reopened(request, status, promises.expected_at(request.priority, now))
    after = replace(again, owner=owner, visit_consent=merged["consent"], version=request.version + 1)
    detail = {"from_id": str(merged["into_id"]), "version": after.version}
    note = AuditNote(at=now, actor=actor, action="unmerged", subject=after.id, detail=detail)
    await store.save(connection, [after], steps_between(request, after, now), [note])
    await append(connection, [event_of(EventType.REQUEST_REOPENED, after, now, tell_resident=True)], source=SOURCE)
    return after


def _check(request: StoredRequest, other: StoredRequest) -> None:
    if request.status not in LIVE or other.status not in LIVE:
        raise NotOpen
    if request.status is RequestStatus.IN_PROGRESS:
        raise HelperIsThere


def _told(request: StoredRequest, other: StoredRequest) -> dict[str, Any]:
    return {"code": request.code, "merged_into": other.code}
