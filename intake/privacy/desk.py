"""A person's rights over their own data: asked for by an operator who knows who it is, with a legal clock that rings.

Corrected is here (correcting.py). Exporting and erasing reach over all contexts: `techrescue privacy export` and
`techrescue erase` do them and end what was asked for.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake.places.placing import Placing
from intake.privacy.correcting import correct
from intake.privacy.forms import CorrectionForm, RightForm
from intake.privacy.rights import DESK, RAISED_TO, ChatProvesNoNumber, Identified, NotThisRight, Right, RightIsOver, Why, due_at
from intake.privacy.whose_chat import whose
from intake.queries import QUERIES
from intake.reception import reachable
from intake.store import AuditNote, note
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.codes import normalise_code
from shared.security.vault import Vault
from shared.timers import Timer, set_timers

CLOCK: Final = "privacy"  # timer kind; guard: how often it has rung
_SHOWN: Final = ("id", "kind", "identified", "asked_at", "due_at", "owner", "status", "ended_at", "reason", "conversation_id")
MOST: Final = 500


class PrivacyDesk:
    """One per process; `handlers` goes to the TimerLoop."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, placing: Placing, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._placing = placing
        self._vault = vault
        self._wake = wake
        self.handlers = {CLOCK: self.ring}

    async def ask(self, form: RightForm, actor: str) -> dict[str, Any]:
        """Asked once while it is open. `has_number`: it is about all that is kept of that person, and not of a chat alone.
        Raises NotFound for somebody of whom nothing is kept, and Refused."""
        async with transaction(self._pool, "intake.change") as connection:
            person, has_number = await self._person(connection, form)
            now, id_ = await app_now(connection), uuid7()
            due = due_at(now)
            row: Any = await connection.fetchrow(
                QUERIES["ask_right"], id_, form.kind, person, form.identified, now, due, actor, DESK, form.conversation
            )
            if row["id"] == id_:
                await set_timers(connection, [Timer(kind=CLOCK, subject=id_, due_at=due_at(now, 1))])
                detail = {"kind": form.kind, "identified": form.identified, "person": str(person)}
                await note(connection, [AuditNote(at=now, actor=actor, action="privacy_asked", subject=id_, detail=detail)])
        return {**_shown(row), "has_number": has_number}

    async def waiting(self) -> list[dict[str, Any]]:
        """The soonest due first."""
        async with reading(self._pool) as connection:
            return [_shown(row) for row in await connection.fetch(QUERIES["open_rights"], MOST)]

    async def correct(self, id_: UUID, form: CorrectionForm, actor: str) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "intake.change") as connection:
            row, now = await self._locked(connection, id_), await app_now(connection)
            if row["kind"] != Right.CORRECT:
                raise NotThisRight(row["kind"])
            person = row["contact_point_id"]
            changed = await correct(connection, self._vault, person, form, self._placing, now=now, actor=actor)
            ended = await self._end(connection, row, "done", now, actor, requests=changed)
        self._wake()
        return ended

    async def refuse(self, id_: UUID, why: Why, actor: str) -> dict[str, Any]:
        """Raises NotFound, Refused."""
        async with transaction(self._pool, "intake.change") as connection:
            row = await self._locked(connection, id_)
            return await self._end(connection, row, "refused", await app_now(connection), actor, reason=why)

    async def ring(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """After the first working day it goes up; from the day it is due it is said again each working day."""
        row: Any = await connection.fetchrow(QUERIES["lock_right"], timer.subject)
        if row is None or row["status"] != "open":
            return
        now = await app_now(connection)
        action = "privacy_overdue" if row["due_at"] <= now else "privacy_raised"
        await connection.execute(QUERIES["raise_right"], timer.subject, RAISED_TO, now)
        await note(connection, [AuditNote(at=now, actor="timer", action=action, subject=timer.subject)])
        again = due_at(now, 1)
        await set_timers(connection, [Timer(kind=CLOCK, subject=timer.subject, due_at=again, guard=timer.guard + 1)])

    async def _person(self, connection: asyncpg.Connection, form: RightForm) -> tuple[UUID, bool]:
        if form.conversation is not None:
            found = await whose(connection, form.conversation)
            if found.has_number and form.identified is Identified.CHAT:
                raise ChatProvesNoNumber
            return found.person, found.has_number
        if form.phone is not None:
            person = await self._vault.find_contact_point(connection, reachable(form.phone, "phone").e164)
        else:
            person = await connection.fetchval(QUERIES["person_of_code"], normalise_code(form.code or ""))
        if person is None:
            raise NotFound("person")
        return person, True

    async def _locked(self, connection: asyncpg.Connection, id_: UUID) -> Any:
        row = await connection.fetchrow(QUERIES["lock_right"], id_)
        if row is None:
            raise NotFound("privacy request")
        if row["status"] != "open":
            raise RightIsOver
        return row

    async def _end(
        self, connection: asyncpg.Connection, row: Any, status: str, now: datetime, actor: str, **said: Any
    ) -> dict[str, Any]:
        ended = await connection.fetchrow(QUERIES["end_right"], row["id"], status, now, actor, said.get("reason"))
        detail = {"kind": row["kind"], "in_time": now <= row["due_at"], **said}
        await note(connection, [AuditNote(at=now, actor=actor, action=f"privacy_{status}", subject=row["id"], detail=detail)])
        return _shown(ended)


def _shown(row: Any) -> dict[str, Any]:
    """Nothing of the person: whoever has asked knows who it is, and the audit has their id."""
    return {name: row[name] for name in _SHOWN}
