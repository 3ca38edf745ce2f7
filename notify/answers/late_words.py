"""How a helper says that they come later: "TRE 15", "muộn 20p việc 14", "kẹt xe, em trễ 15 phút ạ". Words in, meaning out. Pure.

"TRE 14" could be minutes or a job: a bare figure is minutes, unless that phone has a job of this number; then it is asked back.
So is a figure that can be no minutes ("TRE 9999"), or of which it is not sure which ("trễ -5", "trễ 10-15", "1,5 tiếng").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from notify.short_numbers import number_of

MOST_MINUTES: Final = 180  # whoever is later than that gives the visit back, or agrees on another hour

_KEYS: Final = {"tre": {"tre", "trễ"}, "muon": {"muon", "muộn"}, "late": {"late"}}  # with any other mark it is another word
_UNITS: Final = {"p": 1, "ph": 1, "phut": 1, "min": 1, "mins": 1, "minutes": 1, "h": 60, "gio": 60, "tieng": 60}
_BEFORE_NUMBER: Final = frozenset({"viec", "so", "ma"})
_WORDS: Final = (
    "a ah da vang em anh chi toi minh bac xin loi den noi se bi chac khoang tam hon nhe nha roi thong cam mong ket xe tac duong "
    "nen vi do mua to i will be am about by sorry job for di"
)
_POLITE: Final = frozenset(_WORDS.split())
_NO_PLAIN_FIGURE: Final = re.compile(r"[-\u2212\u2013]\s*\d|\d[.,]\d")  # a sign, a span, a fraction


@dataclass(frozen=True, slots=True)
class LateWord:
    """`unit`: the minutes were said to be minutes. `number`: of the job. Without minutes it says only that it will be later, or
    names no figure that a resident could be told."""

    minutes: int | None = None
    number: int | None = None
    unit: bool = False


def late_word(plain: Sequence[str], written: Sequence[str], raw: str) -> LateWord | None:
    """`plain`: words without marks, in small letters; `written`: as they came; `raw`: with what stands between them."""
    if not any(word in _KEYS and mark.lower() in _KEYS[word] for word, mark in zip(plain, written, strict=True)):
        return None
    job: int | None = None
    timed: list[int] = []
    bare: list[int] = []
    place = 0
    while place < len(plain):
        word, after = plain[place], plain[place + 1] if place + 1 < len(plain) else ""
        place += 1
        if word in _BEFORE_NUMBER and number_of(after) is not None and job is None:
            job, place = number_of(after), place + 1
        elif word.isascii() and word.isdecimal():
            (timed if after in _UNITS else bare).append(int(word) * _UNITS.get(after, 1))
            place += after in _UNITS
        elif word not in _KEYS and word not in _POLITE:
            return None
    return LateWord(None, job) if _NO_PLAIN_FIGURE.search(raw) else _meant(job, timed, bare)


def _meant(job: int | None, timed: list[int], bare: list[int]) -> LateWord | None:
    if len(timed) > 1 or len(bare) > 1 or (job is not None and timed and bare):
        return None
    if timed and bare:
        job, bare = bare[0], []
    minutes = next(iter(timed or bare), None)
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        return LateWord(None, job)
    return LateWord(minutes, job, unit=bool(timed) or job is not None)
