"""Whose request is it? By number, name or code; of what is stored only keyed hashes are compared. Who looked is in the audit."""

from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.desk.board import DeskBoard
from intake.desk.names import asked_for
from intake.desk.sight import Sight, seeing
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.errors import Invalid
from shared.phones import parse_phone
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.codes import normalise_code
from shared.security.vault import Vault

MOST: Final = 50
LOOKED_AT: Final = 20_000  # requests that the leading word leads to; who is further back is found by more words


class Search:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, board: DeskBoard, limits: Limits) -> None:
        self._pool = pool
        self._vault = vault
        self._board = board
        self._limits = limits

    async def find(
        self, sight: Sight, actor: str, *, phone: str | None, name: str | None, code: str | None
    ) -> list[dict[str, Any]]:
        """The newest first, at most MOST. Raises Invalid, and TooMany for who asks as a machine does."""
        if sum(part is not None for part in (phone, name, code)) != 1:
            raise Invalid("phone", "send one of phone, name and code")
        await self._limits.take_look_up(actor)
        ids = await self._ids(sight, phone, name, code)
        found = await self._board.items(sight, ids, names=True)
        told = [found[id_] for id_ in ids if id_ in found]
        if told:
            by = "phone" if phone is not None else "name" if name is not None else "code"
            await self._note(actor, told[0]["id"], {"by": by, "found": len(told)})
        return told

    async def _ids(self, sight: Sight, phone: str | None, name: str | None, code: str | None) -> list[UUID]:
        if code is not None:
            return await self._seen(sight, "search_code", normalise_code(code))
        if phone is not None:
            number = parse_phone(phone).e164
            async with reading(self._pool) as connection:
                person = await self._vault.find_contact_point(connection, number)
            return [] if person is None else await self._seen(sight, "search_phone", person, MOST)
        asked = asked_for(name or "", self._vault.fingerprint)
        if asked is None:
            raise Invalid("name", "must hold a word of letters")
        whole, leads, words = asked
        exact = await self._seen(sight, "search_name", [whole], [], MOST, LOOKED_AT)
        loose = await self._seen(sight, "search_name", leads, words, MOST, LOOKED_AT)
        return list(dict.fromkeys([*exact, *loose]))[:MOST]

    async def _seen(self, sight: Sight, query: str, *values: Any) -> list[UUID]:
        async with seeing(self._pool, sight) as connection:
            return [row["id"] for row in await connection.fetch(QUERIES[query], *values)]

    async def _note(self, actor: str, subject: UUID, detail: dict[str, Any]) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            now = await app_now(connection)
            await store.note(connection, [AuditNote(at=now, actor=actor, action="searched", subject=subject, detail=detail)])
