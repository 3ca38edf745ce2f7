"""Rows of accounts: whose they are, binding and ending them, codes and strangers. Which word means what: binding.py.

An address is sealed under the person's key and found by a keyed hash only. The caller's transaction; phones are locked first, and
before them, where a code is looked at, guessing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from notify.accounts.account import PURPOSE, index_text
from notify.channels.port import InboundText
from notify.store import QUERIES
from shared.events.contract import ChannelKind
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_ACCOUNTS

CODE_SECONDS: Final = 600.0
HOUR: Final = timedelta(hours=1)
MOST_TRIES: Final = 5  # of codes, an account and hour
MOST_GUESSES: Final = (
    100  # wrong codes of all together while a code is good: a chance of 1 in 10,000, however many accounts guess
)


@dataclass(frozen=True, slots=True)
class Owner:
    """`has_number`: else the account stands for itself, and what it writes is heard by intake's conversation alone."""

    contact_point_id: UUID
    key_id: UUID
    has_number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known as a text of a chat comes in. `known_of`: the phone for which this very text was kept, `bound`: as the code
    that bound the account. `tries`: codes that were none, within the hour; `is_repeated`: this text has been counted."""

    now: datetime
    owner: Owner | None
    known_of: UUID | None
    bound: bool
    tries: int
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Met:
    """`tries`: codes that were none, within the hour. `is_due`: it has had no answer within the hour."""

    tries: int
    is_due: bool


async def look(connection: asyncpg.Connection, vault: Vault, text: InboundText) -> Look:
    index = _index(vault, text.channel, text.sender)
    (row,) = await connection.fetch(QUERIES["look_at_chat"], text.carrier, text.id, text.channel, index, HOUR)
    found = row["contact_point_id"]
    return Look(
        now=row["now"],
        owner=None if found is None else Owner(found, row["key_id"], row["has_number"]),
        known_of=row["known_of"],
        bound=row["bound"],
        tries=row["tries"],
        is_repeated=row["is_repeated"],
    )


async def adopt(connection: asyncpg.Connection, vault: Vault, text: InboundText, now: datetime) -> Owner:
    """Somebody writes from an account that is no number's: from now on it is a contact point of its own."""
    (own,) = await vault.contact_points(connection, [index_text(text.channel, text.sender)])
    await connection.execute(QUERIES["meet_contact_point"], own.contact_point_id, own.key.id, None)
    sealed, index = own.key.seal(text.sender.encode(), purpose=PURPOSE), _index(vault, text.channel, text.sender)
    await connection.execute(QUERIES["bind_account"], own.contact_point_id, text.channel, sealed.key_id, sealed.box, index, now)
    NOTIFY_ACCOUNTS.labels(text.channel, "stranger").inc()
    return Owner(own.contact_point_id, own.key.id, has_number=False)


async def bind(
    connection: asyncpg.Connection,
    vault: Vault,
    contact_point_id: UUID,
    channel: ChannelKind,
    address: str,
    *,
    key: DataKey,
    now: datetime,
) -> UUID | None:
    """From now on this account is the phone's, and no other's; says whose it was until now.

    Whoever calls has a proof that the owner of the number wants it, the lock of guessing (no other binds meanwhile), and those of
    both phones. `key` is the person's: erasing them takes the address with it.
    """
    index = _index(vault, channel, address)
    before = await connection.fetchrow(QUERIES["owner_of_account"], channel, index)
    other: UUID | None = before["contact_point_id"] if before and before["contact_point_id"] != contact_point_id else None
    if other is not None:
        await connection.execute(QUERIES["unbind_account"], other, [channel])
    moved_from = other if before is not None and before["has_number"] else None
    sealed = key.seal(address.encode(), purpose=PURPOSE)
    await connection.execute(QUERIES["bind_account"], contact_point_id, channel, sealed.key_id, sealed.box, index, now)
    await connection.execute(QUERIES["forget_stranger"], channel, index)
    NOTIFY_ACCOUNTS.labels(channel, "moved" if moved_from else "bound").inc()
    return moved_from


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


async def lock_guessing(connection: asyncpg.Connection) -> None:
    """Before any phone."""
    await connection.execute(QUERIES["lock_guessing"])


async def phone_of_code(
    connection: asyncpg.Connection, vault: Vault, code: str, channel: ChannelKind, now: datetime
) -> UUID | None:
    """None: it is nobody's, or has been guessed at too often since it was made."""
    row = await connection.fetchrow(QUERIES["phone_of_code"], _hash(vault, code), now, MOST_GUESSES)
    if row is not None and row["void"]:
        NOTIFY_ACCOUNTS.labels(channel, "void_code").inc()
    phone: UUID | None = row["contact_point_id"] if row is not None and not row["void"] else None
    return phone


async def use_code(connection: asyncpg.Connection, vault: Vault, code: str, contact_point_id: UUID, now: datetime) -> bool:
    """False: it has been used, or its time is over."""
    return await connection.fetchval(QUERIES["use_code"], _hash(vault, code), contact_point_id, now) is not None


async def meet(connection: asyncpg.Connection, vault: Vault, text: InboundText, now: datetime, *, tried: bool) -> Met:
    """`tried`: a code that is none, under the lock of guessing."""
    index, counted = _index(vault, text.channel, text.sender), [text.id] if tried else []
    if tried:
        await connection.execute(QUERIES["count_wrong_code"])
    (row,) = await connection.fetch(QUERIES["meet_stranger"], text.channel, index, counted, now, now - HOUR)
    return Met(row["tries"], row["is_due"])


def _index(vault: Vault, channel: ChannelKind, address: str) -> bytes:
    return vault.blind_index(index_text(channel, address))


def _hash(vault: Vault, code: str) -> bytes:
    return vault.blind_index(f"account code:{code}")
