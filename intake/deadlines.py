"""What intake does when a timer is due. Each handler runs in the transaction that takes the timer away, guarded by the state."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import asyncpg

from intake import store
from intake.board import CLOSE
from intake.location import LOCATE
from intake.privacy.retention import clear_old
from intake.request import Command, moved
from intake.settings import IntakeSettings
from intake.store import AuditNote, steps_between
from shared.events.requests import RequestStatus
from shared.postgres.transaction import app_now
from shared.security.vault import Vault
from shared.timers import Timer, set_timers

SWEEP: Final = "sweep"  # what is over, in portions
SWEEP_SECONDS: Final = 3600.0
LONGEST_REMINDER_SECONDS: Final = 86400.0


class Deadlines:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, settings: IntakeSettings, vault: Vault) -> None:
        self._settings = settings
        self._vault = vault
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
        """One portion a transaction, until all that is over has gone; then again in an hour."""
        now = await app_now(connection)
        more = await clear_old(connection, now, self._settings, self._vault)
        due = now if more else now + timedelta(seconds=SWEEP_SECONDS)
        await set_timers(connection, [Timer(kind=SWEEP, subject=timer.subject, due_at=due, guard=timer.guard + 1)])
