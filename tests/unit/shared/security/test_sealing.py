"""A sealed value opens under its own key and purpose, and under nothing else."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.contract import Sealed
from shared.ids import uuid7
from shared.security.sealing import DataKey, SealBroken


def new_key() -> DataKey:
    return DataKey(uuid7(), os.urandom(32))


KEY = new_key()


@given(st.binary(max_size=2000), st.sampled_from(["phone", "name", "details", "text"]))
def test_what_was_sealed_opens_to_the_same(plaintext: bytes, purpose: str) -> None:
    assert KEY.open(KEY.seal(plaintext, purpose=purpose), purpose=purpose) == plaintext


def test_the_box_is_nonce_text_and_tag_and_never_the_same_twice() -> None:
    one, two = KEY.seal(b"0912345678", purpose="phone"), KEY.seal(b"0912345678", purpose="phone")
    assert one.box != two.box
    assert one.key_id == KEY.id
    assert len(base64.b64decode(one.box)) == 12 + 10 + 16


def test_a_box_cannot_be_moved_to_another_field() -> None:
    sealed = KEY.seal(b"An", purpose="name")
    with pytest.raises(SealBroken):
        KEY.open(sealed, purpose="phone")


def test_another_key_does_not_open_it_even_under_the_same_id() -> None:
    sealed = KEY.seal(b"An", purpose="name")
    with pytest.raises(SealBroken):
        new_key().open(sealed, purpose="name")
    with pytest.raises(SealBroken):
        DataKey(KEY.id, os.urandom(32)).open(sealed, purpose="name")


@given(st.integers(0, 37))
def test_a_changed_byte_is_noticed(position: int) -> None:
    box = bytearray(base64.b64decode(KEY.seal(b"0912345678", purpose="phone").box))
    box[position] ^= 1
    with pytest.raises(SealBroken):
        KEY.open(Sealed(key_id=KEY.id, box=base64.b64encode(box).decode()), purpose="phone")


@pytest.mark.parametrize("box", ["", "AAAA", "not base64!", "A" * 15, "AAAA" * 6])
def test_a_box_that_is_none_is_refused_without_being_quoted(box: str) -> None:
    with pytest.raises(SealBroken) as broken:
        KEY.open(Sealed(key_id=KEY.id, box=box), purpose="phone")
    assert not box or box not in str(broken.value)


def test_a_key_does_not_show_its_secret() -> None:
    secret = b"\x41" * 32
    assert "AAAA" not in repr(DataKey(uuid7(), secret))
