"""What no text of ours may hold, because frauds are made of it: an address of the web, a number that is not ours, a word of
codes or money. Pure.

It is read as a person reads it, not as it is typed: "evil . com", "evil chấm com" and "không chín một hai ..." are what they
sound like. Strict wherever the same can be said otherwise; whoever is refused hears what was found and what to write instead.
Warnings pass: that nobody may ask for a code is what we want said.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.folding import folded
from shared.lures_numbers import number_in
from shared.lures_secrets import secrets_in
from shared.lures_warnings import warned_of

# Beside ASCII and letters of Vietnamese: whatever else looks like a letter or a full stop is there to be taken for it.
_SIGNS: Final = frozenset("–—‒−“”„‘’«»·•₫€°×⁄")
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LAST_OF_BMP: Final = "\uffff"
_WORD: Final = re.compile(r"[^\W_]+")
_BEFORE: Final = re.compile(r"([^\W_]+)(\s*)$")
_AFTER: Final = re.compile(r"(\s*)([^\W_]+)")
_ADDRESS: Final = re.compile(r"@|:\s*/\s*/|\bwww|\bhttps?\b|\bhxxps?\b|[\[({<]\s*at\s*[\])}>]|\ba (?:còng|móc|vòng)\b")
_BRACKETED_DOT: Final = re.compile(r"[^\W_]\s*[\[({<]\s*(?:\.|dot|ch[ấa]m)\s*[\])}>]\s*[^\W_]+")
_SPELT_DOT: Final = re.compile(r"[^\W_]+\s+(?:dot|ch[ấa]m)\s+([^\W_]+)")
_IP: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_SPELT_OUT: Final = re.compile(r"(?<![^\W_])[a-z](?:[ ._*]+[a-z]){4,}(?![^\W_])")
_SHORTENERS: Final = re.compile(
    r"\b(?:bit[\W_]*ly|tiny[\W_]*url|cutt[\W_]*ly|short[\W_]*url|linktr|goo[\W_]+gl|is[\W_]+gd|(?:t|zalo|wa|m|fb|telegram)[\W_]+me)\b"
)
# Ends of names in the web. Of these a word alone, wherever it stands, is none of ours ("cơm" and "nét" have their marks) ...
_NEVER_A_WORD: Final = frozenset({"com", "net", "org", "gov", "edu", "xyz", "biz", "info"})
# ... and these are words, too: they count only after a full stop.
_ENDS: Final = _NEVER_A_WORD | {
    "vn", "ly", "me", "gl", "gd", "io", "co", "cc", "tk", "ml", "ga", "cf", "gq", "ru", "cn", "in", "to", "la", "do", "so",
    "is", "it", "us", "no", "my", "be", "ai", "am", "id", "im", "tv", "vip", "pro", "top", "world", "online", "shop", "site",
    "app", "link", "live", "life", "one", "work", "space", "fun", "click", "bio", "page", "dev", "tech", "today", "news",
    "store", "club", "mobi", "asia", "name", "win", "bid", "icu", "cyou", "buzz", "eu", "uk", "de", "fr", "jp", "kr", "th",
    "sg", "ph", "kh", "tw", "hk", "ws", "pw", "su", "st", "sh", "at", "ch", "nl", "pl",
}  # fmt: skip
_SHORT_FOR: Final = frozenset({
    "tp", "tx", "tt", "kp", "tdp", "ubnd", "ub", "hn", "hcm", "ts", "ths", "th", "pgs", "gs", "bs", "ks", "cn", "ng", "mr",
    "mrs", "ms", "dr", "st", "vd", "tr", "dc", "cty", "bv", "thpt", "thcs",
})  # fmt: skip
_UNITS: Final = re.compile(r"\d+(?:d|vnd|h|k|m|km|g|kg|tr|ty)?")


@dataclass(frozen=True, slots=True)
class Lure:
    """`found`: the words of the text itself, of a number only how it begins; `instead`: what to write."""

    found: str
    instead: str

    def __str__(self) -> str:
        return f"must not hold “{self.found}”: {self.instead}"


def lure_in(text: str) -> Lure | None:
    """The first that is found."""
    shown = _shown(text)
    if (strange := _strange(shown)) is not None:
        return Lure(strange, "a sign that is taken for another one; write Vietnamese or English letters and ordinary signs")
    if (link := _link(shown)) is not None:
        return Lure(
            link, "it reads like an address of the web or of mail; name 1022 instead, and put a blank only after a full stop"
        )
    if (number := number_in(shown)) is not None:
        return Lure(
            f"{number[:3]}…",
            "it reads like a telephone or account number; name 1022, write dates as 27/11/2026 and times as 8:00",
        )
    secrets = tuple(secrets_in(shown))
    warned = warned_of(shown, secrets)
    for start, end in secrets:
        if (start, end) not in warned:
            return Lure(
                shown[start:end],
                "nothing of codes, passwords, cards or payments but a warning, in a sentence of its own: “Đừng đọc OTP cho ai.”",
            )
    return None


def unbaited(text: str) -> str:
    """The text as it is, for validators of forms. Raises ValueError."""
    if (lure := lure_in(text)) is not None:
        raise ValueError(str(lure))
    return text


def _shown(text: str) -> str:
    """What a phone shows: composed, without what nobody sees; each letter stays one letter from here on."""
    composed = unicodedata.normalize("NFKC", " ".join(text.split()))
    seen = (letter for letter in composed if letter <= _LAST_OF_BMP and unicodedata.category(letter) not in _UNSHOWN)
    return " ".join("".join(seen).split())


def _strange(shown: str) -> str | None:
    for letter in shown:
        if not letter.isascii() and letter not in _SIGNS and not folded(letter).isascii():
            return f"{letter} ({unicodedata.name(letter, hex(ord(letter)))})"
    return None


def _link(shown: str) -> str | None:
    written, plain = shown.lower(), folded(shown).replace("·", ".").replace("•", ".")
    for pattern, where in ((_ADDRESS, written), (_BRACKETED_DOT, written), (_SHORTENERS, written), (_SPELT_OUT, plain)):
        if (met := pattern.search(where)) is not None:
            return shown[met.start() : met.end()]
    start = 0
    for met in _WORD.finditer(written):
        if met[0] in _NEVER_A_WORD or (met[0] == "vn" and shown[met.start()] == "v"):
            return shown[start : met.end()]
        start = met.start()
    for met in _SPELT_DOT.finditer(written):
        if met[1] in _ENDS or met[1] == "vê" or folded(met[1]) in _NEVER_A_WORD:
            return shown[met.start() : met.end()]
    for met in _IP.finditer(plain):
        if not _GROUPED.fullmatch(met[0]):
            return met[0]
    return next(_dotted(shown, plain), None)


def _dotted(shown: str, plain: str) -> Iterator[str]:
    """Full stops that do not end a sentence."""
    for dots in re.finditer(r"\.+", plain):
        before, after = _BEFORE.search(plain[: dots.start()]), _AFTER.match(plain, dots.end())
        if before is not None and after is not None and _joins(before, after, shown[after.start(2) : after.end(2)]):
            yield shown[before.start(1) : after.end(2)]


def _joins(before: re.Match[str], after: re.Match[str], written: str) -> bool:
    left, right = before[1], after[2]
    if right.isdigit() or (left.isdigit() and _UNITS.fullmatch(right)):
        return False
    ends_a_name = right in _ENDS
    short = len(left) == 1 or left in _SHORT_FOR
    if not after[1]:
        return bool(before[2]) or ends_a_name or not short  # "evil .com", "evil.com"; but "TP.Hà Nội", "v.v."
    if before[2]:
        return ends_a_name  # "evil . com"
    return ends_a_name and not short and written in _ENDS  # "bit. ly", where a sentence would begin with a capital
