"""What a web push is made of: the text sealed for one browser (RFC 8291, aes128gcm), and who sends it (VAPID, RFC 8292). Pure.

Checked against the example of the RFC and against a peer that others have written (`make test-web-push`). Why no library does
it: decision 0002.
"""

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
POINT_BYTES, SECRET_BYTES, SALT_BYTES, SCALAR_BYTES = 65, 16, 16, 32
RECORD_BYTES: Final = 4096  # the whole of a push is one record, and no push service takes more
LAST_RECORD: Final = b"\x02"
LONGEST_BYTES: Final = RECORD_BYTES - SALT_BYTES - 4 - 1 - POINT_BYTES - 16 - len(LAST_RECORD)  # of what is sealed
SIGNED_FOR: Final = timedelta(hours=12)  # a push service takes up to 24


def new_key() -> str:
    """A private key as `Signer` takes it."""
    return unpadded(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(SCALAR_BYTES, "big"))


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_unpadded(text: str) -> bytes:
    """Raises ValueError for what is no base64 of this kind."""
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


@dataclass(frozen=True, slots=True)
class Browser:
    """What a subscription says of the browser that alone can open a push."""

    point: bytes
    secret: bytes

    @classmethod
    def of(cls, p256dh: str, auth: str) -> Self:
        """Raises ValueError when these are no keys."""
        browser = cls(from_unpadded(p256dh), from_unpadded(auth))
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.point)
        if len(browser.point) != POINT_BYTES or len(browser.secret) != SECRET_BYTES:
            raise ValueError("a point of 65 and a secret of 16 bytes")
        return browser


def sealed(text: bytes, browser: Browser, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None) -> bytes:
    """The body of the request. `key` and `salt` are made anew for each push; given only to repeat an example."""
    ours, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(SALT_BYTES)
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.point))
    point = _point(ours)
    material = _derived(shared, browser.secret, b"WebPush: info\x00" + browser.point + point, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return head + AESGCM(content_key).encrypt(nonce, text + LAST_RECORD, None)


class Signer:
    """The key under which browsers have subscribed, and the address where a push service finds us."""

    def __init__(self, private_key: str, contact: str) -> None:
        """`private_key`: 32 bytes in URL-safe base64. Raises ValueError when it is none."""
        raw = from_unpadded(private_key)
        if len(raw) != SCALAR_BYTES:
            raise ValueError("32 bytes in URL-safe base64")
        self._key = ec.derive_private_key(int.from_bytes(raw, "big"), CURVE)
        self._contact = contact
        self.public_key = unpadded(_point(self._key))  # what a page subscribes with: applicationServerKey

    def header(self, origin: str, now: datetime) -> str:
        """For `Authorization`."""
        claims = {"aud": origin, "exp": int((now + SIGNED_FOR).timestamp()), "sub": self._contact}
        signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(SCALAR_BYTES, "big") + s.to_bytes(SCALAR_BYTES, "big")
        return f"vapid t={signed}.{unpadded(signature)}, k={self.public_key}"


def _json(value: dict[str, Any]) -> str:
    return unpadded(orjson.dumps(value))


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
