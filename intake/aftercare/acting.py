"""What somebody does to a locked request after the help, or from elsewhere: saved, noted, published in one breath."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from intake import store
from intake.aftercare.rows import SOURCE, inquiry_of
from intake.request import Command
from intake.store import AuditNote, steps_between
from intake.stored import StoredRequest, event_of
from shared.events.registry import EventType
from shared.events.requests import Inquired
from shared.transport.outbox import append


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does to a locked request: who, when they said it, and what it is called in the audit."""

    connection: asyncpg.Connection
    actor: str
    now: datetime

    async def publish(
        self, before: StoredRequest, after: StoredRequest, kind: EventType, action: Command, about: Inquired, **said: Any
    ) -> StoredRequest:
        done = replace(after, version=before.version + 1)
        detail = {"from": before.status, "to": done.status, "version": done.version}
        note = AuditNote(at=self.now, actor=self.actor, action=action, subject=done.id, detail=detail)
        await store.save(self.connection, [done], steps_between(before, done, self.now), [note])
        inquiry = await inquiry_of(self.connection, before, about)
        await append(self.connection, [event_of(kind, done, self.now, inquiry=inquiry, **said)], source=SOURCE)
        return done

    async def note(self, request: StoredRequest, action: str, **detail: Any) -> None:
        entry = AuditNote(at=self.now, actor=self.actor, action=action, subject=request.id, detail=detail)
        await store.note(self.connection, [entry])
