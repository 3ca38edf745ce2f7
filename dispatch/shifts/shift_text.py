"""Working hours as people write them in one cell of a roster, and what to write instead when it cannot be read; no I/O.

Pieces are separated by `;` (in a CSV file also by `|`). docs/roster.md shows them all.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import lru_cache
from importlib.resources import files
from typing import Final

from dispatch.shifts.shift import ALL_DAY, MONDAY, MOST_NIGHTS, DaysOff, Hours, Rule, Span, overlaps_itself
from shared.errors import Invalid

EXAMPLES: Final = (
    "`Mon-Fri 08:00-17:00`, `Sat,Sun 22:00-06:00`, `2026-11-23 22:00-06:00`, `every 4 days from 2026-11-23 22:00-06:00`, "
    "`cycle from 2026-11-23: morning, afternoon, night, off`, `not 2027-02-05..2027-02-12` or `always`"
)
WEEK: Final = 7
WEEKDAYS: Final = {  # 0 is Monday; T2 is how a Vietnamese calendar writes it
    word: place
    for place, words in enumerate(("mon t2", "tue t3", "wed t4", "thu t5", "fri t6", "sat t7", "sun cn"))
    for word in words.split()
}
FIRST_YEAR, LAST_YEAR = 2001, 2099  # beyond it is a slip of the pen, and near 9999 no arithmetic works

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")  # what word processors make of a hyphen
_DATE: Final = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_SPAN: Final = r"([0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}(?:\+[0-9])?)"
_UNTIL: Final = rf"(?: until {_DATE})?"

Piece = tuple[list[Rule], list[tuple[date, Span]], list[DaysOff]]


@lru_cache(maxsize=2048)  # of 30,000 lines most say the same
def parse_hours(text: str) -> Hours:
    """Raises Invalid with the number of the piece that cannot be, and what to write instead; never with what stood there."""
    rules: list[Rule] = []
    dated: list[tuple[date, Span]] = []
    days_off: list[DaysOff] = []
    typed = unicodedata.normalize("NFKC", text).translate(_DASHES)  # accents in two pieces, digits of a wide font, long dashes
    for number, piece in enumerate(filter(None, (part.strip() for part in typed.split(";"))), start=1):
        try:
            found = _read(" ".join(piece.lower().split()))
        except ValueError as error:
            raise Invalid("shifts", f"piece {number} {error}") from None
        for known, new in zip((rules, dated, days_off), found, strict=True):
            known.extend(new)  # type: ignore[attr-defined]
    if days_off and not rules:
        raise Invalid("shifts", "says only when nobody works; write when they do, too, e.g. `always; not 2026-12-24`")
    return Hours(tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(dated)), tuple(dict.fromkeys(days_off)))


def _read(piece: str) -> Piece:
    for shape, read in _SHAPES.items():
        found = re.fullmatch(shape, piece)
        if found:
            return read(*found.groups())
    raise ValueError(f"must read like {EXAMPLES}")


def _always(until: str | None) -> Piece:
    return _rotation([Rule(anchor=MONDAY, period_days=1, places=frozenset({0}), span=ALL_DAY, until=_last(until))])


def _weekly(days: str, span: str, until: str | None) -> Piece:
    places = frozenset[int]().union(*(_weekdays(part) for part in days.split(",")))
    return _rotation([Rule(anchor=MONDAY, period_days=WEEK, places=places, span=_span(span), until=_last(until))])


def _every(period_days: str, anchor: str, span: str, until: str | None) -> Piece:
    days, begins = int(period_days), _date(anchor)
    return _rotation([Rule(anchor=begins, period_days=days, places=frozenset({0}), span=_span(span), until=_last(until, begins))])


def _cycle(anchor: str, turns: str, until: str | None) -> Piece:
    spans = [_turn(word.strip()) for word in turns.split(",")]
    places: dict[Span, set[int]] = {}
    for place, span in enumerate(spans):
        if span is not None:
            places.setdefault(span, set()).add(place)
    if not places:
        raise ValueError("is a cycle without a shift; leave it out, or write `morning`, `afternoon`, `night` or hours in it")
    begins = _date(anchor)
    last = _last(until, begins)
    return _rotation(
        [Rule(anchor=begins, period_days=len(spans), places=frozenset(at), span=span, until=last) for span, at in places.items()]
    )


def _dated(day: str, span: str) -> Piece:
    return [], [(_date(day), _span(span))], []


def _not(first: str, last: str | None) -> Piece:
    begins = _date(first)
    return [], [], [DaysOff(begins, _last(last, begins) or begins)]


def _rotation(rules: list[Rule]) -> Piece:
    if overlaps_itself(rules):
        raise ValueError(
            "overlaps itself: its next shift begins before the last one is over; make the shift shorter or the period longer"
        )
    return rules, [], []


def _turn(word: str) -> Span | None:
    if word in _OFF:
        return None
    if word in NAMED:
        return NAMED[word]
    if re.fullmatch(_SPAN, word):
        return _span(word)
    raise ValueError(
        "has a shift nobody knows; write `morning`, `afternoon`, `night`, `off` or hours like 08:00-12:00, in between commas"
    )


def _weekdays(part: str) -> frozenset[int]:
    """`mon` or `fri-mon`, which goes over the weekend."""
    first, _, last = part.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"must read like {EXAMPLES}")
    start, end = WEEKDAYS[first], WEEKDAYS[last or first]
    return frozenset((start + step) % WEEK for step in range((end - start) % WEEK + 1))


def _span(text: str) -> Span:
    """`08:00-17:00`; over midnight when it ends before it starts; `08:00-08:00+1` ends on the next day."""
    hours, plus, nights = text.partition("+")
    start, end = hours.split("-")
    begins, ends = _time(start), time() if end == "24:00" else _time(end)
    over = int(end == "24:00") + (int(nights) if plus else int(ends < begins and end != "24:00"))
    span = Span(begins, ends, over)
    first, last = span.minutes()
    if last <= first:
        raise ValueError(
            "has a shift that ends when it starts, or before; a whole day is 00:00-24:00, one to the next morning 08:00-08:00+1"
        )
    if over > MOST_NIGHTS:
        raise ValueError(f"has a shift over more than {MOST_NIGHTS} midnights; write several")
    return span


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise ValueError("has an hour that no clock shows; write 00:00 to 23:59, and 24:00 for an end at midnight") from None


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("has a day that is in no calendar; write year-month-day, e.g. 2026-11-23") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"has a day outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _last(text: str | None, first: date = MONDAY) -> date | None:
    if text is None:
        return None
    last = _date(text)
    if last < first:
        raise ValueError("ends before it begins; write the earlier day first")
    return last


def _named() -> tuple[Mapping[str, Span], frozenset[str]]:
    raw = json.loads(files("dispatch").joinpath("named_shifts.json").read_text("utf-8"))
    return {word: _span(shift["hours"]) for shift in raw["shifts"] for word in shift["words"]}, frozenset(raw["off"])


_SHAPES: Final[Mapping[str, Callable[..., Piece]]] = {
    rf"always{_UNTIL}": _always,
    rf"every ([1-9][0-9]{{0,2}}) days? from {_DATE} {_SPAN}{_UNTIL}": _every,
    rf"cycle from {_DATE}: ?(.+?){_UNTIL}": _cycle,
    rf"{_DATE} {_SPAN}": _dated,
    rf"([a-z0-9,-]+) {_SPAN}{_UNTIL}": _weekly,
    rf"not {_DATE}(?:\.\.{_DATE})?": _not,
}
NAMED, _OFF = _named()
