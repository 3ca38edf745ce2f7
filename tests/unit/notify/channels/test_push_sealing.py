"""A push is sealed as RFC 8291 shows it, and signed so that a push service believes it."""

import base64
from datetime import UTC, datetime

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from notify.channels.push_sealing import CURVE, LONGEST_BYTES, RECORD_BYTES, Browser, Signer, from_unpadded, sealed, unpadded

# RFC 8291, section 5 and appendix A
TEXT = b"When I grow up, I want to be a watermelon"
BROWSER = Browser.of(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg"
)
SERVER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_unpadded(text), "big"), CURVE)


def test_the_example_of_the_rfc_comes_out_letter_by_letter() -> None:
    assert unpadded(sealed(TEXT, BROWSER, key=key_of(SERVER_KEY), salt=from_unpadded(SALT))) == BODY


def test_the_same_text_twice_never_looks_the_same() -> None:
    assert sealed(TEXT, BROWSER) != sealed(TEXT, BROWSER)


def test_the_longest_text_fills_one_record() -> None:
    assert len(sealed(b"x" * LONGEST_BYTES, BROWSER)) == RECORD_BYTES
    assert LONGEST_BYTES > 3900


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", "BTBZMqHH6r4Tts7J_aSIgg"),
        (unpadded(BROWSER.point), ""),
        (unpadded(BROWSER.point), unpadded(bytes(15))),
        (unpadded(b"\x04" + bytes(64)), "BTBZMqHH6r4Tts7J_aSIgg"),  # not on the curve
        (unpadded(BROWSER.point[:64]), "BTBZMqHH6r4Tts7J_aSIgg"),
        ("é", "BTBZMqHH6r4Tts7J_aSIgg"),
    ],
)
def test_what_is_no_key_of_a_browser_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Browser.of(p256dh, auth)


def test_keys_are_read_with_and_without_padding() -> None:
    padded = base64.urlsafe_b64encode(BROWSER.secret).decode()
    assert padded.endswith("=")
    assert Browser.of(unpadded(BROWSER.point), padded) == BROWSER


def test_a_push_service_can_check_who_we_are() -> None:
    signer = Signer(SERVER_KEY, "mailto:ops@example.vn")
    header = signer.header("https://push.example.net", datetime(2026, 3, 2, 3, tzinfo=UTC))
    token, public = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    assert orjson.loads(from_unpadded(head)) == {"typ": "JWT", "alg": "ES256"}
    until = int(datetime(2026, 3, 2, 15, tzinfo=UTC).timestamp())
    assert orjson.loads(from_unpadded(claims)) == {
        "aud": "https://push.example.net",
        "exp": until,
        "sub": "mailto:ops@example.vn",
    }
    raw, key = from_unpadded(signature), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, from_unpadded(public))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(der, f"{head}.{head}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("key", ["", unpadded(bytes(31)), unpadded(bytes(32)), "not base64 at all"])
def test_what_is_no_private_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Signer(key, "mailto:ops@example.vn")
