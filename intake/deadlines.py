"""What intake does when a timer is due. Each handler runs in the transaction that takes the timer away, guarded by the state."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import asyncpg

from intake import store
from intake.aftercare.rows import end_unanswered
from intake.board import CLOSE
from intake.hotline.sweeping import sweep_hotline
from intake.location import LOCATE
from intake.privacy.retention import clear_old
from intake.queries import QUERIES
from intake.request import Command, moved
from intake.settings import IntakeSettings
from intake.store import AuditNote, steps_between
from shared.events.requests import RequestStatus
from shared.postgres.transaction import app_now
from shared.timers import Timer, set_timers

SWEEP: Final = "sweep"  # windows and answers that are over
SWEEP_SECONDS: Final = 3600.0
SOON_SECONDS: Final = 60.0  # a portion was full: there is more whose time is over
LONGEST_REMINDER_SECONDS: Final = 86400.0
KEEP_TICKETS: Final = timedelta(days=90)  # of walk-in queues, without phones and words, which go when a ticket is over
KEEP_READ: Final = timedelta(days=30)  # what people wrote, after somebody has read it


class Deadlines:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self.handlers = {CLOSE: self.close, LOCATE: self.remind, SWEEP: self.sweep}

    async def close(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Nobody answered "is it fixed?": closed, and counted apart from confirmed closings by its actor."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None or request.status is not RequestStatus.RESOLVED or request.version != timer.guard:
            return
        now = await app_now(connection)
        closed = replace(request, status=moved(request.status, Command.CLOSE), version=request.version + 1)
        note = AuditNote(at=now, actor="timer", action=Command.CLOSE, subject=closed.id)
        await store.save(connection, [closed], steps_between(request, closed, now), [note])

    async def remind(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Still without a place: noted, and asked again, each time after twice as long. It is never dropped."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None or request.status is not RequestStatus.NEEDS_LOCATION:
            return
        now = await app_now(connection)
        reminder = timer.guard + 1
        wait = min(self._settings.locate_seconds * 2**reminder, LONGEST_REMINDER_SECONDS)
        # Another guard, so that it is another row: the one that is due now is deleted after us.
        again = Timer(kind=LOCATE, subject=request.id, due_at=now + timedelta(seconds=wait), guard=reminder)
        await set_timers(connection, [again])
        detail = {"owner": request.owner, "reminder": reminder}
        await store.note(
            connection, [AuditNote(at=now, actor="timer", action="still_needs_location", subject=request.id, detail=detail)]
        )

    async def sweep(self, connection: asyncpg.Connection, timer: Timer) -> None:
        now = await app_now(connection)
        await connection.execute(QUERIES["sweep_allowances"], now)
        await connection.execute(QUERIES["sweep_idempotency_keys"], now - timedelta(seconds=self._settings.keep_answers_seconds))
        await connection.execute(QUERIES["sweep_hints"])
        more = await clear_old(connection, now, self._settings)
        more |= await end_unanswered(connection, now)
        await sweep_hotline(connection, self._settings.hotline, now)
        await connection.execute(QUERIES["sweep_turns"], now - KEEP_READ)
        await connection.execute(QUERIES["sweep_talks"], now - KEEP_READ)
        await connection.execute(QUERIES["sweep_chats"], now - KEEP_READ)
        await connection.execute(QUERIES["sweep_tickets"], now - KEEP_TICKETS)
        await connection.execute(QUERIES["sweep_days"], now - KEEP_TICKETS)
        await connection.execute(QUERIES["sweep_imports"], now - KEEP_TICKETS)
        await connection.execute(QUERIES["sweep_faults"], now - KEEP_READ)
        await connection.execute(QUERIES["sweep_incidents"], now - KEEP_READ)
        await connection.execute(QUERIES["sweep_board_changes"])
        due = now + timedelta(seconds=SOON_SECONDS if more else SWEEP_SECONDS)
        await set_timers(connection, [Timer(kind=SWEEP, subject=timer.subject, due_at=due, guard=timer.guard + 1)])
