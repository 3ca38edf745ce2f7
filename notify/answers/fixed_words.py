"""Does it work? "được rồi", "chưa", "vẫn lỗi 27": words that answer only this question, where nothing else waits. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from notify.answers.reading import Choice
from notify.answers.words import CLOSINGS, VOCATIVES
from notify.phone import Phone
from notify.short_numbers import number_of
from notify.sms_text import fold
from shared.events.assignments import OfferKind

_POLITE: Final = (CLOSINGS | VOCATIVES) - {"roi"}
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
_YES: Final = (
    *(
        "duoc roi",
        "da duoc",
        "dung duoc",
        "dung duoc roi",
        "da dung duoc",
        "roi",
        "xong",
        "xong roi",
        "da xong",
        "ok roi",
        "tot roi",
    ),
    *("fixed", "it works", "works", "works now", "it is fixed"),
)
_NO: Final = (
    *("chua", "chua duoc", "chua xong", "van chua", "van chua duoc", "van loi", "van hong", "lai hong", "hong lai", "lai loi"),
    *("khong dung duoc", "ko dung duoc", "chua dung duoc", "not yet", "still broken", "it does not work", "does not work"),
)
_WORDS: Final[Mapping[str, bool]] = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}


def fixed_word(text: str, phone: Phone) -> Choice | None:
    """None: it is not surely an answer to that question. By its code, or alone."""
    asked = [one for one in phone.questions.values() if one.live and one.may_be_known]
    if not any(one.kind is OfferKind.FIXED for one in asked):
        return None
    words = [fold(token.lower()).lower() for token in _TOKEN.findall(text)]
    while words and words[-1] in _POLITE:
        words.pop()
    code = number_of(words.pop()) if words and words[-1].isdigit() else None
    yes = _WORDS.get(" ".join(words))
    if yes is None or len(asked) > 1 or phone.live_jobs or code not in {None, asked[0].code}:
        return None
    return Choice(yes, asked[0].code)
