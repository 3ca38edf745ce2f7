"""“Try this first”: which entry a conversation may offer before somebody is sent, how, and what the answer means. Pure.

A person is always one word away: what is neither a clear yes nor a clear no belongs to the conversation, which knows that word.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from intake.guidance.entry import Entry, Kind, Words
from intake.guidance.index import WORDS
from intake.guidance.library import load_library
from shared.folding import folded


class Outcome(StrEnum):
    OFFERED = "offered"  # somebody was shown how to try it themselves
    HELPED = "helped"  # they said that it works now
    NOT_HELPED = "not_helped"  # they said that it does not, and went on to a request
    PERSON = "person"  # they wanted a person instead


class Shelved(Protocol):
    def hits(self, text: str, category: str | None = None, limit: int = 3) -> tuple["Found", ...]: ...


class Found(Protocol):
    @property
    def entry(self) -> Entry: ...


_OFFER: Final[Mapping[str, tuple[str, str]]] = {
    "vi": (
        "Anh/chị thử cách này trước nhé: {title}.",
        "Được chưa ạ? 1 được rồi, 2 chưa. Cần người giúp: nhắn “gặp người”.",
    ),
    "en": ("Please try this first: {title}.", "Did it help? Answer 1 if it did, 2 if not. To reach a person write “person”."),
}
_SOURCE: Final[Mapping[str, str]] = {
    "vi": "(Theo hướng dẫn {id}, cập nhật ngày {day}.)",
    "en": "(Guidance {id}, reviewed on {day}.)",
}
NOTHING_FOUND: Final[Mapping[str, str]] = {
    "vi": "Chưa có hướng dẫn cho việc này. Gọi 1022, hoặc gửi yêu cầu: có người giúp.",
    "en": "There is no guidance for this. Call 1022, or file a request: somebody helps.",
}
A_PERSON: Final[Mapping[str, str]] = {
    "vi": "Cần người giúp: gọi 1022. Chúng tôi không bao giờ hỏi mã OTP hay tiền.",
    "en": "To reach a person call 1022. We never ask for an OTP or money.",
}
_SIGNS: Final = re.compile(r"[.,!?;:]+")
_CALLED: Final = frozenset(
    {"a", "em", "anh", "chi", "co", "chu", "bac", "chau", "con", "ong", "ba", "oi", "nhe"}
)  # "vẫn chưa được em ạ"
_YES: Final = frozenset(WORDS["yes"])
_NO: Final = frozenset(WORDS["no"])


def offer(text: str, category: str | None, library: Shelved | None = None) -> Entry | None:
    """The entry that fits best, if it may be tried before somebody is sent; None: go on and file."""
    found = (library or load_library()).hits(text, category, 1)
    entry = found[0].entry if found else None
    return entry if entry is not None and entry.try_first and entry.kind is Kind.HOW_TO else None


def offered(entry: Entry, language: str, words: Words | None = None) -> str:
    """What is written to them. `words`: the entry in plainer ones; what never to do stays word for word."""
    told, own = words or entry.told(language), entry.told(language)
    begin, end = _OFFER.get(language, _OFFER["vi"])
    return "\n".join((begin.format(title=own.title), *lines_of(told, own), quoted(entry, language), end))


def lines_of(told: Words, own: Words) -> list[str]:
    return [*(f"{number}. {step}" for number, step in enumerate(told.steps, start=1)), *own.never]


def quoted(entry: Entry, language: str) -> str:
    return _SOURCE.get(language, _SOURCE["vi"]).format(id=entry.id, day=day_words(entry.reviewed))


def day_words(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def answer_of(text: str) -> Outcome | None:
    """HELPED or NOT_HELPED when that is all they say; anything else is for the conversation to understand."""
    words = _SIGNS.sub(" ", folded(text)).split()
    plain = " ".join(word for word in words if word not in _CALLED)
    if plain in _YES:
        return Outcome.HELPED
    return Outcome.NOT_HELPED if plain in _NO else None
