"""How somebody says that a colleague shall take a shift: "DOI 27 LAN", "GIAO CA LAN TRA". Text in, meaning out. Pure.

    DOI 27 [LAN] [LAY 6/12]     the shift whose question has the code 27; for one of Lan's; without a name whoever can
    DOI CA 5/12 [LAN]           the shift of that day; "mai" is tomorrow, "hom nay" today; without a day the next one
    GIAO CA [LAN] [GIU | TRA]   the rest of the shift that runs now, keeping the visits in hand or giving them back

"Doi" without marks is also "wait", "hungry" and "team", so that it counts only with a code, a day or the word "ca" beside it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notify.short_numbers import number_of
from notify.sms_text import fold

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_WORDS: Final = 4
LONGEST: Final = 40

_POLITE: Final = frozenset({"da", "em", "toi", "xin", "cho", "minh", "muon", "nho", "please", "i", "want", "to"})
_CLOSING: Final = frozenset({"a", "ah", "nhe", "nha", "voi", "roi", "please"})
_WAIT: Final = frozenset({"đợi", "đội", "đói", "dội"})  # with these marks it is something else
_SWAP: Final = (("doi", "ca", "truc"), ("doi", "ca"), ("swap", "shift"), ("swap",), ("doi",))
_HAND_OVER: Final = (("giao", "ca"), ("hand", "over"), ("handover",))
_BEFORE_NAME: Final = frozenset({"cho", "voi", "with", "to", "for"})
_BEFORE_DAY: Final = frozenset({"ngay", "hom", "day", "on", "ca", "shift"})
_RETURN: Final = frozenset({"lay", "against"})
_KEEP: Final = frozenset({"giu", "keep"})
_RELEASE: Final = frozenset({"tra", "release"})
_DAYS: Final = {"nay": 0, "today": 0, "mai": 1, "tomorrow": 1}
_DATE: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})")
_NAME: Final = re.compile(r"[^\W\d_][^\W_]*(?:[.-][^\W_]+)*")
_NO_NAME: Final = frozenset({
    "khong", "ko", "k", "duoc", "phut", "gio", "viec", "den", "di", "chut", "ti", "lat", "sao", "ai", "nguoi", "lai", "ngay",
    "ca", "the", "is", "not", "no", "me", "nay", "roi", "xong", "tra", "giu",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayWord:
    """A day as it was typed: so many days from today, or of a month."""

    ahead: int | None = None
    day: int = 0
    month: int = 0


@dataclass(frozen=True, slots=True)
class SwapWord:
    """`code`: of the question about the shift. `name` None: whoever can. `back`: the day of the colleague's shift for it."""

    take_over: bool
    code: int | None = None
    day: DayWord | None = None
    name: str | None = None
    back: DayWord | None = None
    releases: bool = False


def swap_word(text: str) -> SwapWord | None:
    """None: nobody has said that a shift shall change hands."""
    written = unicodedata.normalize("NFC", text).replace(",", " ").replace(":", " ").split()
    written = [word for word in (one.strip(".!?;") for one in written) if word]
    plain = [fold(word).lower() for word in written]
    while len(plain) > 1 and plain[0] in _POLITE:
        written, plain = written[1:], plain[1:]
    while len(plain) > 1 and plain[-1] in _CLOSING:
        written, plain = written[:-1], plain[:-1]
    if not plain or written[0].lower() in _WAIT:
        return None
    for keys, read in ((_HAND_OVER, _handed_over), (_SWAP, _swapped)):
        key = next((key for key in keys if tuple(plain[: len(key)]) == key), None)
        if key is not None:
            return read(key, written[len(key) :], plain[len(key) :])
    return None


def date_of(word: DayWord, today: date) -> date | None:
    """The next such day; None when no calendar has it."""
    if word.ahead is not None:
        return today + timedelta(days=word.ahead)
    for year in (today.year, today.year + 1):
        try:
            found = date(year, word.month, word.day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def local_day(at: datetime) -> date:
    return at.astimezone(LOCAL).date()


def _swapped(key: tuple[str, ...], written: Sequence[str], plain: Sequence[str]) -> SwapWord | None:
    code, day, rest = None, None, 0
    if plain and (code := number_of(plain[0])) is not None:
        rest = 1
    else:
        day, rest = _day(plain)
    back = None
    cut = next((place for place in range(rest, len(plain)) if plain[place] in _RETURN), len(plain))
    if cut < len(plain):
        back, read = _day(plain[cut + 1 :])
        if back is None or cut + 1 + read != len(plain):
            return None
    name = _name(written[rest:cut], plain[rest:cut])
    alone = "ca" not in key and "shift" not in key and code is None and day is None
    if name is _BAD or alone or (back is not None and name is None):
        return None
    return SwapWord(False, code, day, name, back)


def _handed_over(_: tuple[str, ...], written: Sequence[str], plain: Sequence[str]) -> SwapWord | None:
    releases = bool(plain) and plain[-1] in _RELEASE
    keep = len(plain) - (1 if releases or (plain and plain[-1] in _KEEP) else 0)
    name = _name(written[:keep], plain[:keep])
    return None if name is _BAD else SwapWord(True, name=name, releases=releases)


def _day(plain: Sequence[str]) -> tuple[DayWord | None, int]:
    """A day at the beginning, and how many words it takes."""
    skip = 1 if plain and plain[0] in _BEFORE_DAY else 0
    word = plain[skip] if len(plain) > skip else ""
    match = _DATE.fullmatch(word)
    if match:
        return DayWord(day=int(match[1]), month=int(match[2])), skip + 1
    if word in _DAYS and (word != "nay" or skip):
        return DayWord(ahead=_DAYS[word]), skip + 1
    return None, 0


_BAD: Final = ""  # something stands there that is no name


def _name(written: Sequence[str], plain: Sequence[str]) -> str | None:
    """None: nobody is named."""
    if plain and plain[0] in _BEFORE_NAME:
        written, plain = written[1:], plain[1:]
        if not plain:
            return _BAD
    if not plain:
        return None
    name = " ".join(written)
    good = all(_NAME.fullmatch(word) and word not in _NO_NAME for word in plain)
    return name if good and len(plain) <= LONGEST_WORDS and len(name) <= LONGEST else _BAD
