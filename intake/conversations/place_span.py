"""Where in a message the address stands: from a word that leads to it up to where the trouble begins. Pure."""

import re
from itertools import islice
from typing import Final

from shared.folding import folded

MOST_CUES: Final = 8  # words that may lead to a place; behind each the rest of the text is read

_CUE: Final = re.compile(
    r"\b(?:dia chi(?: nha)?(?: cua \w+)?(?: la|:)?|nha (?:toi|em|minh|chau|bac)?\s?(?:o|tai)|hien o|dang o|o|tai"
    r"|address(?: is|:)?|live at|at)\s+"
)
_NAMED_O: Final = re.compile(r"(?:\b(?:phuong|xa|p)\b\.?\s*)$")  # before "Ô Chợ Dừa", which is folded as "ở chợ dừa" is
PLACE_WORDS: Final = "phuong|quan|xa|huyen|pho|duong|ngo|ngach|hem|so nha|thon|to dan pho|khu|chung cu|toa"
LOOKS_LIKE_PLACE: Final = re.compile(
    rf"\b(?:p\.|q\.|{PLACE_WORDS})\b"
    r"|\b(?:street|ward|district)\b|^\d+[a-z]?(?:/\d+)* [a-z]"
)
# Where the place ends and the trouble begins.
_TROUBLE_BEGINS: Final = re.compile(
    r"[.;\n!?]|,?\s+(?:bi|khong|ko|dang ky|dang nhap|can|muon|nho|sdt|so dien thoai|dien thoai|cannot|can't)\b"
    r"|,\s*(?:may|so|the|ma|vi|va|toi|em|chau|xin|de|my|i|nha)\b"
)


def place_span(text: str) -> tuple[int, int, int] | None:
    """From a word that leads to a place up to where the trouble begins; or all of what looks like an address. With the place of
    the word that leads to it."""
    plain = folded(text)
    for cue in islice(_CUE.finditer(plain), MOST_CUES):
        if text[cue.start()] in "Ôô" or (cue[0].strip() == "o" and _NAMED_O.search(plain[: cue.start()])):
            continue
        end = _trouble_begins(text, plain, cue.end() + 1)
        span = text[cue.end() : end]
        if any(letter.isdigit() or letter.isupper() for letter in span) or LOOKS_LIKE_PLACE.search(plain[cue.end() : end]):
            return cue.start(), cue.end(), end
    met = LOOKS_LIKE_PLACE.search(plain)
    if met is None:
        return None
    begins = max(plain.rfind(sign, 0, met.start()) for sign in ".;\n") + 1
    return begins, begins, _trouble_begins(text, plain, met.end())


def _trouble_begins(text: str, plain: str, start: int) -> int:
    """ "Kim Mã" is a street, and "mã" a code: what is written large belongs to the place."""
    for met in _TROUBLE_BEGINS.finditer(plain, start):
        if not any(letter.isupper() for letter in text[met.start() : met.end()]):
            return met.start()
    return len(text)
