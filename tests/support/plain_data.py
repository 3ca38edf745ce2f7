"""A resolver and a suggester that know no more than the names of communes and the examples of categories. Pure.

So that tests of conversations say what they understand, whatever the real ones learn.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.categories import Category
from shared.folding import folded
from shared.geo.communes import COMMUNES, Commune

_WORD: Final = re.compile(r"[^\W_]+")
_FAINT: Final = 0.2
_CLEAR: Final = 0.52
_COMMON: Final = frozenset({
    "toi", "khong", "cua", "la", "bi", "nha", "em", "anh", "chi", "o", "tai", "va", "cho", "duoc", "may", "nguoi",
    "giup", "voi", "dang", "nay", "minh", "can", "muon",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlainCandidate:
    commune_code: str
    score: float


@dataclass(frozen=True, slots=True)
class PlainResolution:
    commune_code: str | None
    confidence: float
    candidates: tuple[PlainCandidate, ...] = ()
    question: str | None = None
    question_en: str | None = None


class PlainResolver:
    def __init__(self, communes: Sequence[Commune]) -> None:
        self._names = [(_bare(commune.name), commune.code) for commune in communes]

    def resolve(self, text: str) -> PlainResolution:
        plain = f" {' '.join(_WORD.findall(folded(text)))} "
        named = {code for name, code in self._names if f" phuong {name} " in plain or f" xa {name} " in plain}
        found = sorted(named or {code for name, code in self._names if f" {name} " in plain})
        if len(found) == 1:
            return PlainResolution(found[0], 0.9)
        return PlainResolution(None, 0.0, tuple(PlainCandidate(code, 0.5) for code in found))

    def at(self, lat: float, lon: float) -> PlainResolution:
        nearest = COMMUNES.at(lat, lon)
        if nearest is None:
            return PlainResolution(None, 0.0, (), "Vị trí bác gửi ở ngoài Hà Nội.", "The location you sent lies outside Hanoi.")
        return PlainResolution(nearest.code, 0.9)


@dataclass(frozen=True, slots=True)
class PlainSuggestion:
    category: str | None
    confidence: float
    candidates: tuple[tuple[str, float], ...] = ()


class PlainSuggester:
    def __init__(self, categories: Mapping[str, Category]) -> None:
        self._words = {
            key: frozenset(_words(" ".join((one.label_vi, one.label_en, *one.examples)))) for key, one in categories.items()
        }
        self._labels = {key: frozenset(_words(one.label_vi + " " + one.label_en)) for key, one in categories.items()}
        self._rarity = Counter(word for words in self._words.values() for word in words)

    def suggest(self, text: str) -> PlainSuggestion:
        """A word counts for the more, the fewer kinds of trouble it is a word of."""
        said = frozenset(_words(text))
        weights = {
            key: sum((1 + (word in self._labels[key])) / self._rarity[word] for word in said & known)
            for key, known in self._words.items()
        }
        best = [(key, weight) for key, weight in sorted(weights.items(), key=lambda one: -one[1])[:3] if weight > _FAINT]
        if not best:
            return PlainSuggestion(None, 0.0)
        sure = best[0][1] / sum(weight for _, weight in best[:2])
        return PlainSuggestion(best[0][0] if sure > _CLEAR else None, sure, tuple(best))


def _bare(name: str) -> str:
    words = _WORD.findall(folded(name))
    return " ".join(words[1:] if words[:1] in (["phuong"], ["xa"]) else words)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(folded(text)) if word not in _COMMON]
