"""What the roster in memory keeps of each person, a column each, and how words become bits. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np

_PLACES: Final = ("home_lat", "home_lon", "position_lat", "position_lon")
_FLOATS: Final = (*_PLACES, "position_at", "last_offered_at", "declined_at", "complained_at", "off_duty_until")
_COUNTED: Final = ("complaints", "counted_on", "offers_today", "accepted_today", "load")
AS_READ: Final = (*_FLOATS, *_COUNTED, "active", "confirmed", "reachable", "remote")
DRAWN: Final = (*_PLACES, "skills", "languages", "commune", "remote")  # what trees are made of
COLUMNS: Final = {
    **dict.fromkeys(_FLOATS, np.float64),
    "silence": np.float32,
    "complaints": np.int16,
    "skills": np.uint64,
    "languages": np.uint64,
    "kind": np.int32,  # which set of skills that is, in the order they are met
    "counted_on": np.int32,  # the local day of the two counters, counted from the first day of year 1
    "offers_today": np.int16,
    "accepted_today": np.int16,
    "free": np.int16,
    "load": np.int16,
    "commune": np.int16,
    "contact": np.int32,
    "active": np.bool_,
    "confirmed": np.bool_,
    "reachable": np.bool_,
    "remote": np.bool_,
    "sweep": np.int32,  # in which reading of everything this row was last seen
}


TWO_PEOPLE: Final = "two_people"  # what a team can do of which two vetted members are there; jobs ask for it like for a skill


class Skills:
    """Words to bits, in the order they are met. 64 kinds of skill are more than any roster has."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def mask(self, words: Sequence[str]) -> int:
        """Raises OverflowError when a row with it is stored, should there ever be more than 64 words."""
        return sum(1 << self._bits.setdefault(word, len(self._bits)) for word in set(words))
