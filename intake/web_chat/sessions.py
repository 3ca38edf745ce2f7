"""Who is talking on the page: sessions, each known by a token of which only the hash is stored. No name, no number."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from intake.queries import QUERIES
from shared.errors import NotFound, Refused
from shared.events.conversations import TalkChannel
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import new_link_token, secret_hash
from shared.security.vault import Vault


class ChatExpired(Refused):
    """HTTP 409: what was said is not shown any more, and a new chat begins from the start."""

    def __init__(self) -> None:
        super().__init__("chat_expired", "This chat has ended. Start a new one with POST /v1/chat, or call 1022.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: UUID
    contact_point_id: UUID  # what the conversation machine calls them
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    session: Session
    token: str  # said once


class Sessions:
    """`lasts`: after the last message; so long a chat may be gone on with."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, *, lasts: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._lasts = lasts

    async def open(self) -> Opened:
        token, hashed = new_link_token()
        session_id = uuid7()
        async with transaction(self._pool, "intake.change") as connection:
            (writer,) = await self._vault.contact_points(connection, [writer_name(session_id)])
            now = await app_now(connection)
            expires_at = now + self._lasts
            await connection.execute(QUERIES["open_chat"], session_id, hashed, writer.contact_point_id, now, expires_at)
        return Opened(Session(id=session_id, contact_point_id=writer.contact_point_id, expires_at=expires_at), token)

    async def find(self, session_id: UUID, token: str) -> Session:
        """Raises NotFound alike for a session that is not there and a token that is wrong, and ChatExpired."""
        async with reading(self._pool) as connection:
            row: Any = await connection.fetchrow(QUERIES["find_chat"], session_id)
        if row is None or not hmac.compare_digest(row["token_hash"], secret_hash(token)):
            raise NotFound("chat")
        if row["expires_at"] <= row["now"]:
            raise ChatExpired
        return Session(id=session_id, contact_point_id=row["contact_point_id"], expires_at=row["expires_at"])

    async def prolong(self, session_id: UUID) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            await connection.execute(QUERIES["prolong_chat"], session_id, await app_now(connection) + self._lasts)


def writer_name(session_id: UUID) -> str:
    """As intake/conversations calls a visitor of the web in the vault."""
    return f"conversation:{TalkChannel.WEB}:{session_id}"
