"""Is there a telephone or account number in a text that is not the hotline's, in figures, in words or in both? Pure.

Figures that stand together make one number, whatever stands between them; dates, times, years, prices and lists are taken out
first. Seven figures that are left are a number; of ten that begin like a telephone number four are enough, so that nobody hides
one in times.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.folding import folded

HOTLINE: Final = "1022"
_PIECE: Final = re.compile(r"\d+|[^\W\d_]+")
_LONGEST_GAP: Final = 5
_MOST: Final = 7  # figures of which there must be fewer
_MOST_OF_A_TELEPHONE: Final = 4
_GLUED_MOST: Final = 8
_BY_WORD: Final = {
    **dict.fromkeys(("không", "khong", "zero"), "0"), **dict.fromkeys(("một", "mot", "mốt", "one"), "1"),
    **dict.fromkeys(("hai", "two"), "2"), **dict.fromkeys(("ba", "three"), "3"),
    **dict.fromkeys(("bốn", "bon", "tư", "tu", "four"), "4"), **dict.fromkeys(("năm", "nam", "lăm", "lam", "nhăm", "five"), "5"),
    **dict.fromkeys(("sáu", "sau", "six"), "6"), **dict.fromkeys(("bảy", "bẩy", "bay", "seven"), "7"),
    **dict.fromkeys(("tám", "tam", "eight"), "8"), **dict.fromkeys(("chín", "chin", "nine"), "9"),
}  # fmt: skip
_LOOKS_LIKE: Final = str.maketrans("oil", "011")
_DASHES: Final = str.maketrans("–—‒−·•", "----..")
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"20[2-4]\d"
_OF_PRICE: Final = r"[1-9]\d{0,2}(?:[.,]\d{3})"
_ALONE, _ENDED = r"(?<![\d./:])", r"(?![\d/:])(?!\.\d)"
_HONEST: Final = tuple(
    re.compile(f"{_ALONE}(?:{shape}){_ENDED}")
    for shape in (
        HOTLINE,
        rf"(?:{_DAY} ?- ?)?{_DAY}(?P<by>[/.-]){_MONTH}(?P=by){_YEAR}",
        rf"(?:{_DAY} ?- ?)?{_DAY}[/.]{_MONTH}",
        rf"{_MONTH}/{_YEAR}",
        r"(?:[01]?\d|2[0-4])[:.][0-5]\d",
        _YEAR,
        rf"[1-9](?:[.,]\d{{3}}){{2}}|{_OF_PRICE}",
    )
)
_MANY: Final = r"[1-9]\d{0,2}(?:[.,]\d{3}){1,4}"
_COUNTED: Final = re.compile(rf"(^|[~,;]\D*){_MANY}(?: ?- ?{_MANY})?$")  # at the end, before a unit
_UNIT: Final = re.compile(r" ?(?:d|dong|vnd|usd|nghin|trieu|ty|nguoi|ho|luot|suat|phan|ban|may|m2)\b")
_LIST: Final = re.compile(r"(?<![\d./])\d{1,2}(?:, ?\d{1,2}){2,}(?!\d)")
_TELEPHONE: Final = re.compile(r"(?:(?:00)?84|0)[2-9]\d{7}|1[89]00\d{4}")


def number_in(shown: str) -> str | None:
    """As it stands in the text, which a phone shows so (see lures.py)."""
    for glued in re.finditer(r"[^\W_]+", shown):
        if sum(letter.isdigit() for letter in glued[0]) >= _GLUED_MOST:
            return glued[0]
    for run in _runs(shown):
        start, end = run[0][0], run[-1][1]
        if _is_number(run, shown[start:end], folded(shown[end:])):
            return shown[start:end]
    return None


_Figures = tuple[int, int, str]  # from, to, in figures


def _runs(shown: str) -> Iterator[Sequence[_Figures]]:
    """Figures with nothing but signs between them."""
    run: list[_Figures] = []
    for piece in _PIECE.finditer(shown):
        figures = _figures(shown, piece)
        if run and (figures is None or piece.start() - run[-1][1] > _LONGEST_GAP):
            yield run
            run = []
        if figures is not None:
            run.append((piece.start(), piece.end(), figures))
    if run:
        yield run


def _figures(shown: str, piece: re.Match[str]) -> str | None:
    word = piece[0].lower()
    if word.isdigit():
        return word
    if word in _BY_WORD:
        return _BY_WORD[word]
    beside = shown[piece.start() - 1 : piece.start()] + shown[piece.end() : piece.end() + 1]
    if set(word) == {"o"} or (set(word) <= set("oil") and any(letter.isdigit() for letter in beside)):
        return word.translate(_LOOKS_LIKE)
    return None


def _is_number(run: Sequence[_Figures], written: str, after: str) -> bool:
    offset, text, before = run[0][0], "", run[0][0]
    for start, end, figures in run:
        text += written[before - offset : start - offset].translate(_DASHES) + figures
        before = end
    left = _left_of(text, counted=_UNIT.match(after) is not None)
    if any(_count(part) >= _MOST for part in re.split("[,;]", left)):
        return True
    starts = ("".join(figures for _, _, figures in run[at:]) for at in range(len(run)))
    return _count(left) >= _MOST_OF_A_TELEPHONE and any(_TELEPHONE.match(figures) for figures in starts)


def _left_of(text: str, *, counted: bool) -> str:
    """Without what is honest."""
    for shape in _HONEST:
        text = shape.sub("~", text)
    if counted:
        text = _COUNTED.sub(r"\1~", text)
    return _LIST.sub(lambda met: "~" if _is_list(met[0]) else met[0], text)


def _is_list(written: str) -> bool:
    """Houses, groups, days: each further than the one before."""
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    steps = [after - before for before, after in pairwise(numbers)]
    return all(step > 0 for step in steps) and (numbers[-1] <= 31 or set(steps) == {1})  # noqa: PLR2004 - days of a month


def _count(text: str) -> int:
    return sum(letter.isdigit() for letter in text)
