"""What people wrote that answered no question: operators read it, whoever waits for a person first. Opened for them only."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.conversations.conversation import CITY_DESK, TalkTaken, is_anothers
from intake.desk.sight import Sight, seeing
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.errors import NotFound
from shared.events.contract import Sealed
from shared.phones import dimmed, dimmed_in
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault

MOST: Final = 500
CLEARED: Final = "[đã xóa: có thông tin của người đã yêu cầu xóa dữ liệu / cleared: it told of somebody who was erased]"
MOST_OPEN: Final = 10  # of one number; of what else it writes before somebody has read these the newest is kept


def _text(row: Any, key: DataKey) -> str:
    """They still wait where it was cleared: they had told of somebody who was erased since."""
    if not row["text_box"]:
        return CLEARED
    return key.open(Sealed(key_id=row["key_id"], box=row["text_box"]), purpose="text").decode()


def _writer(row: Any, key: DataKey) -> str | None:
    """The number, dimmed. Who has to call finds it at the request."""
    if row["phone_box"] is None:
        return None
    number = key.open(Sealed(key_id=row["key_id"], box=row["phone_box"]), purpose="phone").decode()
    return dimmed(number)


class Inbox:
    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def waiting(self, limit: int, actor: str, sight: Sight) -> list[dict[str, Any]]:
        """What nobody has read, of people in sight. Who looked is in the audit, with the newest they saw."""
        async with seeing(self._pool, sight) as connection:
            rows = await connection.fetch(QUERIES["waiting_messages"], limit)
        async with transaction(self._pool, "intake.change") as connection:
            keys = await self._vault.keys(connection, {row["key_id"] for row in rows})
            talks = [row["conversation_id"] for row in rows if row["conversation_id"] is not None]
            owners = {row["id"]: row["owner"] for row in await connection.fetch(QUERIES["owners_of_talks"], talks)}
            if rows:
                detail = {"messages": len(rows), "reason": "inbox"}
                note = AuditNote(
                    at=await app_now(connection), actor=actor, action="messages_shown", subject=rows[0]["id"], detail=detail
                )
                await store.note(connection, [note])
        found = []
        for row in rows:
            key = keys.get(row["key_id"])  # None: that person is being erased
            if key is not None:
                text = _text(row, key)
                told = {name: row[name] for name in ("id", "channel", "received_at", "requests", "more", "conversation_id")}
                handover, owner = row["conversation_id"] is not None, owners.get(row["conversation_id"])
                found.append({**told, "text": dimmed_in(text), "from": _writer(row, key), "handover": handover, "owner": owner})
        return sorted(found, key=lambda one: one["owner"] != CITY_DESK)  # a cry, or nobody has answered in time

    async def read(self, message_id: UUID, actor: str, sight: Sight) -> dict[str, Any]:
        """With every number in it, for whoever reads it; who comes second changes nothing, and sees none. What was handed over
        ends with it. Raises NotFound, TalkTaken."""
        async with seeing(self._pool, sight) as connection:
            if not await connection.fetchval(QUERIES["message_in_sight"], message_id):
                raise NotFound("message")
        async with transaction(self._pool, "intake.change") as connection:
            # The conversation first, as whoever talks in it locks it.
            talk: Any = await connection.fetchrow(QUERIES["lock_handed_over"], message_id)
            if talk is not None and is_anothers(talk["owner"], actor):
                raise TalkTaken
            now = await app_now(connection)
            row: Any = await connection.fetchrow(QUERIES["read_message"], message_id, actor, now)
            if row is None:
                raise NotFound("message")
            if row["is_new"]:
                await store.note(connection, await self._ended(connection, row, talk, actor, now))
            key = (await self._vault.keys(connection, [row["key_id"]])).get(row["key_id"])
        seen = row["read_by"] == actor
        text = _text(row, key) if key and seen else None
        return {**{name: row[name] for name in ("id", "read_at", "read_by")}, "text": text}

    async def _ended(self, connection: asyncpg.Connection, row: Any, talk: Any, actor: str, now: datetime) -> list[AuditNote]:
        detail = {"event": str(row["id"]), "reason": "message"}
        notes = [AuditNote(at=now, actor=actor, action="message_read", subject=row["contact_point_id"], detail=detail)]
        if talk is None:
            return notes
        await connection.execute(QUERIES["end_talk"], talk["id"], now)
        return [*notes, AuditNote(at=now, actor=actor, action="conversation_ended", subject=talk["id"])]
