"""The two words a visitor must know, made anew for each visit from a seed that only the request holds."""

import hmac
import unicodedata
from pathlib import Path
from typing import Final


def phrase(seed: str, visit: int) -> str:
    """Two plain Vietnamese words. `seed` is 32 hex digits; `visit` counts releases, so that a release renews the phrase."""
    digest = hmac.digest(bytes.fromhex(seed), f"visit {visit}".encode(), "sha256")
    return f"{FIRST[digest[0]]} {SECOND[digest[1]]}"


def plain(text: str) -> str:
    """Lower case without diacritics, as people type on old phones: "Đèn Biếc" → "den biec"."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def same_words(said: str, right: str) -> bool:
    """Whether somebody said the phrase, however it was typed: case, marks, spaces and dots do not count. In constant time."""
    return hmac.compare_digest(_letters(said).encode(), _letters(right).encode())


def _letters(text: str) -> str:
    return "".join(letter for letter in plain(unicodedata.normalize("NFKC", text)) if letter.isalpha())


def _words(name: str) -> tuple[str, ...]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return tuple(unicodedata.normalize("NFC", text).split())


# No word is in both lists even without diacritics, so the order of a misheard pair is clear too.
FIRST: Final = _words("phrase_first.txt")
SECOND: Final = _words("phrase_second.txt")
