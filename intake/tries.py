"""What somebody tries who has a code, or guesses one: counted before it is looked at, and in the audit when it came to nothing.

Each in a transaction of its own: what a refused try did is rolled back, and the try must not be forgotten with it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from intake import store
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.errors import Invalid, NotFound, Refused
from shared.http.limits import TooMany
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.codes import normalise_code


class Tries:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool, limits: Limits) -> None:
        self._pool = pool
        self._limits = limits

    @asynccontextmanager
    async def of(self, what: str, said: str, actor: str, address: str | None, *, count: bool | None = None) -> AsyncIterator[str]:
        """Gives the code as it is stored. `address` None: somebody we know, who does not guess. `count`: whether tries with a
        right code are counted; None: those of strangers. Raises NotFound, TooMany; what is refused inside goes on as it is."""
        try:
            code = normalise_code(said)
        except Invalid:
            await self._missed(what, address)
            raise NotFound("request") from None
        try:
            if count or (count is None and address is not None):
                await self._count(what, code, actor)
            yield code
        except NotFound:
            await self._missed(what, address)
            raise NotFound("request") from None
        except Refused as refusal:
            await self._note(code, actor, f"{what}_refused", reason=refusal.reason)
            raise

    async def missed(self, what: str, address: str) -> None:
        """Something else than a code was guessed. Raises TooMany."""
        await self._limits.take_wrong_code(address, what=what)

    async def _missed(self, what: str, address: str | None) -> None:
        if address is not None:
            await self.missed(what, address)

    async def _count(self, what: str, code: str, actor: str) -> None:
        async with reading(self._pool) as connection:
            id_ = await connection.fetchval(QUERIES["id_of_code"], code)
        if id_ is None:
            raise NotFound("request")
        try:
            await self._limits.take_of_request(what, id_)
        except TooMany as error:
            if error.first:
                await self._note(code, actor, f"{what}_limited")
            raise

    async def _note(self, code: str, actor: str, action: str, **detail: str) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            id_ = await connection.fetchval(QUERIES["id_of_code"], code)
            if id_ is not None:
                now = await app_now(connection)
                await store.note(connection, [AuditNote(at=now, actor=actor, action=action, subject=id_, detail=detail)])
