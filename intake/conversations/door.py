"""Somebody stands at the door, and whoever is behind it writes to us: what the visitor said, or that they want them gone.

One-way as at every door: we say yes or no, and never the phrase. Under the number for which somebody comes it needs no code.
"""

from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.conversations.door_words import GONE
from intake.conversations.heard import Heard
from intake.conversations.rows import Talk
from intake.conversations.saying import Line, Say
from intake.forms import VisitCheckForm
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.visit_check import MEANWHILE, VisitChecks, answer
from shared.errors import NotFound, Refused
from shared.http.limits import TooMany
from shared.postgres.transaction import app_now

ACTOR: Final = "conversation"


class Doorstep:
    def __init__(self, checks: VisitChecks, limits: Limits) -> None:
        self._checks = checks
        self._limits = limits

    async def told(self, connection: asyncpg.Connection, talk: Talk, heard: Heard) -> Say:
        """In the caller's transaction, which is committed whatever is told. A "no" always gets through."""
        code = heard.code
        if code is None and talk.own_number:
            code = await connection.fetchval(QUERIES["visit_of_writer"], talk.contact_point_id)
        if code is None:
            return Say(Line.DOOR_WHICH if not talk.own_number else Line.DOOR_NOBODY)
        english = (heard.language or talk.state.language) == "en"
        try:
            return await self._checked(connection, code, heard.door or GONE, english=english)
        except NotFound:
            return await self._guessed(connection, talk)
        except TooMany:
            return Say(Line.DOOR, {"advice": MEANWHILE["advice_en" if english else "advice"]})

    async def _checked(self, connection: asyncpg.Connection, code: str, said: str, *, english: bool) -> Say:
        id_: UUID | None = await connection.fetchval(QUERIES["id_of_code"], code)
        if id_ is None:
            raise NotFound("request")
        if said:
            await self._limits.take_of_request("phrase", id_, connection)
        form = VisitCheckForm(phrase=said) if said else VisitCheckForm(refused=True)
        try:
            told = answer(*await self._checks.judge(connection, code, form, ACTOR))
        except Refused as refusal:
            note = AuditNote(
                at=await app_now(connection), actor=ACTOR, action="phrase_refused", subject=id_, detail={"reason": refusal.reason}
            )
            await store.note(connection, [note])
            return Say(Line.DOOR_NOBODY)
        names = (told.get("who", {}).get(name) for name in ("name", "member", "partner"))
        who = ", ".join(name for name in names if name)
        advice = told["advice_en" if english else "advice"]
        return Say(Line.DOOR, {"advice": f"{advice} {who}".strip()})

    async def _guessed(self, connection: asyncpg.Connection, talk: Talk) -> Say:
        try:
            await self._limits.take_wrong_code(f"conversation {talk.contact_point_id}", connection, what="phrase")
        except TooMany:
            return Say(Line.DOOR_NOBODY)
        return Say(Line.NO_SUCH_CODE)
