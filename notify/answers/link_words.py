"""Words about accounts: "LIEN KET" and its end by whoever has a number, and the code that is written in a chat. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from notify.sms_text import fold

CODE_DIGITS: Final = 6
_LONGEST: Final = 60  # what is longer is a story, and no command
_WORDS: Final = re.compile(r"[a-z]+")
_LINK: Final = frozenset({"lien ket", "lienket", "link"})
_UNLINK: Final = frozenset({"huy lien ket", "huylienket", "bo lien ket", "ngat lien ket", "unlink"})
_APPS: Final = frozenset({"zalo", "telegram", "voi", "tai khoan"})  # "lien ket voi zalo": the code says which it is
_CODE: Final = re.compile(r"(?:/start\s+|(?:lien\s*ket|link|ma|code)[\s:]+)?(\d{3})[\s.-]?(\d{3})\W*")


@dataclass(frozen=True, slots=True)
class LinkWord:
    """`ends`: no account any more; else one is to be bound."""

    ends: bool


def link_word(text: str) -> LinkWord | None:
    """The whole text says it, however it is written; a sentence around it is somebody who writes to us."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(_WORDS.findall(_folded(text)))
    if any(letter.isdigit() for letter in text):
        return None
    for app in _APPS:
        words = f" {words} ".replace(f" {app} ", " ").strip()
    if words in _UNLINK:
        return LinkWord(ends=True)
    return LinkWord(ends=False) if words in _LINK else None


def code_in(text: str) -> str | None:
    """Six digits, alone or after a word that announces them."""
    found = _CODE.fullmatch(_folded(text).strip()) if len(text) <= _LONGEST else None
    return found[1] + found[2] if found else None


def _folded(text: str) -> str:
    return fold(unicodedata.normalize("NFKC", text)).lower()
