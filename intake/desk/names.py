"""Names as they are looked for: folded, and only as keyed hashes. Pure; the key is the vault's.

Hashes of single words tell how often a word occurs, to whoever reads the table: no more, and never which word.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from shared.folding import folded

MOST_WORDS: Final = 8  # of one name; what stands behind them finds nobody

_WORDS: Final = re.compile(r"[a-z]+")  # a number is no name

Fingerprint = Callable[[bytes], bytes]


def words_of(name: str) -> list[str]:
    """Without diacritics, each word once, in their order."""
    return list(dict.fromkeys(_WORDS.findall(folded(name))))[:MOST_WORDS]


def hashes_of(name: str, fingerprint: Fingerprint) -> list[int]:
    """Of each word; of nothing that is no word."""
    return [_of_word(word, fingerprint) for word in words_of(name)]


def hash_of_whole(name: str, fingerprint: Fingerprint) -> int | None:
    """Of all words in their order."""
    words = words_of(name)
    return _of_whole(words, fingerprint) if words else None


def kept(name: str, fingerprint: Fingerprint) -> str | None:
    """As `file_requests` takes them: the whole name and each word."""
    words = words_of(name)
    if not words:
        return None
    return ",".join(map(str, [_of_whole(words, fingerprint), *(_of_word(word, fingerprint) for word in words)]))


def _of_whole(words: Sequence[str], fingerprint: Fingerprint) -> int:
    return _hash(f"name: {' '.join(words)}", fingerprint)


@lru_cache(4096)
def _of_word(word: str, fingerprint: Fingerprint) -> int:
    """Remembered: names have few words, and each filing asks for three or four of them."""
    return _hash(f"word of a name: {word}", fingerprint)


def _hash(text: str, fingerprint: Fingerprint) -> int:
    """As PostgreSQL's bigint."""
    return int.from_bytes(fingerprint(text.encode())[:8], "big", signed=True)
