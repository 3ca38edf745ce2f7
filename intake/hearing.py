"""What the visited person says of the visit, by their own phone or to an operator: the last word counts. Rules: consent.py.

An answer that changes nothing is answered all the same: how it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from intake import store
from intake.consent import Changed, decided, stand
from intake.consents import SOURCE, ask_in, row_of, visited
from intake.location import LOCATE
from intake.queries import QUERIES
from intake.request import Command
from intake.settings import IntakeSettings
from intake.store import AuditNote, steps_between
from intake.stored import StoredRequest, event_of, resident_of
from intake.triage import Promises
from shared.errors import Refused
from shared.events.contract import Recipient
from shared.events.envelope import Event
from shared.events.messages import OF_CONSENT, Answer, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import RequestStatus, Stand
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

BY_PHONE: Final = "by_phone"  # the visited person has said it themselves, not to an operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    agreed: bool
    said_at: datetime
    actor: str
    by_phone: bool = False


def is_answer(event: Event) -> bool:
    return isinstance(event.body, ReplyReceived) and event.body.answer in OF_CONSENT


class Hearing:
    """One per process and use."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self._promises = Promises()

    async def answers(self, connection: asyncpg.Connection, events: Sequence[Event]) -> None:
        """In the order in which they were said."""
        replies = sorted((one.body for one in events if isinstance(one.body, ReplyReceived)), key=lambda one: one.received_at)
        if not replies:
            return
        requests = await store.lock_many(connection, [reply.request_id for reply in replies])
        now = await app_now(connection)
        for reply in replies:
            request, row = requests.get(reply.request_id), await row_of(connection, reply.request_id)
            if request is None or row is None or row["ask_id"] != reply.offer_id or not request.details_box:
                continue  # an earlier question, or somebody who is erased
            requests[request.id] = await self._answer(connection, request, row, reply, now)

    async def _answer(
        self, connection: asyncpg.Connection, request: StoredRequest, row: Any, reply: ReplyReceived, now: datetime
    ) -> StoredRequest:
        word = Word(agreed=reply.answer is Answer.AGREED, said_at=reply.received_at, actor="resident", by_phone=True)
        older = row["said_at"] is not None and word.said_at <= row["said_at"]  # than what an operator has heard since
        if older or request.visit_consent is word.agreed:
            await _stands(connection, request, row, stand(request), now)
            return request
        try:
            return await self.keep(connection, request, word, now)
        except Refused as refusal:
            await _stands(connection, request, row, stand(request, refusal), now)
            return request

    async def keep(self, connection: asyncpg.Connection, request: StoredRequest, word: Word, now: datetime) -> StoredRequest:
        """Raises Refused."""
        changed = decided(request, word.agreed, self._promises.expected_at(request.priority, now))
        row, done = await row_of(connection, request.id), replace(changed.request, version=request.version + 1)
        action = Command.AGREE if word.agreed else Command.REFUSE
        detail = {"from": request.status, "to": done.status, "version": done.version}
        note = AuditNote(at=now, actor=word.actor, action=action, subject=done.id, detail=detail)
        await store.save(connection, [done], steps_between(request, done, now), [note])
        await connection.execute(QUERIES["note_said"], request.id, word.said_at)
        told = _hearers(Changed(done, changed.kind), word, row)
        ask, reason = None if row is None else ask_in(row), BY_PHONE if word.by_phone else None
        event = event_of(changed.kind, done, now, others=told, reason=reason, consent=ask)
        await append(connection, [event], source=SOURCE)
        if done.status is RequestStatus.NEEDS_LOCATION and request.status is not done.status:
            due = now + timedelta(seconds=self._settings.locate_seconds)
            await set_timers(connection, [Timer(kind=LOCATE, subject=done.id, due_at=due)])
        return done


def _hearers(changed: Changed, word: Word, row: Any) -> tuple[Recipient, ...]:
    """Whoever has said it by phone; and whoever has filed it for them, when nobody comes, or somebody after all."""
    filer = resident_of(changed.request)
    asked = visited(row)
    filed_by_others = tuple(one for one in asked if one.contact_point_id != filer.contact_point_id)
    if changed.kind is EventType.REQUEST_REOPENED:
        return (filer, *filed_by_others)
    if not word.by_phone:
        return ()  # they are on the telephone
    return asked if word.agreed else (filer, *filed_by_others)


async def _stands(connection: asyncpg.Connection, request: StoredRequest, row: Any, how: Stand, now: datetime) -> None:
    """No new version: nothing has changed, and a clock may believe in the present one."""
    event = event_of(EventType.REQUEST_CONSENT_NOTED, request, now, others=visited(row), reason=how.value, consent=ask_in(row))
    await append(connection, [event], source=SOURCE)
