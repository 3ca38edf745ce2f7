"""Who is calling? Named, expiring, revocable bearer tokens. What a role may do stands in shared/http/access.py."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import asyncpg

from shared.errors import Invalid, Refused
from shared.postgres.transaction import reading

CACHE_SECONDS: Final = 5.0  # after so long at the latest a revoked token stops working
CACHE_TOKENS: Final = 10_000
LONGEST_SECRET: Final = 200
LONGEST_NAME: Final = 64


class Role(StrEnum):
    OPERATOR = "operator"  # a person at the hotline
    ADAPTER = "adapter"  # a program that files for people: the chat, another office
    WARD_LEAD = "ward_lead"
    OPS = "ops"  # who keeps the system running


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a request. `role` is a Role, "public", or "link" with the text of the tapped link in `link`."""

    name: str
    role: str
    city: str | None = None
    link: str | None = field(default=None, repr=False)
    commune_code: str | None = None  # of a ward lead or an operator: sees and decides about what is of this ward only


PUBLIC: Final = Caller("public", "public")
OF_ONE_COMMUNE: Final = frozenset({Role.WARD_LEAD, Role.OPERATOR})  # … or of the whole city

_TOKEN: Final = "select name, role, city, commune_code from vault.token($1)"  # noqa: S105 - a statement
_ADD: Final = "select vault.add_token($1, $2, $3, $4, $5, $6)"
_REVOKE: Final = "select vault.revoke_token($1)"
_LIST: Final = "select name, role, city, commune_code, created_at, expires_at, revoked_at from vault.list_tokens()"


class Tokens:
    """Checks secrets against the vault, each at most once in CACHE_SECONDS, however many requests carry it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._known: dict[bytes, tuple[float, Caller | None]] = {}
        self._asked: dict[bytes, asyncio.Task[Caller | None]] = {}

    async def check(self, secret: str) -> Caller | None:
        """None for a secret that is unknown, expired or revoked: all cost the same. Raises DependencyDown."""
        # Only the hash is compared and kept: neither the time taken nor a memory dump tells the secret.
        fingerprint = secret_hash(secret[:LONGEST_SECRET])
        kept = self._known.get(fingerprint)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        task = self._asked.get(fingerprint)
        if task is None:
            task = self._asked[fingerprint] = asyncio.create_task(self._ask(fingerprint))
            task.add_done_callback(lambda done: self._answered(fingerprint, done))
        return await asyncio.shield(task)  # a caller that hangs up must not spoil the answer for the others

    def _answered(self, fingerprint: bytes, done: "asyncio.Task[Caller | None]") -> None:
        self._asked.pop(fingerprint, None)
        if not done.cancelled():
            done.exception()  # seen, also when everybody who asked has gone away meanwhile

    async def _ask(self, fingerprint: bytes) -> Caller | None:
        until = time.monotonic() + CACHE_SECONDS
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(_TOKEN, fingerprint)
        caller = Caller(row["name"], row["role"], row["city"], commune_code=row["commune_code"]) if row else None
        self._known.pop(fingerprint, None)
        if len(self._known) >= CACHE_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[fingerprint] = (until, caller)
        return caller


async def issue(
    connection: Any, name: str, role: Role, ttl: timedelta, *, city: str | None = None, commune_code: str | None = None
) -> str:
    """The secret, shown once: only its hash is stored. Needs the login that migrates. Raises Refused, Invalid."""
    # It stands in every audit row and log line of what its holder does.
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or not name.strip():
        raise Invalid("name", f"must be 1 to {LONGEST_NAME} visible characters, e.g. hotline-shift-a")
    if commune_code is not None and role not in OF_ONE_COMMUNE:
        raise Invalid("commune", "only a ward lead's or an operator's token is for one commune")
    secret = f"tr_{role.value}_{secrets.token_urlsafe(32)}"
    try:
        await connection.execute(_ADD, secret_hash(secret), name, role.value, city, datetime.now(UTC) + ttl, commune_code)
    except asyncpg.UniqueViolationError:
        raise Refused("name_taken", "a token of this name is in use; revoke it, or choose another name") from None
    return secret


async def revoke(connection: Any, name: str) -> bool:
    """False when there is no such token in use. Takes effect everywhere within CACHE_SECONDS."""
    revoked: bool = await connection.fetchval(_REVOKE, name)
    return revoked


async def list_tokens(connection: Any) -> Sequence[Any]:
    """Rows name, role, city, commune_code, created_at, expires_at, revoked_at; never a secret, never a hash."""
    rows: Sequence[Any] = await connection.fetch(_LIST)
    return rows


def new_link_token() -> tuple[str, bytes]:
    """128 random bits for a link in a message, and the hash to store. The text is shown to its receiver only."""
    text = secrets.token_urlsafe(16)
    return text, secret_hash(text)


def secret_hash(secret: str) -> bytes:
    """SHA-256 is enough: the secrets are random and long, so there is nothing to guess slowly."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
