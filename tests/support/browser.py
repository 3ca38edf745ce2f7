"""A browser that has subscribed to web push: its subscription as JSON, and what a push says once it has opened it (RFC 8291)."""

from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notify.channels.push_sealing import CURVE, unpadded

SECRET = b"sixteen bytes yes"[:16]


class Browser:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(CURVE)
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> str:
        keys = {"p256dh": unpadded(self._point), "auth": unpadded(SECRET)}
        return orjson.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys}).decode()

    def opened(self, body: bytes) -> Any:
        salt, length = body[:16], body[20]
        theirs, box = body[21 : 21 + length], body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        material = _derived(shared, SECRET, b"WebPush: info\x00" + self._point + theirs, 32)
        key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
        return orjson.loads(AESGCM(key).decrypt(nonce, box, None).rstrip(b"\x02"))


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
