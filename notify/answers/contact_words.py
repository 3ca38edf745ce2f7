"""What people write about our texts themselves: stop them, send them again, what can I answer? Words in, meaning out. Pure.

Only a text that is nothing else. A cry ("cứu tôi", "SOS", "help me") is never one of these: it is read before them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_POLITE: Final = frozenset(
    {"da", "vang", "xin", "em", "toi", "anh", "chi", "minh", "cho", "a", "ah", "nhe", "nha", "hay", "lam", "on"}
)


def _phrases(*texts: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(text.split()) for text in texts)


_HELP: Final = _phrases(
    "chao", "xin chao", "chao ban", "chao anh", "chao chi", "chao em", "chao tong dai", "alo", "a lo", "hello", "hi",
    "help", "giup", "tro giup", "huong dan", "cu phap", "lenh", "menu", "info", "giup do", "can tro giup", "huong dan su dung",
    "cach tra loi", "nhan gi", "nhan the nao", "nhan tin the nao", "tra loi the nao", "tra loi gi", "commands", "how",
)  # fmt: skip


_STOP: Final = _phrases(
    "stop", "stop all", "unsubscribe", "huy nhan tin", "dung nhan tin", "dung nhan tin nua", "ngung nhan tin", "thoi nhan tin",
    "khong nhan tin", "khong nhan tin nua", "ko nhan tin nua", "khong muon nhan tin", "khong muon nhan tin nua", "dung gui tin",
    "dung gui tin nua", "dung nhan", "ngung gui tin", "huy dang ky", "huy tin", "tat tin", "tat tin nhan", "dung tin nhan",
    "dung nhan cho toi", "no more texts", "stop texting me", "stop texting",
)  # fmt: skip
_START: Final = _phrases(
    "start", "nhan tin", "nhan tin lai", "nhan lai tin", "nhan lai tin nhan", "bat", "bat tin", "bat lai", "bat tin nhan",
    "mo lai tin", "cho nhan tin", "cho nhan tin lai", "muon nhan tin", "muon nhan tin lai", "tiep tuc nhan tin", "unstop",
    "gui tin lai", "subscribe", "dang ky nhan tin",
)  # fmt: skip
_UNSURE: Final = "dung"  # "dừng", or "đúng": right
_SURELY: Final = "dừng"


@dataclass(frozen=True, slots=True)
class TextsWord:
    """ "STOP", "DUNG NHAN TIN", "START". `sure`: it can be no answer to a question."""

    wanted: bool
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Rang:
    """No words at all: a missed call."""


@dataclass(frozen=True, slots=True)
class HelpWord:
    """ "TRO GIUP", "HELP": which words can I use?"""


def contact_word(plain: Sequence[str], written: Sequence[str]) -> TextsWord | HelpWord | None:
    """`plain`: words without marks, in small letters; `written`: as they came."""
    if tuple(plain) == (_UNSURE,):
        word = written[0].lower()
        return TextsWord(wanted=False, sure=word == _SURELY) if word in {_UNSURE, _SURELY} else None
    for words in (tuple(plain), tuple(_without_politeness(plain))):
        if words in _HELP:
            return HelpWord()
        if words in _STOP or words in _START:
            return TextsWord(wanted=words in _START)
    return None


def _without_politeness(plain: Sequence[str]) -> list[str]:
    words = list(plain)
    while len(words) > 1 and words[0] in _POLITE:
        words = words[1:]
    while len(words) > 1 and words[-1] in _POLITE:
        words = words[:-1]
    return words
