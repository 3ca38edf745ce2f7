"""The knowledge base as everybody asks it: what fits these words, best first, or nothing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from intake.guidance.entry import Entry, Kind, read_entries
from intake.guidance.index import Index
from intake.guidance.procedures import Procedure, entry_of, read_procedures
from shared.categories import CATEGORIES

PROCEDURES: Final = Path(__file__).with_name("procedures.csv")
PROCEDURES_REVIEWED: Final = date(2026, 11, 27)
ENOUGH: Final = 0.34  # of what was asked: below, an entry speaks of something else
ENOUGH_WHEN_TOLD: Final = 0.2  # of a category that somebody has chosen
BESIDE: Final = 0.5  # of the best one's share: what is further behind is not shown beside it
_TITLE, _ASKS, _LABEL, _STEPS = 1.0, 1.0, 0.6, 0.45  # what a word is worth by where it stands
_FIRST: Final = 0.02  # a how-to goes before a procedure that fits as well: it can be followed now


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    score: float  # the share of what was asked that the entry speaks of: 0 to 1


class Library:
    """Never changes; a new import makes a new one."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._by_id = {entry.id: entry for entry in self.entries}
        self._index = Index([_searched(entry) for entry in self.entries])

    def find(self, text: str, category: str | None = None, limit: int = 3) -> tuple[Entry, ...]:
        return tuple(hit.entry for hit in self.hits(text, category, limit))

    def hits(self, text: str, category: str | None = None, limit: int = 3) -> tuple[Hit, ...]:
        """Of `category` alone, where one is given."""
        enough = ENOUGH if category is None else ENOUGH_WHEN_TOLD
        found = [Hit(self.entries[at], score) for at, score in self._index.search(text) if score >= enough]
        mine = [hit for hit in found if category is None or hit.entry.category == category]
        mine.sort(key=lambda hit: -hit.score - (_FIRST if hit.entry.kind is Kind.HOW_TO else 0.0))
        return tuple(hit for hit in mine[:limit] if hit.score >= mine[0].score * BESIDE)

    def get(self, entry_id: str) -> Entry | None:
        return self._by_id.get(entry_id)

    def with_procedures(self, procedures: Iterable[Procedure], reviewed: date) -> "Library":
        """A deployment's own list takes the place of the sample."""
        kept = [entry for entry in self.entries if entry.kind is not Kind.PROCEDURE]
        return Library([*kept, *(entry_of(one, reviewed) for one in procedures)])


@cache
def load_library() -> Library:
    """What comes with the repository. A process that has a database asks shelf.py, which knows the deployment's procedures."""
    sample = read_procedures(PROCEDURES.read_bytes(), PROCEDURES.name).procedures
    return Library([*read_entries(), *(entry_of(one, PROCEDURES_REVIEWED) for one in sample)])


def _searched(entry: Entry) -> list[tuple[float, str]]:
    parts = [(_TITLE, words.title) for words in entry.words.values()]
    parts += [(_ASKS, ask) for ask in entry.asks]
    parts += [(_STEPS, step) for words in entry.words.values() for step in words.steps]
    if entry.code is not None:
        parts.append((_TITLE, entry.code))
    if (category := CATEGORIES.get(entry.category or "")) is not None:
        parts += [(_LABEL, category.label_vi), (_LABEL, category.label_en)]
    return parts
