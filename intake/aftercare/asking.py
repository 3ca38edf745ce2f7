"""A day after a request was resolved its resident is asked whether it works. When, and until when: inquiry.py.

A question that notify could not send then (too many texts to this phone, a night) fails with the moment from which it may be
asked: it is asked again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from intake import store
from intake.aftercare.inquiry import ask_at, open_until
from intake.aftercare.rows import inquire, inquiry_by, inquiry_of, move_in
from intake.settings import IntakeSettings
from intake.store import AuditNote, Step
from shared.events.envelope import Event
from shared.events.messages import MessageChanged
from shared.events.registry import EventType
from shared.events.requests import Inquired, RequestStatus
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers

AGAIN: Final = "inquire_again"  # timer kind; its subject is the question
QUESTIONS: Final = frozenset({"fixed_ask", "survey_ask", "cancel_ask", "move_ask"})  # notify's words for these texts
FIXED: Final = "fixed"  # timer kind; its guard is the version at which the request was resolved


def fixed_timers(steps: Iterable[Step], now: datetime, settings: IntakeSettings) -> list[Timer]:
    """Where silence would close a request before anybody has asked, nobody asks."""
    if settings.fixed_ask_seconds >= settings.close_seconds:
        return []
    return [
        Timer(kind=FIXED, subject=one.request.id, due_at=ask_at(now, settings), guard=one.request.version)
        for one in steps
        if one.request.status is RequestStatus.RESOLVED
    ]


class AskFixed:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self.handlers = {FIXED: self.due, AGAIN: self.again}

    async def due(self, connection: asyncpg.Connection, timer: Timer) -> None:
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None or request.status is not RequestStatus.RESOLVED or request.version != timer.guard:
            return
        if not request.phone_box:
            return  # erased
        if await inquiry_of(connection, request, Inquired.FIXED) is not None:
            return  # somebody from elsewhere wanted it closed: it was asked then
        now = await app_now(connection)
        await inquire(connection, request, Inquired.FIXED, now, open_until(now, self._settings), actor="timer")
        await store.note(connection, [AuditNote(at=now, actor="timer", action="asked_fixed", subject=request.id)])

    async def again(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """By a question of its own: the one before is over on that phone."""
        row = await inquiry_by(connection, timer.subject)
        request = (await store.lock_many(connection, [row["request_id"]])).get(row["request_id"]) if row is not None else None
        now = await app_now(connection)
        if request is None or not request.phone_box or row["answered_at"] is not None or row["round"] != request.reopened:
            return
        if row["open_until"] <= now:
            return
        await inquire(connection, request, Inquired(row["about"]), now, row["open_until"], actor="timer", move=move_in(row))
        note = AuditNote(at=now, actor="timer", action="asked_again", subject=request.id, detail={"about": row["about"]})
        await store.note(connection, [note])


def is_unsent(event: Event) -> bool:
    body = event.body
    return isinstance(body, MessageChanged) and event.type is EventType.MESSAGE_FAILED and body.purpose in QUESTIONS


async def take_unsent(connection: asyncpg.Connection, events: Sequence[Event]) -> None:
    later = [
        Timer(kind=AGAIN, subject=body.offer_id, due_at=body.retry_at)
        for event in events
        if isinstance(body := event.body, MessageChanged) and body.offer_id is not None and body.retry_at is not None
    ]
    await set_timers(connection, later)
