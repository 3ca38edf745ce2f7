"""What the telephone system says becomes a call, its callback and its clocks, in one transaction a word. Rules: call.py."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.hotline.call import Call, CallEvent, call_of, fallen_silent, heard
from intake.hotline.callbacks import Callbacks
from intake.hotline.number import caller_of
from intake.hotline.person import Number, number_of, numbered
from intake.hotline.settings import HotlineSettings
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.errors import Invalid, Refused
from shared.ids import uuid7
from shared.phones import Phone
from shared.postgres.transaction import app_now, transaction
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import HOTLINE_ANSWER, HOTLINE_CALLS, HOTLINE_REFUSED, HOTLINE_UNREADABLE
from shared.timers import Timer, set_timers

SILENT: Final = "call_silent"  # timer kind: it rang, and nothing more was heard
OLDEST: Final = timedelta(days=7)  # later than any telephone system says a word again
AHEAD: Final = timedelta(minutes=5)  # of our clock; more is a wrong one
HIDDEN: Final = frozenset({"", "anonymous", "unknown", "private", "restricted", "unavailable"})


class AnotherNumber(Refused):
    def __init__(self) -> None:
        super().__init__("another_number", "this id is that of a call from another number; every call needs an id of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One event as it was told. `at` None: now."""

    call: str
    event: CallEvent
    caller: str | None
    at: datetime | None
    operator: str | None


class Switchboard:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, settings: HotlineSettings, callbacks: Callbacks) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._callbacks = callbacks
        self.handlers = {SILENT: self.silent}

    async def hear(self, word: Word, source: str) -> Call:
        """Raises Invalid for a time that cannot be, and AnotherNumber."""
        phone = caller_of(word.caller)
        call_hash = self._vault.blind_index(f"call of {source}: {word.call}")
        async with transaction(self._pool, "intake.change") as connection:
            row, is_new = await self._locked(connection, call_hash, source)
            now: datetime = row["now"]
            before, number = call_of(row), number_of(row)
            if number is None and phone is not None:
                number = await numbered(connection, self._vault, phone.e164)
            elif number is not None and phone is not None:
                await self._is_the_same(connection, number, phone)
            known = replace(before, contact_point_id=None if number is None else number.contact_point_id)
            after = heard(known, word.event, _at(word.at, now), self._operator(word))
            if is_new:
                await set_timers(connection, [self._silence(after.id, now)])
            if after != before:
                await self._save(connection, after, number, _note(after, now, source, word.event))
        _measure(before, after)
        if is_new and phone is None and (word.caller or "").strip().lower() not in HIDDEN:
            HOTLINE_UNREADABLE.inc()
        return after

    async def silent(self, connection: asyncpg.Connection, timer: Timer) -> None:
        row: Any = await connection.fetchrow(QUERIES["lock_call"], timer.subject)
        if row is None:
            return
        before = call_of(row)
        after = fallen_silent(before, row["now"])
        if after != before:
            await self._save(connection, after, number_of(row), _note(after, row["now"], "timer", "silent"))

    async def _locked(self, connection: asyncpg.Connection, call_hash: bytes, source: str) -> tuple[Any, bool]:
        row: Any = await connection.fetchrow(QUERIES["lock_call_told"], call_hash)
        if row is not None:
            return row, False
        made = await connection.fetchval(QUERIES["begin_call"], uuid7(), call_hash, source, await app_now(connection))
        return await connection.fetchrow(QUERIES["lock_call_told"], call_hash), made is not None

    async def _is_the_same(self, connection: asyncpg.Connection, number: Number, phone: Phone) -> None:
        if await self._vault.find_contact_point(connection, phone.e164) != number.contact_point_id:
            HOTLINE_REFUSED.labels("another_number").inc()
            raise AnotherNumber

    async def _save(self, connection: asyncpg.Connection, call: Call, number: Number | None, note: AuditNote) -> None:
        sealed = (None, None, None) if number is None else (number.contact_point_id, number.key_id, number.phone_box)
        told = (call.rang_at, call.answered_at, call.operator, call.ended_at, call.lost_at, call.lost, call.silent_at)
        await connection.execute(QUERIES["save_call"], call.id, *sealed, *told, call.outcome, call.began_at, call.unanswered_at)
        await store.note(connection, [note])
        if number is not None and call.outcome is not None:
            await self._callbacks.settle(connection, number)

    def _operator(self, word: Word) -> str | None:
        """By the name of their token: whose call it is decides what they may do for the caller. Unmapped, it is taken for one."""
        return None if word.operator is None else self._settings.operators.get(word.operator, word.operator)

    def _silence(self, call_id: UUID, now: datetime) -> Timer:
        return Timer(kind=SILENT, subject=call_id, due_at=now + timedelta(seconds=self._settings.silent_seconds))


def _at(told: datetime | None, now: datetime) -> datetime:
    """Late is welcome; what no telephone system says any more, and what has not been yet, is refused and counted."""
    at = told or now
    if at < now - OLDEST:
        HOTLINE_REFUSED.labels("old").inc()
        raise Invalid("at", "is more than a week ago; a call is told when it happens")
    if at > now + AHEAD:
        HOTLINE_REFUSED.labels("ahead").inc()
        raise Invalid("at", "has not been yet; set the clock of the telephone system")
    return at


def _note(call: Call, now: datetime, actor: str, word: str) -> AuditNote:
    return AuditNote(at=now, actor=actor, action=f"call.{word}", subject=call.id)


def _measure(before: Call, after: Call) -> None:
    """After the commit: what was rolled back did not happen."""
    if after.outcome is not None and after.outcome is not before.outcome:
        HOTLINE_CALLS.labels(after.outcome).inc()
    if after.wait_seconds is not None and before.wait_seconds is None:
        HOTLINE_ANSWER.observe(after.wait_seconds)
