"""What a text costs on the air, and how to make it smaller: alphabets, segments, folding, cleaning. Pure; knows no purpose.

GSM 03.38 (3GPP TS 23.038 §6.2.1): 160 septets in one message, 153 in each part of a longer one; UCS-2: 70 and 67 code
units. A gateway cuts or garbles silently what does not fit, so everything is counted here before anything is sent.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from shared.errors import TechRescueError

MAX_PARTS: Final = 10  # above it Kannel cuts the rest off and still answers 202
BUDGET_PARTS: Final = 3  # what a Vietnamese text with all its marks may cost; longer ones lose the marks

_GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION: Final = frozenset("^{}\\[~]|€\f")  # an escape and a septet: two each, never split over two parts
_GSM: Final = _GSM_BASIC | _GSM_EXTENSION
_SAME_IN_ASCII: Final = str.maketrans({
    "đ": "d", "Đ": "D", "₫": "d", "ð": "d", "Ð": "D", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ł": "l", "Ł": "L",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "´": "'",
    "–": "-", "—": "-", "−": "-", "•": "-", "·": ".", "×": "x",
})  # fmt: skip
_BLANK_AND_MARK: Final = "<compat> 0020 "  # a mark that stands alone, like a breve: without it a second blank would be left
_BLANKS: Final = re.compile(r"[ \t\n\r\f\v\u00a0\u2000-\u200a\u2028\u2029\u202f\u3000]+")
_MARK: Final = re.compile(r"[\u0300-\u036f]")
_LOOSE: Final = re.compile(r"(?:(?<=\s)|^)[\u0300-\u036f]+")  # marks on a blank: without them several blanks would be left
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LAST_OF_BMP: Final = 0xFFFF
_LAST: Final = chr(_LAST_OF_BMP)


class _Learned(dict[int, int | str | None]):
    """For str.translate: what `is_left_out` says of a letter is remembered, because every text of a storm goes through here."""

    def __init__(self, known: Mapping[int, int | str | None], is_left_out: Callable[[str], object]) -> None:
        super().__init__(known)
        self._is_left_out = is_left_out

    def __missing__(self, code: int) -> int | None:
        found = self[code] = None if self._is_left_out(chr(code)) else code
        return found


_ALONE: Final = _Learned(_SAME_IN_ASCII, lambda letter: unicodedata.decomposition(letter).startswith(_BLANK_AND_MARK))
_BARE: Final = _Learned(_SAME_IN_ASCII, unicodedata.combining)


class Alphabet(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


_SIZES: Final = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}


class TooManyParts(TechRescueError):
    """A text no gateway carries whole. Refused before sending, because the gateway would cut it without a word."""

    def __init__(self, parts: int) -> None:
        super().__init__(f"the text takes {parts} parts, at most {MAX_PARTS} are carried")
        self.parts = parts


def alphabet_of(text: str) -> Alphabet:
    """The smallest alphabet that carries every letter of the text."""
    return Alphabet.GSM7 if _GSM.issuperset(text) else Alphabet.UCS2


def units(letter: str, alphabet: Alphabet) -> int:
    """Septets in GSM-7, 16-bit code units in UCS-2."""
    if alphabet is Alphabet.GSM7:
        return 2 if letter in _GSM_EXTENSION else 1
    return 2 if ord(letter) > _LAST_OF_BMP else 1


def _length(text: str, alphabet: Alphabet) -> int:
    """In units, letter by letter but in C: every text of a storm is counted."""
    if alphabet is Alphabet.GSM7:
        return len(text) + sum(map(text.count, _GSM_EXTENSION))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_parts(text: str, alphabet: Alphabet | None = None) -> int:
    """How many messages this text becomes on the air; an empty text is still one. No letter is split over two parts."""
    alphabet = alphabet or alphabet_of(text)
    alone, each = _SIZES[alphabet]
    length = _length(text, alphabet)
    if length <= alone:
        return 1
    if length == len(text):  # no letter that could be split
        return -(-length // each)
    parts, used = 1, 0
    for size in (units(letter, alphabet) for letter in text):
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts


def checked_parts(text: str, alphabet: Alphabet | None = None) -> int:
    parts = count_parts(text, alphabet)
    if parts > MAX_PARTS:
        raise TooManyParts(parts)
    return parts


def fold(text: str) -> str:
    """Vietnamese without its marks, in plain ASCII: "Đỗ Thị Hồng" is "Do Thi Hong". Codes, numbers and Latin names stay.

    A letter that has no Latin form becomes "?": visible, because silence would hide that something is missing.
    """
    if text.isascii():  # as most texts that come from our templates: only one sign of it is told otherwise
        return text.replace("`", "'")
    apart = unicodedata.normalize("NFKD", text.translate(_ALONE))
    return apart.translate(_BARE).encode("ascii", "replace").decode()


def clean(text: str) -> str:
    """One line of letters that every phone can show: composed, no control or invisible characters, nothing beyond the BMP.

    Emoji are two code units that a gateway may split in the middle, so they go. One character that stands for a whole phrase
    becomes the phrase, so that it counts for what it takes.
    """
    composed = unicodedata.normalize("NFKC", _spaced(text))
    if _MARK.search(composed):
        composed = _LOOSE.sub("", composed)
    if not composed.isprintable() or max(composed, default="") > _LAST:
        shown = [letter for letter in composed if letter <= _LAST and unicodedata.category(letter) not in _UNSHOWN]
        if len(shown) < len(composed):
            return clean("".join(shown))  # what was apart may belong together now
    return _spaced(composed).strip()


def _spaced(text: str) -> str:
    """Whatever parts words is one blank. Most texts are like that, and what is printable has no other blanks."""
    return text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)


def shortened(text: str, longest: int) -> str:
    """At most so many letters, also where folding makes two of one (ß, æ); cut off with two dots."""
    if len(text) <= longest and (text.isascii() or len(fold(text)) <= longest):
        return text
    kept = text[: longest - 2]
    while len(fold(kept)) > longest - 2:
        kept = kept[:-1]
    return f"{kept.rstrip()}.."


def fitted(text: str) -> str:
    """The text as it stands when it fits the budget, else without its marks. Raises TooManyParts above what can be carried."""
    if count_parts(text) <= BUDGET_PARTS:
        return text
    folded = fold(text)
    checked_parts(folded)
    return folded
