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
    "help", "giup", "tro giup", "huong dan", "cu phap", "lenh", "menu", "info", "giup do", "can tro giup", "huong dan su dung",
    "cach tra loi", "nhan gi", "nhan the nao", "nhan tin the nao", "tra loi the nao", "tra loi gi", "commands", "how",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HelpWord:
    """ "TRO GIUP", "HELP": which words can I use?"""


def contact_word(plain: Sequence[str]) -> HelpWord | None:
    """`plain`: words without marks, in small letters."""
    for words in (list(plain), _without_politeness(plain)):
        if tuple(words) in _HELP:
            return HelpWord()
    return None


def _without_politeness(plain: Sequence[str]) -> list[str]:
    words = list(plain)
    while len(words) > 1 and words[0] in _POLITE:
        words = words[1:]
    while len(words) > 1 and words[-1] in _POLITE:
        words = words[:-1]
    return words
