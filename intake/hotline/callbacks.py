"""What is done with callbacks: opened and closed by what calls say, asked for, taken, reported, watched. Rules: callback.py."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.hotline import callback_rows
from intake.hotline.callback import (
    Callback,
    CallbackOutcome,
    Need,
    Reason,
    asked,
    callback_of,
    looked,
    opened,
    said,
    settled,
    taken,
)
from intake.hotline.callback_rows import CALLBACK
from intake.hotline.person import Number, in_clear, in_sight, number_of, numbered
from intake.hotline.settings import HotlineSettings
from intake.queries import QUERIES
from intake.reception import reachable
from intake.request import LIVE
from intake.store import AuditNote
from shared.errors import NotFound
from shared.ids import uuid7
from shared.phones import dimmed
from shared.postgres.transaction import reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.timers import Timer

REQUESTS: Final = 10  # of one number, the newest
CLOSE_AT_ONCE: Final = 100
NO_CALLS: Final = Need(misses=0, first_at=None, last_at=None, spoken_at=None, filed_at=None)


class Callbacks:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, settings: HotlineSettings) -> None:
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self.handlers = {CALLBACK: self.look}

    async def ask(self, phone: str, reason: Reason, *, actor: str = "resident", request_id: UUID | None = None) -> UUID:
        """Somebody is to be called, as soon as an operator is free. The same number again is the same task. Raises Invalid."""
        async with transaction(self._pool, "intake.change") as connection:
            return await self.ask_in(connection, phone, reason, actor=actor, request_id=request_id)

    async def ask_in(
        self,
        connection: asyncpg.Connection,
        phone: str,
        reason: Reason,
        *,
        actor: str,
        request_id: UUID | None = None,
        conversations: Iterable[UUID] = (),
    ) -> UUID:
        """In the caller's transaction, after the locks of its requests. `conversations`: in which it was asked for."""
        number = await numbered(connection, self._vault, reachable(phone, "phone").e164)
        task, _, now = await callback_rows.open_of(connection, number.contact_point_id)
        before = task or opened(uuid7(), number.contact_point_id, NO_CALLS, now, self._settings)
        where = sorted(conversations)
        after = asked(before, reason, request_id, now, conversation_id=where[0] if where else None)
        if after != task:
            note = _note(after, now, actor, "asked")
            told = replace(note, detail={**(note.detail or {}), "conversations": list(map(str, where))}) if where else note
            await self._save(connection, after, number, told)
        return after.id

    async def settle(self, connection: asyncpg.Connection, number: Number) -> None:
        """What the rows of this number say now; whoever calls it has changed one of them, in this transaction."""
        task, _, now = await callback_rows.open_of(connection, number.contact_point_id)
        need = await callback_rows.need_of(connection, number.contact_point_id)
        if task is not None:
            after = settled(task, need, now)
            if after != task:
                await self._save(
                    connection, after, number, _note(after, now, "hotline", "ended" if after.ended_at else "rang_again")
                )
        elif need.misses:
            fresh = opened(uuid7(), number.contact_point_id, need, now, self._settings)
            await self._save(connection, fresh, number, _note(fresh, now, "hotline", "opened"))

    async def waiting(self, limit: int, commune_code: str | None = None) -> list[dict[str, Any]]:
        """Those of the city desk first, then by time. Numbers are dimmed: who takes one sees it."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["callbacks_to_make"], limit, commune_code)
            return await self._shown(connection, rows, commune_code)

    async def take(self, callback_id: UUID, who: Caller) -> dict[str, Any]:
        """Raises NotFound, CallbackTaken, CallbackOver."""
        return await self._change(callback_id, who, "taken", lambda task, now: taken(task, who.name, now, self._settings))

    async def done(self, callback_id: UUID, who: Caller, outcome: CallbackOutcome) -> dict[str, Any]:
        """Raises NotFound, NotTaken, CallbackTaken, CallbackOver."""
        return await self._change(callback_id, who, "said", lambda task, now: said(task, who.name, outcome, now, self._settings))

    async def look(self, connection: asyncpg.Connection, timer: Timer) -> None:
        found = await callback_rows.locked(connection, timer.subject)
        if found is None:
            return
        before, number, now = found
        after = looked(before, now, self._settings)
        if after != before:
            word = "escalated" if after.escalated_at != before.escalated_at else "back"
            await self._save(connection, after, number, _note(after, now, "timer", word))

    async def close_filed(self) -> None:
        """Of whoever filed by another door after ringing in vain."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["callbacks_filed_meanwhile"], CLOSE_AT_ONCE)
        for row in rows:
            async with transaction(self._pool, "intake.change") as connection:
                _, number, _ = await callback_rows.open_of(connection, row["contact_point_id"])
                if number is not None:
                    await self.settle(connection, number)

    async def _change(
        self, callback_id: UUID, who: Caller, word: str, move: Callable[[Callback, datetime], Callback]
    ) -> dict[str, Any]:
        async with transaction(self._pool, "intake.change") as connection:
            found = await callback_rows.locked(connection, callback_id)
            if found is None or not await in_sight(connection, found[1].contact_point_id, who.commune_code):
                raise NotFound("callback")
            before, number, now = found
            after = move(before, now)
            if after != before:
                await self._save(connection, after, number, _note(after, now, who.name, word))
            rows = await connection.fetch(QUERIES["lock_callback"], callback_id)
            (shown,) = await self._shown(connection, rows, who.commune_code, clear=after.held_by == who.name)
        return shown

    async def _save(self, connection: asyncpg.Connection, task: Callback, number: Number, note: AuditNote) -> None:
        await callback_rows.save(connection, task, number, note, self._settings)

    async def _shown(
        self, connection: asyncpg.Connection, rows: Sequence[Any], commune_code: str | None, *, clear: bool = False
    ) -> list[dict[str, Any]]:
        """`clear`: with the whole number, for whoever is calling it."""
        numbers = [number_of(row) for row in rows]
        keys = await self._vault.keys(connection, {number.key_id for number in numbers if number is not None})
        people = [row["contact_point_id"] for row in rows]
        requests = await connection.fetch(QUERIES["requests_of_callers"], people, REQUESTS, commune_code)
        shown = []
        for row, number in zip(rows, numbers, strict=True):
            phone = in_clear(number, keys)
            open_ones = [
                one["code"] for one in requests if one["contact_point_id"] == row["contact_point_id"] and one["status"] in LIVE
            ]
            told = phone if clear or phone is None else dimmed(phone)
            shown.append({**_view(callback_of(row)), "phone": told, "open_requests": open_ones})
        return shown


def _note(task: Callback, now: datetime, actor: str, word: str) -> AuditNote:
    detail = {"reason": task.reason, "misses": task.misses, "tries": task.tries, "raised": task.raised}
    detail |= {"owner": task.owner, "outcome": task.outcome}
    return AuditNote(at=now, actor=actor, action=f"callback.{word}", subject=task.id, detail=detail)


def _view(task: Callback) -> dict[str, Any]:
    return {
        "id": task.id,
        "reason": task.reason,
        "conversation_id": task.conversation_id,
        "misses": task.misses,
        "since": task.first_at,
        "last_at": task.last_at,
        "status": task.status,
        "owner": task.owner,
        "due_at": task.due_at,
        "lease_until": task.lease_until,
        "tries": task.tries,
        "overdue": task.raised > 0,
        "escalated": task.escalated_at is not None,
        "outcome": task.outcome,
    }
