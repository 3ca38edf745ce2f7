"""Use cases of whoever speaks about a shift: an answer by message, somebody at the desk, and what a ward lead sees."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.rows import turned
from dispatch.shifts.keeping import answer, lock_shift_of
from dispatch.shifts.openings import take
from dispatch.shifts.shift import HORIZON_DAYS
from dispatch.shifts.swap_answers import take_swap
from dispatch.shifts.swaps import look_again
from dispatch.wards import check_ward
from shared.errors import NotFound
from shared.events.envelope import Event
from shared.events.messages import MessageChanged
from shared.events.shifts import AskKind, ShiftAnswered
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller

MOST: Final = 500
MOST_DAYS: Final = HORIZON_DAYS


async def take_shift_answer(connection: asyncpg.Connection, event: Event) -> None:
    """By message. An answer to what we never asked this phone changes nothing."""
    assert isinstance(event.body, ShiftAnswered)  # noqa: S101 - the registry says so
    said = event.body
    ask = await connection.fetchrow(QUERIES["shift_ask"], said.ask_id, said.contact_point_id)
    if ask is None:
        return
    changed_mind = ask["status"] == "yes" and not said.accepts  # of what they took: it is a shift of theirs by now
    if ask["kind"] != AskKind.CONFIRM and not changed_mind:
        if ask["kind"] == AskKind.TAKE:
            await take(connection, ask, yes=said.accepts, said_at=said.received_at)
            return
        # Who was asked anew may have the old code before them: told that no answer is needed, they would give none.
        ask = await connection.fetchrow(QUERIES["ask_in_its_place"], ask["id"]) or ask
        await take_swap(connection, ask, yes=said.accepts, said_at=said.received_at)
        return
    found = await lock_shift_of(connection, await shift_of(connection, ask))
    if found is not None:  # else a list took the shift away meanwhile
        await answer(connection, ask["id"], *found, yes=said.accepts)


async def shift_of(connection: asyncpg.Connection, ask: Any) -> UUID:
    """Of a place that was taken: the shift that came of it."""
    if ask["shift_id"]:
        return UUID(str(ask["shift_id"]))
    found = await connection.fetchval(QUERIES["agreed_shift"], ask["responder_id"], ask["starts_at"], ask["ends_at"])
    return UUID(str(found)) if found else uuid7()


async def note_unsent(connection: asyncpg.Connection, reports: Sequence[MessageChanged]) -> None:
    """Questions about shifts that notify could not ask: their silence means nothing."""
    failed = [(body.offer_id, body.reason) for body in reports if body.offer_id and body.reason and body.purpose in PURPOSES]
    if failed:
        rows = await connection.fetch(QUERIES["note_unsent"], *turned(failed))
        await look_again(connection, {row["swap_id"] for row in rows if row["swap_id"]})


PURPOSES: Final = frozenset({"shift_confirm", "shift_take", "shift_swap", "shift_take_over"})


class Shifts:
    """`wake` rings after each commit."""

    def __init__(self, pool: asyncpg.Pool, city: str, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._city = city
        self._wake = wake

    async def answer(self, shift_id: UUID, caller: Caller, *, yes: bool) -> dict[str, Any]:
        """Somebody was called, or stands at the desk. Raises NotFound, Refused."""
        async with transaction(self._pool, "dispatch.answer") as connection:
            found = await lock_shift_of(connection, shift_id)
            if found is None:
                raise NotFound("shift")
            check_ward(caller, found[0]["commune_code"])
            outcome = await answer(connection, uuid7(), *found, yes=yes)
        self._wake()
        return {"id": shift_id, "outcome": outcome}

    async def missed(self, commune_code: str | None, days: int) -> dict[str, Any]:
        """Shifts that were promised and not kept, the last first."""
        async with reading(self._pool) as connection:
            since = await app_now(connection) - timedelta(days=days)
            rows = await connection.fetch(QUERIES["missed_shifts"], self._city, commune_code, since, MOST)
        return {"shifts": [dict(row) for row in rows]}

    async def of_commune(self, commune_code: str, days: int) -> dict[str, Any]:
        """Who means to be there, who has said so, and what is open."""
        async with reading(self._pool) as connection:
            now = await app_now(connection)
            until = now + timedelta(days=days)
            shifts = await connection.fetch(QUERIES["shifts_of_commune"], self._city, commune_code, now, until, MOST)
            openings = await connection.fetch(QUERIES["openings_of"], self._city, now, commune_code, MOST)
            swaps = await connection.fetch(QUERIES["swaps_of_commune"], self._city, commune_code, now, until, MOST)
        found = {"shifts": shifts, "openings": openings, "swaps": swaps}
        return {name: [dict(row) for row in rows] for name, rows in found.items()}
