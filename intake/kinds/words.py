"""A text as the suggestion reads it: folded, what is short written out, and the pieces that can speak for a category. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from shared.folding import folded

_WORD: Final = re.compile(r"[a-z0-9]+")
_LETTERS: Final = 4  # of a piece within words: what a slip of one letter leaves whole
WITHIN: Final = "~"  # begins such a piece
_MOST: Final = 400  # words: what nobody has said by then they will not say after it


def read_shorthand(file: Path) -> Mapping[str, tuple[str, ...]]:
    """Short form → words. A line: `what it means: short forms`."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    meanings = (line.split(":") for line in lines)
    return MappingProxyType({short: tuple(meant.split()) for meant, shorts in meanings for short in shorts.split()})


SHORTHAND: Final = read_shorthand(Path(__file__).with_name("shorthand.txt"))


def words_of(text: str) -> list[str]:
    """ "k vào đc VNeID" → ["khong", "vao", "duoc", "vneid"]."""
    words: list[str] = []
    for word in _WORD.findall(folded(unicodedata.normalize("NFKC", text)))[:_MOST]:
        words.extend(SHORTHAND.get(word, (word,)))
    return words


def pieces_of(words: list[str]) -> Iterator[str]:
    """Words, pairs and threes of them, and runs of letters, which a slip of the finger leaves mostly whole."""
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))
    yield from (f"{one} {two} {three}" for one, two, three in zip(words, words[1:], words[2:], strict=False))
    line = f"_{'_'.join(words)}_"
    yield from (f"{WITHIN}{line[at : at + _LETTERS]}" for at in range(len(line) - _LETTERS + 1))
