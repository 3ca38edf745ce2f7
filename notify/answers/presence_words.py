"""How a team says by SMS who of it is there: "CO MAT LAN, MINH", "VANG LAN", "ABSENT TV-3". Text in, meaning out. Pure.

"Vang" without its mark is "yes" as well, and with a number it is "nobody at home" (outcome_words.py). So only what begins with
the word and goes on with nothing but names counts; whether it may be taken at its word, matching.py decides: it knows the phone.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from notify.sms_text import fold

LONGEST_WORDS: Final = 5
LONGEST: Final = 40
MOST_NAMES: Final = 20

_TEAM: Final = ("to", "doi", "team", "thanh vien")  # before the word: of the team, whatever else it might mean
_PRESENT: Final = ("co mat", "present")
_ABSENT: Final = ("vang mat", "vang", "absent")
_YES: Final = "vâng"  # with this mark it is "yes" and nothing else
_UNSURE: Final = "vang"
_PARTS: Final = re.compile(r"\s*(?:[,;+&/]|\b(?:v[aà]|and)\b)\s*", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\W\d_][^\W_]*(?:[.-][^\W_]+)*")
_POLITE: Final = frozenset({"da", "em", "toi", "bao", "cao", "xin", "ok", "a"})
_CLOSING: Final = frozenset({"a", "ah", "nhe", "nha", "roi", "nay", "hom", "today", "now"})
# Whatever holds one of these tells a story, or says what came of a visit.
_NO_NAME: Final = frozenset({
    "nha", "chu", "nguoi", "dan", "khong", "ko", "k", "kg", "chua", "sao", "ai", "oi", "viec", "den", "di", "o", "duoc", "phut",
    "gio", "the", "is", "not", "no", "home", "at", "nobody", "resident", "on", "roi", "lai", "ca", "het", "tai", "mat", "noi",
    "luc", "khoang", "sau", "truoc",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PresenceWord:
    """Somebody of the team is there, or is not. `names` as they were typed, apart by ", ".

    `sure`: it can be no yes; `of_team`: it can be nothing about a resident either.
    """

    present: bool
    names: str
    sure: bool = True
    of_team: bool = False


def presence_word(text: str) -> PresenceWord | None:
    """None: nobody has said who is there."""
    written = unicodedata.normalize("NFC", " ".join(text.split())).strip(" .!,")
    words = written.split(" ")
    while len(words) > 1 and _plain(words[0]) in _POLITE:
        words = words[1:]
    of_team, words = _without(words, _TEAM)
    for present, keys in ((True, _PRESENT), (False, _ABSENT)):
        key, rest = _keyed(words, keys)
        if key is not None and (names := _names(" ".join(rest))):
            unsure = key == _UNSURE and not of_team and words[0].lower() != "vắng"
            return PresenceWord(present, names, not unsure, of_team)
    return None


def _keyed(words: list[str], keys: tuple[str, ...]) -> tuple[str | None, list[str]]:
    if not words or words[0].lower().rstrip(":,") == _YES:
        return None, words
    for key in keys:
        length = key.count(" ") + 1
        if " ".join(map(_plain, words[:length])) == key:
            return key, words[length:]
    return None, words


def _without(words: list[str], openings: tuple[str, ...]) -> tuple[bool, list[str]]:
    key, rest = _keyed(words, openings)
    return key is not None, rest


def _names(text: str) -> str | None:
    """All of it names, or none at all."""
    pieces = [_name(piece) for piece in _PARTS.split(text)]
    found = [piece for piece in pieces if piece]
    return ", ".join(found) if found and len(found) == len(pieces) <= MOST_NAMES else None


def _name(piece: str) -> str | None:
    words = piece.strip(" .!:").split()
    while len(words) > 1 and _plain(words[-1]) in _CLOSING:
        words = words[:-1]
    plain = [_plain(word) for word in words]
    good = all(_NAME.fullmatch(word) and word not in _NO_NAME for word in plain) and not _CLOSING.issuperset(plain)
    name = " ".join(words)
    return name if good and len(words) <= LONGEST_WORDS and len(name) <= LONGEST else None


def _plain(word: str) -> str:
    return fold(word).lower().rstrip(":,.!")
