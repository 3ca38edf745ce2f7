"""The tracking code of a request: 40 random bits that can be read aloud. It shows public facts only."""

import os
import re
from typing import Final

from shared.errors import Invalid

# Crockford's 32: no I, L, O (they are read as 1, 1, 0) and no U.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "TR"
LENGTH: Final = 8

_SEPARATORS: Final = re.compile(r"[\s.\-–—_]+")
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_CODE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """`TR-XXXX-XXXX`."""
    number = int.from_bytes(os.urandom(5), "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(0, 5 * LENGTH, 5))
    return f"{PREFIX}-{letters[:4]}-{letters[4:]}"


def normalise_code(text: str) -> str:
    """What somebody typed or dictated as the code that is stored; raises Invalid("code")."""
    letters = _SEPARATORS.sub("", text).upper()
    if len(letters) == LENGTH + len(PREFIX):
        letters = letters.removeprefix(PREFIX)
    letters = letters.translate(_LOOK_ALIKES)
    if not _CODE.fullmatch(letters):
        raise Invalid("code", "a code looks like TR-7K3M-92QX: two groups of four letters and digits")
    return f"{PREFIX}-{letters[:4]}-{letters[4:]}"
