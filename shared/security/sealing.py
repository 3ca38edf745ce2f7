"""AES-256-GCM under the key of one person: how a value becomes a Sealed and back. Where keys are kept is vault.py."""

import base64
import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Permanent
from shared.events.contract import Sealed

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class SealBroken(Permanent):
    """A box that this key and purpose do not open: damaged, moved from another field, or sealed under another key."""


class DataKey:
    """One person's key. `purpose` ("phone", "name", "details", "text") is bound in: a box cannot be moved to another field."""

    __slots__ = ("_cipher", "id")

    def __init__(self, key_id: UUID, secret: bytes) -> None:
        self.id = key_id
        self._cipher = AESGCM(secret)

    def seal(self, plaintext: bytes, *, purpose: str) -> Sealed:
        return Sealed(key_id=self.id, box=self.box(plaintext, purpose=purpose))

    def box(self, plaintext: bytes, *, purpose: str) -> str:
        """What a Sealed holds beside the key's id. The nonce is random: one key seals a few hundred values, far below 2^32."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plaintext, purpose.encode())).decode()

    def open(self, sealed: Sealed, *, purpose: str) -> bytes:
        if sealed.key_id != self.id:
            raise SealBroken("sealed under another key")
        try:
            box = base64.b64decode(sealed.box, validate=True)
            return self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], purpose.encode())
        except (ValueError, InvalidTag):  # not base64, too short, or not authentic
            raise SealBroken(f"a sealed {purpose} does not open") from None

    def __repr__(self) -> str:
        return f"DataKey({self.id})"
