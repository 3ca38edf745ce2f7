"""Whose key is it? Contact points by phone number, data keys by id, all through the functions of schema `vault`.

Keys are stored wrapped by a master key that the database never sees. Erasing a person deletes the key there;
caches here live at most a minute (law 12).
"""

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import Misconfigured, Refused
from shared.ids import uuid7s
from shared.security.sealing import KEY_BYTES, NONCE_BYTES, DataKey

INDEX_BYTES: Final = 32
HOUSE: Final = UUID(int=0)  # the id of a key that is in no table
CACHE_SECONDS: Final = 60.0
CACHE_KEYS: Final = 20_000

_VERSION: Final = b"\x01"  # of the wrapping; a second master key would be version 2

_CONTACT_POINTS: Final = "select ordinal, contact_point_id, key_id, wrapped_key from vault.contact_points($1, $2, $3, $4)"
_NEW_KEYS: Final = "select vault.new_keys($1, $2, $3)"
_WRAPPED_KEYS: Final = "select key_id, wrapped_key from vault.wrapped_keys($1)"
_CONTACT_POINT: Final = "select vault.contact_point($1)"
_ERASE: Final = "select vault.erase($1)"
_ERASE_KEYS: Final = "select vault.erase_keys($1)"
_FORGET_PASSERS: Final = "select vault.forget_passers($1)"


@dataclass(frozen=True, slots=True)
class ContactKey:
    """A contact point and the key that seals what belongs to the person behind it."""

    contact_point_id: UUID
    key: DataKey


@dataclass(frozen=True, slots=True)
class Stranger:
    """What a person becomes who is not known yet: an offer to `vault.contact_points`, which keeps it or has another one."""

    blind_index: bytes
    contact: ContactKey
    wrapped: bytes


class Vault:
    """`master_key` is 32 random bytes; losing it loses every sealed value. All methods work in the caller's transaction."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise Misconfigured(f"the master key must be {KEY_BYTES} bytes, as base64 in TECHRESCUE_MASTER_KEY")
        self._index_key = _derive(master_key, b"techrescue blind index")
        self._wrapping = AESGCM(_derive(master_key, b"techrescue key wrapping"))
        # For secrets of the deployment itself, which belong to no person and are erased with nobody.
        self.house = DataKey(HOUSE, _derive(master_key, b"techrescue house secrets"))
        self._cache: OrderedDict[UUID, tuple[float, DataKey]] = OrderedDict()  # oldest first, as below
        self._people: OrderedDict[bytes, tuple[float, ContactKey]] = OrderedDict()  # by blind index

    def blind_index(self, text: str) -> bytes:
        """The same number always gives the same 32 bytes, and nobody without the master key can try numbers."""
        return self.fingerprint(text.encode())

    def fingerprint(self, value: bytes) -> bytes:
        """BLAKE2b with a key (RFC 7693): a third of an HMAC's price, and each filing asks three times."""
        return hashlib.blake2b(value, key=self._index_key, digest_size=INDEX_BYTES).digest()

    async def contact_points(self, connection: Any, phones: Sequence[str]) -> list[ContactKey]:
        """Get or create, one per phone (E.164) in the same order, in one round trip. A key is made for each, used if needed."""
        if not phones:
            return []
        rows = await connection.fetch(_CONTACT_POINTS, *offered(self.strangers(phones)))
        if len(rows) != len(phones):  # erased between the two statements of the function, by another transaction
            raise Refused("erased", "this person is being erased right now; try again")
        return [self.known(row[1], row[2], row[3]) for row in rows]

    def strangers(self, phones: Sequence[str]) -> list[Stranger]:
        """One per phone; the same for the same phone. No I/O."""
        fresh = zip(phones, uuid7s(len(phones)), self._make(len(phones)), strict=True)
        made = {
            phone: Stranger(self.blind_index(phone), ContactKey(contact_point_id, DataKey(key_id, secret)), wrapped)
            for phone, contact_point_id, (key_id, secret, wrapped) in fresh
        }
        return [made[phone] for phone in phones]

    def presumed(self, stranger: Stranger) -> ContactKey:
        """Who this is if nothing has changed since we last heard of them: `vault.contact_points` has to agree."""
        kept = self._people.get(stranger.blind_index)
        return kept[1] if kept is not None and kept[0] > time.monotonic() - CACHE_SECONDS else stranger.contact

    def keep(self, stranger: Stranger, contact: ContactKey) -> None:
        """`vault.contact_points` has agreed: whoever calls again within a minute is presumed to be the same person."""
        self._people.pop(stranger.blind_index, None)
        if len(self._people) >= CACHE_KEYS:
            self._people.popitem(last=False)
        self._people[stranger.blind_index] = (time.monotonic(), contact)

    def known(self, contact_point_id: UUID, key_id: UUID, wrapped: bytes) -> ContactKey:
        """As `vault.contact_points` returned it, with plain UUIDs: asyncpg's are a subclass, which orjson does not write."""
        return ContactKey(UUID(int=contact_point_id.int), self._unwrapped(UUID(int=key_id.int), wrapped))

    async def find_contact_point(self, connection: Any, phone: str) -> UUID | None:
        found: UUID | None = await connection.fetchval(_CONTACT_POINT, self.blind_index(phone))
        return found

    async def new_keys(self, connection: Any, contact_point_ids: Sequence[UUID | None]) -> list[DataKey]:
        """One per entry, in one round trip. They go when the contact point is erased."""
        if not contact_point_ids:
            return []
        fresh = self._make(len(contact_point_ids))
        ids = [key_id for key_id, _, _ in fresh]
        await connection.execute(_NEW_KEYS, ids, [wrapped for _, _, wrapped in fresh], list(contact_point_ids))
        return [DataKey(key_id, secret) for key_id, secret, _ in fresh]

    async def keys(self, connection: Any, key_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
        """What is missing in the answer has been erased. A key erased elsewhere may live here for CACHE_SECONDS."""
        found, missing = self.kept(key_ids)
        if missing:
            found |= self.learned(await connection.fetch(_WRAPPED_KEYS, missing))
        return found

    async def keys_in_passing(self, connection: Any, key_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
        """As `keys`, and none is kept: of thousands who are written to once, none is wanted again within a minute."""
        found, missing = self.kept(key_ids)
        rows = await connection.fetch(_WRAPPED_KEYS, missing) if missing else ()
        return found | {key_id: self._unwrapped(key_id, box) for key_id, box in rows}

    def kept(self, key_ids: Iterable[UUID]) -> tuple[dict[UUID, DataKey], list[UUID]]:
        """What the cache has, and what has to be asked of `vault.wrapped_keys`: for who asks more in the same statement."""
        oldest = time.monotonic() - CACHE_SECONDS
        found: dict[UUID, DataKey] = {}
        missing: list[UUID] = []
        for key_id in set(key_ids):
            kept = self._cache.get(key_id)
            if kept is not None and kept[0] > oldest:
                found[key_id] = kept[1]
            else:
                missing.append(key_id)
        return found, missing

    def learned(self, wrapped: Iterable[Sequence[Any]]) -> dict[UUID, DataKey]:
        """Rows of (key id, wrapped key), opened and kept."""
        return {key_id: self._remember(key_id, self._unwrapped(key_id, box)) for key_id, box in wrapped}

    async def erase(self, connection: Any, contact_point_id: UUID) -> int:
        """Forgets the person behind a contact point; says how many keys are gone. Needs the login that migrates."""
        self._cache.clear()
        self._people.clear()
        gone: int = await connection.fetchval(_ERASE, contact_point_id)
        return gone

    async def erase_keys(self, connection: Any, key_ids: Sequence[UUID]) -> int:
        """Forgets people who have no contact point of their own; never takes the key of a living contact point."""
        self._cache.clear()
        gone: int = await connection.fetchval(_ERASE_KEYS, list(key_ids))
        return gone

    async def forget_passers(self, connection: Any, names: Sequence[str]) -> int:
        """Forgets who came by under these names and had no number; says how many. Of them nothing else is left."""
        gone: int = await connection.fetchval(_FORGET_PASSERS, [self.blind_index(name) for name in names])
        return gone

    def _make(self, count: int) -> list[tuple[UUID, bytes, bytes]]:
        """(id, secret, wrapped) of new keys. The id is bound in, so that two rows cannot be swapped."""
        random = os.urandom(count * (KEY_BYTES + NONCE_BYTES))
        made = []
        for start, key_id in zip(range(0, len(random), KEY_BYTES + NONCE_BYTES), uuid7s(count), strict=True):
            secret = random[start : start + KEY_BYTES]
            nonce = random[start + KEY_BYTES : start + KEY_BYTES + NONCE_BYTES]
            made.append((key_id, secret, _VERSION + nonce + self._wrapping.encrypt(nonce, secret, key_id.bytes)))
        return made

    def _unwrapped(self, key_id: UUID, wrapped: bytes) -> DataKey:
        nonce, box = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
        try:
            return DataKey(key_id, self._wrapping.decrypt(nonce, box, key_id.bytes))
        except InvalidTag:
            raise Misconfigured("the vault was written under another master key") from None

    def _remember(self, key_id: UUID, key: DataKey) -> DataKey:
        self._cache.pop(key_id, None)
        if len(self._cache) >= CACHE_KEYS:
            self._cache.popitem(last=False)
        self._cache[key_id] = (time.monotonic(), key)
        return key


def offered(strangers: Sequence[Stranger]) -> tuple[list[Any], ...]:
    """The arguments of `vault.contact_points`."""
    return (
        [one.blind_index for one in strangers],
        [one.contact.contact_point_id for one in strangers],
        [one.contact.key.id for one in strangers],
        [one.wrapped for one in strangers],
    )


def _derive(master_key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master_key)
