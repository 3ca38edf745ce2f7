"""From a purpose and its fields to the words a person reads or hears. Pure; which purpose it is, others decide.

What people typed themselves (names, addresses) is cleaned, shortened and made unclickable here: a resident never gets a link
from us, whatever somebody wrote into a name.
"""

import re
import string
from collections.abc import Mapping
from functools import cache, lru_cache
from types import ModuleType
from typing import Final

from notify.purpose import CALL_ONLY, TO_ANYBODY, TO_RESIDENT, Purpose
from notify.sms_text import BUDGET_PARTS, clean, count_parts, fitted, fold, shortened
from notify.templates import en, vi

_LANGUAGES: Final[Mapping[str, ModuleType]] = {"vi": vi, "en": en}
_LONGEST: Final = {
    "address": 160,
    "where": 90,  # made ready where it is written: telling/inquiries.py
    "category": 60,
    "outcome": 90,
    "office": 60,
    "who": 60,
    "choices": 110,
    "names": 200,
    "colleague": 60,
    "apps": 90,
    "point": 60,
}
_LONGEST_OTHERWISE: Final = 40
_LOOKED_AT: Final = 400  # twice what is ever shown: looking for addresses takes the square of the length
# Made of our own lists and numbers: the same few hundred words in every text. What people typed is never remembered (law 12).
_OURS: Final = frozenset({"category", "commune", "distance", "lease", "question"})
_LINK_DOT: Final = re.compile(r"(?<=\w)[.。](?=[^\W\d])")
# Phones make a link of bare figures, too. A sum ("1.500.000.000 đồng") and a time ("8:00:00") are none; what is written as a sum
# and could be an address is a sum only when it says so.
_SUM: Final = (
    r"(?=[1-9]\d{0,2}(?:\.\d{3}){3}(?!\d))"
    r"(?:(?=(?:\d+\.){0,3}(?:25[6-9]|2[6-9]\d|[3-9]\d\d))|[\d.]+(?:(?<=\.000)| ?(?:đồng|vnd|đ)(?![\w.])))"
)
_IP: Final = re.compile(
    rf"(?<![\d.。])(?!{_SUM})\d{{1,3}}(?:[.。]\d{{1,3}}){{3}}(?!\d|[.。]\d)"
    r"|(?<![\w:])(?=[0-9a-f:.]*(?:::|(?:[0-9a-f]+:){4}))[0-9a-f]*(?::[0-9a-f.]*){2,8}(?!\w)",
    re.IGNORECASE,
)


class FieldMissing(ValueError):
    """No wording of this purpose gets along with the fields given: a mistake in our code, not in the world."""

    def __init__(self, purpose: Purpose, given: list[str]) -> None:
        super().__init__(f"no text for {purpose} with only {', '.join(given) or 'nothing'}")


def render(purpose: Purpose, language: str, fields: Mapping[str, str]) -> str:
    """The text message: at most three parts in UCS-2, or without marks in GSM-7. An unknown language reads Vietnamese.

    `fields` holds texts ready to read (see `words.py`), and codes of closed sets (`helper`, `owner`, `reason`, `outcome`),
    which become words here. An empty field counts as not given.
    """
    if purpose in CALL_ONLY:
        raise FieldMissing(purpose, ["a phone line: this is only ever spoken"])
    texts = _LANGUAGES.get(language, vi)
    text = _worded(purpose, texts, fields)
    return _with_tail(text, texts) if purpose in TO_RESIDENT or purpose in TO_ANYBODY else fitted(text)


def script(purpose: Purpose, language: str, fields: Mapping[str, str]) -> str:
    """What an operator says on the telephone, a sentence a line; no budget, because nothing goes over the air."""
    texts = _LANGUAGES.get(language, vi)
    return "\n".join((texts.SPOKEN_OPENING, _worded(purpose, texts, fields), texts.SPOKEN_CLOSING))


@cache
def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


@cache
def tells_phrase(purpose: Purpose) -> bool:
    return any("phrase" in placeholders(text) for text in vi.TEXTS[purpose])


@cache
def _needed(wordings: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*map(placeholders, wordings))


def _worded(purpose: Purpose, texts: ModuleType, fields: Mapping[str, str]) -> str:
    wordings = texts.TEXTS[purpose]
    needed = _needed(wordings) & fields.keys()  # making a field ready costs more than all the rest
    words = {name: ready for name in needed if (ready := _ready(name, fields[name], texts))}
    for text in wordings:
        if placeholders(text) <= words.keys():
            return str(text.format_map(words))
    raise FieldMissing(purpose, sorted(words))


def _ready(name: str, value: str, texts: ModuleType) -> str:
    """The field as it may stand in a text. A code that its closed set does not know is left out, not shown."""
    if name in texts.WORDS:
        return str(texts.WORDS[name].get(value, ""))
    return _remembered(name, value) if name in _OURS else _shown(name, value)


def _shown(name: str, value: str) -> str:
    cleaned = clean(value)[:_LOOKED_AT]  # first: what looks like a dot is one then
    plain = _IP.sub(lambda met: _apart(met[0]), _LINK_DOT.sub(". ", cleaned.replace("://", " ")))
    return shortened(cleaned if plain == cleaned else clean(plain), _LONGEST.get(name, _LONGEST_OTHERWISE))


_remembered: Final = lru_cache(maxsize=1024)(_shown)


def _apart(address: str) -> str:
    return address.replace(".", ". ").replace("。", ". ").replace(":", " ")


def _with_tail(text: str, texts: ModuleType) -> str:
    if count_parts(text) > BUDGET_PARTS:
        return fold(f"{text} {texts.TAILS[0]}")
    for tail in texts.TAILS:
        if count_parts(f"{text} {tail}") <= BUDGET_PARTS:
            return f"{text} {tail}"
    return text
