"""How a Vietnamese name is compared: without diacritics, by its tones, by its sound, and as a keyboard left it."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from shared.folding import folded

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_NOT_KEY: Final = re.compile(r"[^a-z0-9]")


def key_of(name: str) -> str:
    """Letters and figures only; i and y are one, as in "Mỹ" and "Mĩ"."""
    return _NOT_KEY.sub("", folded(unicodedata.normalize("NFC", name))).replace("y", "i")


@lru_cache(maxsize=8192)
def toned(word: str) -> str:
    """With its diacritics, the tone at the end: "hoà" and "hòa" are one word, "hoa" is another."""
    parts = unicodedata.normalize("NFD", word.lower())
    tone = "".join(letter for letter in parts if letter in _TONES)
    return "".join(letter for letter in parts if letter not in _TONES).replace("y", "i") + tone


def toneless(word: str) -> str:
    """With its letters, and without its tone: "phường" and "Phương" are one."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word.lower()) if letter not in _TONES)


def toned_name(name: str) -> str:
    return "".join(toned(word) for word in re.findall(r"\w+", unicodedata.normalize("NFC", name)))


# Northern speech does not tell these apart, and who hears a name writes what they heard.
_SOUNDS: Final = (("tr", "ch"), ("gi", "d"), ("r", "d"), ("x", "s"), ("n", "l"), ("qu", "cu"), ("k", "c"))


@lru_cache(maxsize=8192)
def sound_of(word: str) -> str:
    """Of one folded syllable: its beginning as it is heard."""
    for written, heard in _SOUNDS:
        if word.startswith(written) and not word.startswith("ng"):
            return heard + word[len(written) :]
    return word


_TELEX_TONE: Final = re.compile(r"^([a-z]*[aeiouy][a-z]*?)[sfrxj]([a-z]?)$")
_TELEX: Final = (
    ("uow", "uo"),
    ("aa", "a"),
    ("ee", "e"),
    ("oo", "o"),
    ("dd", "d"),
    ("aw", "a"),
    ("ow", "o"),
    ("uw", "u"),
    ("w", "u"),
)


@lru_cache(maxsize=8192)
def from_telex(word: str) -> str:
    """A folded word that was typed with the keyboard's Vietnamese switched off: "phuwowngf" is "phuong"."""
    toneless = _TELEX_TONE.sub(r"\1\2", word)
    for typed, meant in (("uwow", "uo"), *_TELEX):
        toneless = toneless.replace(typed, meant)
    return toneless
