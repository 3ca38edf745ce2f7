"""Numbers in a text, however they are written: in figures of any script, or spoken word for word. Pure; masking.py judges."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Figures that are no \d: circled, raised, lowered.
_ODD: Final = {
    chr(code): str(unicodedata.digit(chr(code)))
    for code in (*range(0xB2, 0xBA), *range(0x2070, 0x208A), *range(0x2460, 0x2500), *range(0x2776, 0x2794))
    if unicodedata.digit(chr(code), None) is not None
}
_FIGURE: Final = rf"[\d{''.join(_ODD)}]"
_SPOKEN: Final = {
    word: str(value)
    for value, words in enumerate(
        (
            "không khong zero oh",
            "một mot mốt one",
            "hai two",
            "ba three",
            "bốn bon tư tu four",
            "năm nam lăm lam nhăm nham five",
            "sáu sau six",
            "bảy bay bẩy seven",
            "tám tam eight",
            "chín chin nine",
        )
    )
    for word in words.split()
}
_TEN: Final = frozenset({"mười", "mươi", "muoi"})
# "một trăm lẻ năm", "hai nghìn mười ba": never at an end.
_BETWEEN: Final = {
    **dict.fromkeys(("linh", "lẻ", "le"), "0"),
    **dict.fromkeys(("trăm", "tram", "nghìn", "nghin", "ngàn", "ngan"), ""),
}
_PIECE: Final = re.compile(rf"(?P<figures>{_FIGURE}+(?:[oO]{_FIGURE}+)*)|(?P<word>[^\W\d_{''.join(_ODD)}]+)")

# Between the groups of one number: a few marks, and some that show as nothing.
_MARK: Final = "[\\s.,\\-–—_/|*·•\u2600-\u27bf\U0001f300-\U0001faff\u00ad\u200b-\u200d\u2060\ufe0f\u20e3]"
_GAP: Final = re.compile(f"{_MARK}{{0,3}}|\ufe0f?\u20e3{_MARK}{{0,3}}")
# … and where a text speaks of a secret: any marks, and the words with which people join what they read out.
_JOINED_BY: Final = (
    "roi",
    "va",
    "xong",
    "tiep",
    "tiep theo",
    "roi den",
    "xong den",
    "den",
    "so",
    "con so",
    "sau do",
    "sau do la",
    "tiep la",
    "roi la",
    "cuoi",
    "cuoi la",
)
_MARKS_SAID: Final = ("cham", "phay", "gach", "gach ngang", "cach", "dau cach", "dau cham", "dau phay", "dash", "and", "then")
# A colon parts what is written in longer groups, "4111:1111:1111:1111"; between shorter ones it is the time of day.
_COLON: Final = re.compile(r" ?:{1,2} ?")
_ADDRESS: Final = re.compile(r"\bip(?:v[46])?\b")  # … as in that of a machine, "IP máy in 192:168:100:205"
_ADDRESS_NEAR: Final = 30
_LONG_GROUP: Final = 3
_WIDE_GAP: Final = re.compile(rf"[\W_]{{0,4}}(?:(?:{'|'.join((*_JOINED_BY, *_MARKS_SAID))})[\W_]{{1,4}}){{0,2}}")
FEW_SPOKEN: Final = 3  # in a row they may be a number; "hai ba hôm" are none
_ANY_FIGURE: Final = re.compile(_FIGURE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SAID: Final = _TEN.union(_SPOKEN)


@dataclass(frozen=True, slots=True)
class Group:
    """What stands together: from, to, its figures as 0 to 9."""

    start: int
    end: int
    digits: str
    spoken: bool = False


def may_hold_number(text: str) -> bool:
    """Fewer than three figures, written or spoken, hide nothing. Every text comes by here, and most have none."""
    figures = len(_ANY_FIGURE.findall(text))
    return figures >= FEW_SPOKEN or figures + sum(map(_SAID.__contains__, _WORD.findall(text.lower()))) >= FEW_SPOKEN


def numbers_in(text: str, plain: str, *, secret: bool, leave: Sequence[tuple[int, int]] = ()) -> list[list[Group]]:
    """Groups that may belong to one number, in order. `plain`: the text folded. `secret`: the text speaks of something to hide.
    What lies within one of `leave` belongs to none."""
    gap = _WIDE_GAP if secret else _GAP
    groups = list(_outside(_groups(text), leave))
    return _chained(_without_loose_words(groups, plain, gap, FEW_SPOKEN - secret), plain, gap)


def _outside(groups: Iterator[Group], leave: Sequence[tuple[int, int]]) -> Iterator[Group]:
    """One pass over both: a text of nothing but passwords has hundreds of each."""
    spans = sorted(leave)
    at, reach = 0, -1
    for one in groups:
        while at < len(spans) and spans[at][0] <= one.start:
            reach = max(reach, spans[at][1])
            at += 1
        if one.end > reach:
            yield one


def _groups(text: str) -> Iterator[Group]:
    pieces = list(_PIECE.finditer(text))
    words = [piece["word"].lower() if piece["word"] else "" for piece in pieces]
    for place, piece in enumerate(pieces):
        if piece["figures"]:
            yield Group(piece.start(), piece.end(), "".join(map(_figure, piece["figures"])))
            continue
        before = place > 0 and words[place - 1] in _SPOKEN
        after = place + 1 < len(words) and words[place + 1] in _SAID
        digits = _said(words[place], before=before, after=after)
        if digits is not None:
            yield Group(piece.start(), piece.end(), digits, spoken=True)


def _figure(one: str) -> str:
    """Within figures the letter O is a slip of the finger."""
    return _ODD.get(one) or ("0" if one in "oO" else str(int(one)))


def _said(word: str, *, before: bool, after: bool) -> str | None:
    """What a word stands for between its neighbours; None for most words. "Mười hai" is 12, "hai mươi" 20, "hai mươi ba" 23."""
    if word in _TEN:
        return ("" if before and word != "mười" else "1") + ("" if after else "0")
    if word in _BETWEEN:
        return _BETWEEN[word] if before and after else None
    return _SPOKEN.get(word)


def _without_loose_words(groups: list[Group], plain: str, gap: re.Pattern[str], beside_figures: int) -> list[Group]:
    """Of spoken figures those that stand in a row, or beside single figures: "năm 2024" is a year, "hai ba lần" a few times.
    `beside_figures`: how long a row has to be to belong to longer ones."""
    kept: list[Group] = []
    for chain in _chained(groups, plain, gap):
        said = list(_by_kind(chain))
        for place, run in enumerate(said):
            beside = (*said[max(place - 1, 0) : place], *said[place + 1 : place + 2])
            singles = any(len(one.digits) == 1 for other in beside for one in other)
            if not run[0].spoken or singles or len(run) >= (beside_figures if beside else FEW_SPOKEN):
                kept += run
    return kept


def _by_kind(chain: list[Group]) -> Iterator[list[Group]]:
    run: list[Group] = []
    for group in chain:
        if run and run[-1].spoken is not group.spoken:
            yield run
            run = []
        run.append(group)
    yield run


def _chained(groups: list[Group], plain: str, gap: re.Pattern[str]) -> list[list[Group]]:
    chains: list[list[Group]] = []
    for group in groups:
        last = chains[-1][-1] if chains else None
        if last is not None and (
            gap.fullmatch(plain, last.end, group.start)
            or (
                len(last.digits) >= _LONG_GROUP <= len(group.digits)
                and _COLON.fullmatch(plain, last.end, group.start)
                and not _ADDRESS.search(plain, max(chains[-1][0].start - _ADDRESS_NEAR, 0), chains[-1][0].start)
            )
        ):
            chains[-1].append(group)
        else:
            chains.append([group])
    return chains
