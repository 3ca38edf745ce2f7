"""Where an address may be cut from what stands beside it, with no "ở" between: "máy in hỏng phường Giảng Võ"."""

import re
from collections.abc import Iterator
from typing import Final

from intake.conversations.place_span import PLACE_WORDS
from shared.folding import folded

MOST_CUTS: Final = 8  # each is read by the suggester

_BEGINS: Final = re.compile(rf"\b(?:{PLACE_WORDS}|\d+[a-z]?(?:/\d+)*) ")
_ENDS: Final = re.compile(r"(?<=\s)[^\W\d_]+")


def cuts(span: str) -> Iterator[tuple[str, str]]:
    """What may be the trouble, and the address without it: at commas, before the first word of a place, behind its last name."""
    for comma in re.finditer(",", span):
        yield span[: comma.start()], span[comma.end() :]
        yield span[comma.end() :], span[: comma.start()]
    first = _BEGINS.search(folded(span))
    if first is None:
        return
    if first.start() > 0:
        yield span[: first.start()], span[first.start() :]
    named = False
    for word in _ENDS.finditer(span, first.start()):
        if named and word[0].islower():
            yield span[word.start() :], span[: word.start()]
        named = word[0][0].isupper()
