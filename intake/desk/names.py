"""Names as they are looked for: folded, and only as keyed hashes. Pure; the key is the vault's.

Hashes of single words tell how often a word occurs, to whoever reads the table: no more, and never which word.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from shared.folding import folded

MOST_WORDS: Final = 8  # of one name: the first ones, and the given name at its end
# The commonest family names, and what stands between them and most given names: they lead to half a city.
COMMON: Final = frozenset(
    {"nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo", "duong", "ly"}
    | {"thi", "van"}
)

_WORDS: Final = re.compile(r"[^\W\d_]+")  # a number is no name

Fingerprint = Callable[[bytes], bytes]


def words_of(name: str) -> list[str]:
    """Without diacritics, each word once, in their order."""
    words = list(dict.fromkeys(_WORDS.findall(folded(normalize("NFC", name).lower()))))
    return words if len(words) <= MOST_WORDS else [*words[: MOST_WORDS - 1], words[-1]]


def leading(words: Sequence[str]) -> list[str]:
    """By which of its words a name is led to: not by the common ones, but for the last, which is the given name."""
    return [word for word in words[:-1] if word not in COMMON] + list(words[-1:])


def asked_for(name: str, fingerprint: Fingerprint) -> tuple[int, list[int], list[int]] | None:
    """Hashes to look by: of the whole, of the words that may lead to it, of each word. None: it holds no word."""
    words = words_of(name)
    if not words:
        return None
    best = [word for word in words if word not in COMMON][-1:] or words  # one leads; of common ones each may be a given name
    return (
        _of_whole(words, fingerprint),
        [_of_word(word, fingerprint) for word in best],
        [_of_word(word, fingerprint) for word in words],
    )


def kept(name: str, fingerprint: Fingerprint) -> str | None:
    """As `file_requests` takes them: the whole name and what leads to it, and behind a bar what only tells it from others."""
    words = words_of(name)
    if not words:
        return None
    first = leading(words)
    rest = [word for word in words if word not in first]
    leads = [_of_whole(words, fingerprint), *(_of_word(word, fingerprint) for word in first)]
    parts = [leads, [_of_word(word, fingerprint) for word in rest]] if rest else [leads]
    return "|".join(",".join(map(str, hashes)) for hashes in parts)


def _of_whole(words: Sequence[str], fingerprint: Fingerprint) -> int:
    return _hash(f"name: {' '.join(words)}", fingerprint)


@lru_cache(4096)
def _of_word(word: str, fingerprint: Fingerprint) -> int:
    """Remembered: names have few words, and each filing asks for three or four of them."""
    return _hash(f"word of a name: {word}", fingerprint)


def _hash(text: str, fingerprint: Fingerprint) -> int:
    """As PostgreSQL's bigint."""
    return int.from_bytes(fingerprint(text.encode())[:8], "big", signed=True)
