"""Who is on the telephone now, and what is known of them: requests, earlier calls, a callback, what was typed for them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.hotline.call import call_of
from intake.hotline.drafts import Drafts
from intake.hotline.person import in_clear, in_sight, number_of
from intake.queries import QUERIES
from intake.request import LIVE
from intake.store import AuditNote
from shared.errors import NotFound
from shared.phones import dimmed
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault

MOST: Final = 200  # calls at once
AT_A_GLANCE: Final = 5  # requests and earlier calls of each
ALL_OF_ONE: Final = 50
FORGOTTEN: Final = timedelta(hours=4)  # a call of which nobody has said that it is over


class Callers:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, drafts: Drafts) -> None:
        self._pool = pool
        self._vault = vault
        self._drafts = drafts

    async def now(self, commune_code: str | None = None) -> list[dict[str, Any]]:
        """Whoever waits, longest first; then who is talking. Numbers are dimmed. `commune_code`: of who works for one only."""
        async with reading(self._pool) as connection:
            since = await app_now(connection) - FORGOTTEN
            rows = await connection.fetch(QUERIES["calls_going_on"], since, MOST, commune_code)
            return await self._shown(connection, rows, AT_A_GLANCE, commune_code)

    async def one(self, call_id: UUID, who: Caller) -> dict[str, Any]:
        """With the whole number, and what was typed for this caller; that it was shown is in the audit. Raises NotFound."""
        async with transaction(self._pool, "intake.change") as connection:
            row: Any = await connection.fetchrow(QUERIES["read_call"], call_id)
            if row is None or not await in_sight(connection, row["contact_point_id"], who.commune_code):
                raise NotFound("call")
            (shown,) = await self._shown(connection, [row], ALL_OF_ONE, who.commune_code, clear=True)
            people = [row["contact_point_id"]] if row["contact_point_id"] else []
            drafts = await self._drafts.of_callers(connection, people)
            detail = {"reason": "call", "number": shown["from"] is not None}
            note = AuditNote(at=await app_now(connection), actor=who.name, action="caller_shown", subject=call_id, detail=detail)
            await store.note(connection, [note])
        return {**shown, "drafts": drafts}

    async def _shown(
        self, connection: asyncpg.Connection, rows: Sequence[Any], most: int, commune_code: str | None, *, clear: bool = False
    ) -> list[dict[str, Any]]:
        numbers = [number_of(row) for row in rows]
        people = list({number.contact_point_id for number in numbers if number is not None})
        keys = await self._vault.keys(connection, {number.key_id for number in numbers if number is not None})
        requests = _by_person(await connection.fetch(QUERIES["requests_of_callers"], people, most, commune_code))
        earlier = _by_person(await connection.fetch(QUERIES["calls_of_callers"], people, most))
        callbacks = _by_person(await connection.fetch(QUERIES["callbacks_of_callers"], people))
        shown = []
        for row, number in zip(rows, numbers, strict=True):
            person, phone = row["contact_point_id"], in_clear(number, keys)
            shown.append(
                {
                    **_view(row),
                    "from": phone if clear or phone is None else dimmed(phone),
                    "requests": requests.get(person, []),
                    "open_requests": sum(request["status"] in LIVE for request in requests.get(person, [])),
                    "earlier_calls": [call for call in earlier.get(person, []) if call["id"] != row["id"]],
                    "callback": next((one["id"] for one in callbacks.get(person, [])), None),
                }
            )
        return shown


def _view(row: Any) -> dict[str, Any]:
    call = call_of(row)
    return {
        "call": call.id,
        "state": call.state,
        "outcome": call.outcome,
        "rang_at": call.rang_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "operator": call.operator,
    }


def _by_person(rows: Sequence[Any]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["contact_point_id"], []).append({name: row[name] for name in set(row.keys()) - {"contact_point_id"}})
    return found
