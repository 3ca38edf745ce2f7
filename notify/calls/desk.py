"""What an operator does with call tasks: look, take, say what came of it. Each change is one transaction and one event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from notify.calls.call import CallOutcome, CallTask, call_of, done, taken
from notify.news import of_call
from notify.purpose import Purpose
from notify.sending.settlement import call_row
from notify.store import QUERIES, SOURCE
from notify.templates import tells_phrase
from shared.errors import NotFound
from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.sealing import DataKey
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_CALLS
from shared.transport.outbox import append


@dataclass(frozen=True, slots=True)
class CallToMake:
    """A call as the operator needs it: number and words in clear, for this screen only.

    None: the person is erased, or (of the number alone) the words say whom to call, or (of the words alone) they tell a
    phrase and the call is not theirs.
    """

    task: CallTask
    phone: str | None
    words: str | None


class Calls:
    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def to_make(self, limit: int, who: Caller | None = None) -> list[CallToMake]:
        """The most overdue first; to who works for one commune its own. A pass phrase reads only whoever has taken the call."""
        commune_code, operator = (None, None) if who is None else (who.commune_code, who.name)
        async with reading(self._pool) as connection:
            tasks = [call_of(row) for row in await connection.fetch(QUERIES["calls_to_make"], limit, commune_code)]
            keys = await self._vault.keys(connection, {task.key_id for task in tasks})
        return [_shown(task, keys.get(task.key_id), operator) for task in tasks]

    async def outages(self) -> dict[str, Any]:
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["outages_lately"])
            waiting = await connection.fetchval(QUERIES["count_waiting"])
            calls = await connection.fetchval(QUERIES["count_calls_to_make"])
        found = [{**dict(row), "open": row["ended_at"] is None} for row in rows]
        return {"outages": found, "waiting_messages": waiting, "calls_to_make": calls}

    async def take(self, call_id: UUID, who: Caller) -> CallToMake:
        """Raises NotFound, also for a call of another commune."""
        return await self._change(call_id, who, "taken", lambda task, now: taken(task, who.name, now))

    async def done(self, call_id: UUID, who: Caller, outcome: CallOutcome) -> CallToMake:
        return await self._change(call_id, who, "done", lambda task, now: done(task, who.name, outcome, now))

    async def _change(self, call_id: UUID, who: Caller, word: str, move: Callable[[CallTask, datetime], CallTask]) -> CallToMake:
        async with transaction(self._pool, "notify.call") as connection:
            rows = await connection.fetch(QUERIES["lock_calls"], [call_id])
            if not rows or who.commune_code not in {None, rows[0]["commune_code"]}:
                raise NotFound("call")
            before, now = call_of(rows[0]), await app_now(connection)
            after = move(before, now)
            if after != before:
                await self._save(connection, after, who.name, word, now)
            keys = await self._vault.keys(connection, [after.key_id])
        return _shown(after, keys.get(after.key_id), who.name)

    async def _save(self, connection: asyncpg.Connection, task: CallTask, operator: str, word: str, now: datetime) -> None:
        """Who has a call is told as call.requested again, with the new owner: the state after the change."""
        await connection.execute(QUERIES["save_calls"], [call_row(task)])
        kind = EventType.CALL_REQUESTED if task.ended_at is None else EventType.CALL_DONE
        await append(connection, [of_call(kind, task, now)], source=SOURCE)
        detail: dict[str, Any] = {"purpose": task.purpose, "outcome": task.outcome}
        await connection.execute(QUERIES["note_call"], now, operator, f"call.{word}", task.id, detail)
        NOTIFY_CALLS.labels(word).inc()


def _shown(task: CallTask, key: DataKey | None, operator: str | None) -> CallToMake:
    hidden = task.owner != operator and tells_phrase(Purpose(task.purpose))
    words = None if hidden else _opened(key, task.key_id, task.body, "text")
    return CallToMake(task, _opened(key, task.key_id, task.address, "phone"), words)


def _opened(key: DataKey | None, key_id: UUID, box: str | None, purpose: str) -> str | None:
    return None if key is None or box is None else key.open(Sealed(key_id=key_id, box=box), purpose=purpose).decode()
