"""What people write when they take a break or come back: "NGHI", "NGHI 30", "ok nghi 30p", "LAM". Words in, meaning out. Pure.

Only what is nothing else: "nghi" is also how a suspicion begins ("nghi lua dao"), and "lam" ends many a sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.events.duty import Duty

LONGEST_BREAK_MINUTES: Final = 12 * 60

_BEFORE: Final = frozenset({"ok", "da", "vang", "a", "cho", "toi", "em", "minh", "xin", "phep", "tam"})
_AFTER: Final = frozenset({"nha", "nhe", "a", "ah", "giai", "lao", "tam", "lam", "viec"})  # "nghi giai lao"
_BACK: Final = frozenset({
    ("lam",), ("lam", "viec"), ("lam", "lai"), ("lam", "tiep"), ("di", "lam"), ("di", "lam", "lai"), ("het", "nghi"),
})  # fmt: skip
_OFF: Final = ("nghi",)
_UNITS: Final[Mapping[str, int]] = {"p": 1, "ph": 1, "phut": 1, "h": 60, "gio": 60, "tieng": 60}


@dataclass(frozen=True, slots=True)
class DutyWord:
    duty: Duty
    minutes: int | None = None


def duty_word(plain: Sequence[str]) -> DutyWord | None:
    """`plain`: the words without marks, in small letters. None: nobody has said that they rest or work."""
    words = list(plain)
    polite = False
    while len(words) > 1 and words[0] in _BEFORE:
        polite |= words[0] == "ok"
        words = words[1:]
    if tuple(words) in _BACK:
        return None if polite else DutyWord(Duty.ON)  # "ok làm" may be a yes to what was asked: no word at all then
    if tuple(words[:1]) != _OFF:
        return None
    return _rest(words[1:])


def _rest(words: Sequence[str]) -> DutyWord | None:
    left = [word for word in words if word not in _AFTER]
    if not left:
        return DutyWord(Duty.OFF)
    minutes = _minutes(left)
    return DutyWord(Duty.BREAK, minutes) if minutes is not None and 1 <= minutes <= LONGEST_BREAK_MINUTES else None


def _minutes(words: Sequence[str]) -> int | None:
    """ "30", "30 p", "2 gio"; None for anything else."""
    if len(words) > 2 or not words[0].isascii() or not words[0].isdigit() or len(words[0]) > 3:  # noqa: PLR2004 - a number, a unit
        return None
    unit = _UNITS.get(words[1]) if len(words) == 2 else 1  # noqa: PLR2004 - same
    return None if unit is None else int(words[0]) * unit
