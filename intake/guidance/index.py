"""Which texts speak of what a person wrote: folded words, their rarity, abbreviations, and words with one slip in them. Pure.

One index is made once and then only read. A search looks at the words of the question and at nothing else, so that it stays fast
however many entries there are.
"""

import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from shared.folding import folded

LONGEST: Final = 2000  # characters of a question that are looked at
MOST_WORDS: Final = 60
WORDS: Final[Mapping[str, Any]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
_WORD: Final = re.compile(r"[^\W_]+")
_SHORTEST_SLIP: Final = 4  # letters of a word that may hold a slip: of shorter ones half the language is one letter away
_SHORTEST_OTHER: Final = 5  # … other than two letters that changed places
_SLIP: Final = 0.7  # what a word with a slip is worth
_OTHER_MARKS: Final = 0.35  # … a word with other marks than in the entry: "văng" is no "vàng"
_PAIR: Final = 0.6  # two words side by side, as "đăng ký", say more than the two
# What people write for what stands in the entries. Folded.
SHORT: Final[Mapping[str, str]] = WORDS["short"]
# Words that stand in every other sentence and tell nothing apart. Folded.
_EMPTY: Final = frozenset(WORDS["empty"])


class Index:
    """`texts`: of each entry, parts with what a word in them is worth: ((1.0, title), (0.5, step), …)."""

    def __init__(self, texts: Sequence[Sequence[tuple[float, str]]]) -> None:
        self._size = len(texts)
        self._worth: dict[str, dict[int, float]] = defaultdict(dict)  # word or pair → entry → the best it is worth there
        self._forms: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))  # word → entry → with its marks
        for at, parts in enumerate(texts):
            for worth, text in parts:
                for marked in _WORD.findall(text.lower()):
                    self._forms[folded(marked)][at].add(_marks(marked))
                for term in _terms(words_of(text)):
                    self._worth[term][at] = max(worth, self._worth[term].get(at, 0.0))
        self._slips: dict[str, list[str]] = defaultdict(list)
        for term in self._worth:
            if " " not in term:
                for shorter in _shorter(term):
                    self._slips[shorter].append(term)
        self._rarest = self._rarity(1)

    def search(self, question: str) -> list[tuple[int, float]]:
        """(entry, share of what was asked that it speaks of: 0 to 1), best first."""
        words = [word for word in words_of(question) if word not in _EMPTY]
        if not words:
            return []
        found: dict[int, float] = defaultdict(float)
        asked, forms = 0.0, _forms_of(question)
        sure = set[int]()  # that have a word of it as it is written: slips alone may be any other word
        for term in _terms(words):
            weight = self._weight(term)
            asked += weight
            best = self._speak_of(term, forms)
            for at, worth in best.items():
                found[at] += weight * worth
            if term in self._worth:
                sure.update(best)
        told = [(at, score / asked) for at, score in found.items() if at in sure or len(words) == 1]
        return sorted(told, key=lambda one: (-one[1], one[0]))

    def _speak_of(self, term: str, forms: Mapping[str, str]) -> Mapping[int, float]:
        """Entries, and how far each speaks of this word or pair."""
        if term in self._worth:
            marked = [(forms[word], self._forms[word]) for word in term.split() if word in forms]
            if not marked:
                return self._worth[term]
            return {
                at: worth if all(form in known[at] for form, known in marked if at in known) else worth * _OTHER_MARKS
                for at, worth in self._worth[term].items()
            }
        best: dict[int, float] = {}
        for near in () if " " in term else self._near(term):
            for at, worth in self._worth[near].items():
                best[at] = max(best.get(at, 0.0), _SLIP * worth)
        return best

    def _weight(self, term: str) -> float:
        known = len(self._worth.get(term, ()))
        if " " in term:
            return self._rarity(known) * _PAIR if known else 0.0
        return self._rarity(known) if known else self._rarest

    def _rarity(self, entries: int) -> float:
        return math.log(1 + (self._size - entries + 0.5) / (entries + 0.5))

    def _near(self, word: str) -> list[str]:
        """Known words that differ by one letter: left out, added, another one, or two that changed places."""
        if len(word) < _SHORTEST_SLIP or word.isdigit():
            return []
        near = {known for shorter in _shorter(word) for known in self._slips.get(shorter, ())}
        return sorted(known for known in near if len(known) >= _SHORTEST_SLIP and not known.isdigit() and _one_slip(word, known))


def words_of(text: str) -> list[str]:
    """Folded words, abbreviations written out; of a very long text the beginning."""
    told = (SHORT.get(word, word) for word in _WORD.findall(folded(_composed(text))))
    return " ".join(told).split()[:MOST_WORDS]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text[:LONGEST]).lower()


def _forms_of(question: str) -> dict[str, str]:
    """Words whose marks tell them from others: those that have some, and those without where most of the others have."""
    words = set(_WORD.findall(_composed(question)))
    marked = {word for word in words if not word.isascii()}
    told = words if len(marked) * 2 >= len(words) else marked
    return {folded(word): _marks(word) for word in told}


def _marks(word: str) -> str:
    """Its letters and marks in no order: "hóa" and "hoá" are one word."""
    return "".join(sorted(unicodedata.normalize("NFD", word)))


def _terms(words: Sequence[str]) -> Iterator[str]:
    """Each word and each pair of neighbours, once."""
    kept = [word for word in words if word not in _EMPTY]
    yield from dict.fromkeys((*kept, *(f"{one} {two}" for one, two in pairwise(kept))))


def _shorter(word: str) -> set[str]:
    """The word, and the word without each of its letters: two words with one slip between them share one of these."""
    if len(word) < _SHORTEST_SLIP:
        return {word}
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _one_slip(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 1:
        return False
    start = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), min(len(word), len(other)))
    a, b = word[start:], other[start:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return swapped or (len(word) >= _SHORTEST_OTHER and (a[1:] == b or a == b[1:] or a[1:] == b[1:]))
