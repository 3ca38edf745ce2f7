"""An operator in a conversation that was handed over: reads it, writes in it, ends it. Each act is in the audit."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from intake.conversations.conversation import Stage, TalkTaken, is_anothers
from intake.conversations.rows import Ledger, Talk, loaded, transcript
from intake.conversations.sitting import say, settle
from intake.conversations.steps import Step
from intake.hotline.person import in_sight
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.errors import NotFound, Refused
from shared.masking import mask, speaks_of_code
from shared.postgres.transaction import app_now, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault


class NotHandedOver(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not_handed_over", "the machine has it; it comes to you when they ask for a person, or are not understood"
        )


@dataclass(frozen=True, slots=True)
class _Open:
    connection: asyncpg.Connection
    talk: Talk
    now: datetime
    ledger: Ledger


class TalkDesk:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._wake = wake

    async def read(self, id_: UUID, who: Caller) -> dict[str, Any]:
        """Raises NotFound."""
        async with self._opened(id_, who, "conversation_read") as found:
            turns = await transcript(found.connection, id_, found.talk.data_key)
        state = found.talk.state
        told = {"id": id_, "channel": state.channel, "stage": state.stage, "language": state.language, "code": state.code}
        return {**told, "turns": [{"by": speaker, "text": text, "at": at} for speaker, text, at in turns]}

    async def say(self, id_: UUID, text: str, who: Caller) -> dict[str, Any]:
        """Goes where they write; whoever answers has it alone until its rest ends. Raises NotFound, NotHandedOver, TalkTaken."""
        async with self._opened(id_, who, "conversation_answered") as found:
            talk = _with_person(found.talk, who.name)
            state = replace(talk.state.at(Stage.WITH_PERSON, None, found.now), owner=who.name)
            if speaks_of_code(text):
                state = replace(state, code_at=found.now)
            after = talk.moved(state, found.now)
            found.ledger.talks[id_] = after
            say(found.ledger, after, mask(text), found.now, speaker="person")
        self._wake()
        return {"id": id_, "stage": after.state.stage}

    async def end(self, id_: UUID, who: Caller) -> dict[str, Any]:
        """The next word begins a new one, and nobody need read this any more. Raises NotFound, NotHandedOver, TalkTaken."""
        async with self._opened(id_, who, "conversation_ended") as found:
            over = Step(_with_person(found.talk, who.name).state.at(Stage.OVER, None, found.now))
            after = await settle(found.connection, found.ledger, found.talk, over, found.now)
            await found.connection.execute(QUERIES["read_handover"], id_, who.name, found.now)
        return {"id": id_, "stage": after.state.stage}

    @asynccontextmanager
    async def _opened(self, id_: UUID, who: Caller, action: str) -> AsyncIterator[_Open]:
        async with transaction(self._pool, "intake.change") as connection:
            row = await connection.fetchrow(QUERIES["lock_talk"], id_)
            keys = {} if row is None else await self._vault.keys(connection, [row["key_id"]])
            if (
                row is None
                or row["key_id"] not in keys
                or not await in_sight(connection, row["contact_point_id"], who.commune_code)
            ):
                raise NotFound("conversation")
            now, ledger = await app_now(connection), Ledger()
            ledger.notes.append(AuditNote(at=now, actor=who.name, action=action, subject=id_, detail={"reason": "handover"}))
            yield _Open(connection, loaded(row, keys[row["key_id"]]), now, ledger)
            await ledger.save(connection)


def _with_person(talk: Talk, operator: str) -> Talk:
    if talk.state.stage is not Stage.WITH_PERSON:
        raise NotHandedOver
    if is_anothers(talk.state.owner, operator):
        raise TalkTaken
    return talk
