"""Rows of accounts: whose they are, binding and ending them, codes and strangers. Which word means what: binding.py.

An address is sealed under the person's key and found by a keyed hash only. The caller's transaction; phones are locked first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.account import PURPOSE, index_text
from notify.store import QUERIES
from shared.events.contract import ChannelKind
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_ACCOUNTS

CODE_SECONDS: Final = 600.0
HOUR: Final = timedelta(hours=1)
MOST_TRIES: Final = 5  # of codes, an account and hour


@dataclass(frozen=True, slots=True)
class Owner:
    contact_point_id: UUID
    key_id: UUID


@dataclass(frozen=True, slots=True)
class Bound:
    """`moved_from`: the phone that had this account until now."""

    moved_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """`tries`: codes that were none, within the hour. `is_due`: it has had no answer within the hour."""

    tries: int
    is_due: bool


async def owner_of(connection: asyncpg.Connection, vault: Vault, channel: ChannelKind, address: str) -> Owner | None:
    row = await connection.fetchrow(QUERIES["owner_of_account"], channel, _index(vault, channel, address))
    return Owner(row["contact_point_id"], row["key_id"]) if row is not None else None


async def bind(
    connection: asyncpg.Connection,
    vault: Vault,
    contact_point_id: UUID,
    channel: ChannelKind,
    address: str,
    *,
    key: DataKey,
    now: datetime,
) -> Bound:
    """From now on this account is the phone's, and no other's. Whoever calls has a proof that the owner of the number wants it.

    `key` is the person's: erasing them takes the address with it. Locks both phones, the lower id first (law 2).
    """
    index = _index(vault, channel, address)
    before = await connection.fetchval(QUERIES["owner_of_account"], channel, index)
    await connection.execute(QUERIES["lock_phones"], sorted({contact_point_id, before or contact_point_id}))
    before = await connection.fetchval(QUERIES["owner_of_account"], channel, index)  # as it is under the locks
    moved_from = before if before not in {None, contact_point_id} else None
    if moved_from is not None:
        await connection.execute(QUERIES["unbind_account"], moved_from, [channel])
    sealed = key.seal(address.encode(), purpose=PURPOSE)
    await connection.execute(QUERIES["bind_account"], contact_point_id, channel, sealed.key_id, sealed.box, index, now)
    await connection.execute(QUERIES["forget_stranger"], channel, index)
    NOTIFY_ACCOUNTS.labels(channel, "moved" if moved_from else "bound").inc()
    return Bound(moved_from)


async def unbind(
    connection: asyncpg.Connection, contact_point_id: UUID, channels: Collection[ChannelKind] = tuple(ChannelKind)
) -> list[ChannelKind]:
    """Those that were bound. The caller has the lock of the phone."""
    rows = await connection.fetch(QUERIES["unbind_account"], contact_point_id, list(channels))
    ended = [ChannelKind(row["channel"]) for row in rows]
    for channel in ended:
        NOTIFY_ACCOUNTS.labels(channel, "unbound").inc()
    return ended


async def end(
    connection: asyncpg.Connection, refused: Sequence[tuple[UUID, ChannelKind, UUID]], now: datetime
) -> list[tuple[UUID, ChannelKind]]:
    """`refused`: phone, channel and attempt, of which the provider said that nobody is there. Each account ends once."""
    rows = await connection.fetch(QUERIES["end_accounts"], *map(list, zip(*refused, strict=True)), now)
    ended = [(row["contact_point_id"], ChannelKind(row["channel"])) for row in rows]
    for _, channel in ended:
        NOTIFY_ACCOUNTS.labels(channel, "gone").inc()
    return ended


async def keep_code(connection: asyncpg.Connection, vault: Vault, contact_point_id: UUID, code: str, now: datetime) -> bool:
    """False: somebody else has just this one. What is over is forgotten on the way."""
    until = now + timedelta(seconds=CODE_SECONDS)
    await connection.execute(QUERIES["forget_codes"], now)
    return await connection.fetchval(QUERIES["new_code"], contact_point_id, _hash(vault, code), until, now) is not None


async def phone_of_code(connection: asyncpg.Connection, vault: Vault, code: str, now: datetime) -> UUID | None:
    found: UUID | None = await connection.fetchval(QUERIES["phone_of_code"], _hash(vault, code), now)
    return found


async def use_code(connection: asyncpg.Connection, vault: Vault, code: str, contact_point_id: UUID, now: datetime) -> bool:
    """False: it has been used, or its time is over."""
    return await connection.fetchval(QUERIES["use_code"], _hash(vault, code), contact_point_id, now) is not None


async def tries_of(connection: asyncpg.Connection, vault: Vault, channel: ChannelKind, address: str, now: datetime) -> int:
    tries: int = await connection.fetchval(QUERIES["tries_of_stranger"], channel, _index(vault, channel, address), now - HOUR)
    return tries


async def meet(
    connection: asyncpg.Connection, vault: Vault, channel: ChannelKind, address: str, now: datetime, *, tried: bool
) -> Met:
    """`tried`: a code that is none."""
    index = _index(vault, channel, address)
    (row,) = await connection.fetch(QUERIES["meet_stranger"], channel, index, int(tried), now, now - HOUR)
    return Met(row["tries"], row["is_due"])


def _index(vault: Vault, channel: ChannelKind, address: str) -> bytes:
    return vault.blind_index(index_text(channel, address))


def _hash(vault: Vault, code: str) -> bytes:
    return vault.blind_index(f"account code:{code}")
