"""Whose number is it? One never seen before gets a code by text when it files over the web; until then its requests are marked.

They are helped meanwhile, unless the deployment lets them wait (`hold_unconfirmed_seconds`), and then only so long.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.aftercare.rows import SOURCE
from intake.changes import PersonErased
from intake.draft import OnWordOf
from intake.limits import Limits
from intake.queries import QUERIES
from intake.settings import IntakeSettings
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of, loaded
from intake.tries import Tries
from shared.errors import Refused
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.timers import Timer, set_timers
from shared.transport.outbox import append

NUMBER: Final = "number"  # timer kind: meet this number
HOLD: Final = "number_hold"  # timer kind: it has waited long enough
MOST_TRIES: Final = 5  # of a million codes
DIGITS: Final = 6


class CodeWrong(Refused):
    def __init__(self) -> None:
        super().__init__("code_wrong", "this is not the code that was sent to the number; look at the text again")


class CodeOver(Refused):
    def __init__(self) -> None:
        super().__init__("code_over", "this code is over, or was missed too often; answer our text from that phone, or call 1022")


class Numbers:
    """One per process; `handlers` goes to the TimerLoop, `wake` tells the relay that there is something to publish."""

    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, limits: Limits, settings: IntakeSettings, wake: Callable[[], None]
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._tries = Tries(pool, limits)
        self._settings = settings
        self._wake = wake
        self.handlers = {NUMBER: self.meet, HOLD: self.let_go}

    async def meet(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Once a number: the text with its code, which stands in no table. Nobody can text a landline."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        key = (await self._vault.keys(connection, [request.key_id])).get(request.key_id) if request is not None else None
        if request is None or not request.phone_box or key is None:
            return
        now, code = await app_now(connection), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        known = None if request.by_call else self._hash(request.contact_point_id, code)
        until = None if known is None else now + timedelta(seconds=self._settings.number_code_seconds)
        fresh = await connection.fetchval(QUERIES["meet_number"], request.contact_point_id, request.id, known, until, now)
        if request.held:
            due = now + timedelta(seconds=self._settings.hold_unconfirmed_seconds)
            await set_timers(connection, [Timer(kind=HOLD, subject=request.id, due_at=due)])
        if not fresh:
            return
        await store.note(connection, [AuditNote(at=now, actor="timer", action="number_met", subject=request.id)])
        if known is not None:
            secret = key.seal(code.encode(), purpose="code")
            event = event_of(EventType.REQUEST_NUMBER_ASKED, request, now, tell_resident=True, secret=secret)
            await append(connection, [event], source=SOURCE)

    async def let_go(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Nobody is kept from help for longer; it stays marked."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is not None and request.held:
            await _release(connection, [request], await app_now(connection), "timer")

    async def confirm(self, code: str, digits: str | None, who: Caller, address: str | None) -> dict[str, Any]:
        """`digits` None: an operator has called the number. Raises NotFound, TooMany, Refused."""
        async with self._tries.of("number", code, who.name, address) as known:
            wrong = await self._confirm(known, digits, who)
        if wrong is not None:
            raise wrong  # after the commit that counts it
        self._wake()
        return {"code": known, "number": "confirmed"}

    async def _confirm(self, code: str, digits: str | None, who: Caller) -> Refused | None:
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            if not request.phone_box:
                raise PersonErased
            row, now = await connection.fetchrow(QUERIES["lock_new_number"], request.contact_point_id), await app_now(connection)
            if row is None or row["confirmed_at"] is not None:
                return None
            wrong = self._judged(row, digits, now)
            if isinstance(wrong, CodeWrong):
                await connection.execute(QUERIES["note_wrong_number_code"], request.contact_point_id)
                await store.note(connection, [AuditNote(at=now, actor=who.name, action="number_missed", subject=request.id)])
            if wrong is None:
                by = who.name if digits is None else "code"
                await confirm_numbers(connection, [request.contact_point_id], now, by)
                word = OnWordOf.spoken(who) if digits is None else OnWordOf.HOLDER
                if word is not OnWordOf.SOMEBODY:  # which would take away what somebody else has made sure of
                    await connection.execute(QUERIES["note_word"], request.id, word)
            return wrong

    def _judged(self, row: Any, digits: str | None, now: datetime) -> Refused | None:
        if digits is None:
            return None
        if row["code_hash"] is None or row["tries"] >= MOST_TRIES or row["code_until"] <= now:
            return CodeOver()
        return None if self._hash(row["contact_point_id"], digits) == row["code_hash"] else CodeWrong()

    def _hash(self, contact_point_id: UUID, code: str) -> bytes:
        return self._vault.fingerprint(f"number code {contact_point_id} {code}".encode())


async def confirm_numbers(connection: asyncpg.Connection, people: Sequence[UUID], now: datetime, by: str) -> None:
    """What of theirs has waited goes on."""
    rows = await connection.fetch(QUERIES["confirm_numbers"], list(people), now, by)
    confirmed = [row["contact_point_id"] for row in rows]
    if not confirmed:
        return
    await store.note(connection, [AuditNote(at=now, actor=by, action="number_confirmed", subject=one) for one in confirmed])
    held = [loaded(row) for row in await connection.fetch(QUERIES["lock_held_of_person"], confirmed)]
    if held:
        await _release(connection, held, now, by)


async def _release(connection: asyncpg.Connection, requests: Sequence[StoredRequest], now: datetime, actor: str) -> None:
    """dispatch hears of them as of requests that were amended: to it they are new."""
    free = [replace(one, held=False, version=one.version + 1) for one in requests]
    await connection.execute(QUERIES["release_held"], [one.id for one in free])
    notes = [AuditNote(at=now, actor=actor, action="let_go", subject=one.id) for one in free]
    await store.save(connection, free, notes=notes)
    events = [event_of(EventType.REQUEST_AMENDED, one, now, reason="number") for one in free]
    await append(connection, events, source=SOURCE)
