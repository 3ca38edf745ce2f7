"""Which of the categories a free text speaks of: a weight for each piece of text and category, fitted at start. Pure.

The weights are one least-squares fit (ridge) over what people say, as `vocabulary/` lists it: no training apart, no model file.
Who finds a sentence that is not understood adds another to the file of its category; `why` says which pieces spoke for one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from intake.kinds.words import WITHIN, pieces_of, words_of
from shared.categories import CATEGORIES

NOTHING: Final = "nothing"  # greetings, and what is none of ours: never suggested
FOLDER: Final = Path(__file__).with_name("vocabulary")
SURE: Final = 0.5  # below it no category is named, only candidates
SHOWN: Final = 3
LEAST: Final = 0.02  # who has less is no candidate
_SMOOTH: Final = 0.5  # of the fit: with more, single examples are believed less
_MOST_PAIRED: Final = 16  # of a text's words, the rarest
_SHARP: Final = 9.0  # of the confidence: how much a lead in the fit counts

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`confidence`, 0 to 1, is the first candidate's. No category: nothing speaks for one clearly; there may be candidates."""

    category: str | None
    confidence: float
    candidates: tuple[tuple[str, float], ...]


class Suggester:
    """One per process. `examples`: what people say, by category and by NOTHING."""

    def __init__(self, examples: Mapping[str, Sequence[str]]) -> None:
        self._names = list(examples)
        said = [(place, set(pieces_of(words_of(text)))) for place, name in enumerate(examples) for text in examples[name]]
        self._places = {piece: place for place, piece in enumerate(sorted(set().union(*(pieces for _, pieces in said))))}
        self._rare, self._weights = self._fitted(said)
        self._spoken = self._heard(said)
        self._of = np.array([place for place, _ in said])  # the category of each example
        self._holders = self._held(said)

    def suggest(self, text: str) -> Suggestion:
        known = self._known(text)
        if not known:
            return Suggestion(None, 0.0, ())
        shares = self._shares(known)
        first = int(shares.argmax())
        named = self._names[first] != NOTHING and shares[first] >= SURE
        spoken = self._spoken[known].max(axis=0)
        if named and spoken[first] < SURE and self._together(known, first) < SURE:
            # "Hồ sơ", "VNeID": it leads by the fit, and yet of those who say so half mean something else.
            named, shares = False, np.minimum(spoken, spoken[first])
        ranked = sorted(zip(self._names, shares.tolist(), strict=True), key=lambda one: -one[1])
        candidates = tuple((name, round(share, 3)) for name, share in ranked if name != NOTHING and share >= LEAST)[:SHOWN]
        return Suggestion(self._names[first] if named else None, candidates[0][1] if candidates else 0.0, candidates)

    def why(self, text: str, category: str, most: int = 5) -> list[str]:
        """The pieces of the text that speak loudest for the category."""
        known = sorted(set(self._known(text)))
        column = self._names.index(category)
        spoken = sorted(((float(self._rare[at] * self._weights[at, column]), at) for at in known), reverse=True)[:most]
        pieces = {at: piece for piece, at in self._places.items() if at in known}
        return [pieces[at].strip(WITHIN).replace("_", " ").strip() for share, at in spoken if share > 0]

    def _known(self, text: str) -> list[int]:
        places = self._places
        return list({places[piece] for piece in pieces_of(words_of(text)) if piece in places})

    def _shares(self, known: list[int]) -> Floats:
        rare = self._rare[known]
        scores = rare @ self._weights[known] / np.sqrt(rare @ rare)
        lifted = np.exp(_SHARP * (scores - scores.max()))
        return lifted / lifted.sum()  # type: ignore[no-any-return]

    def _together(self, known: list[int], category: int) -> float:
        """The same of any two words, wherever they stand: "đăng nhập" and "VNeID" say less than both do."""
        words = sorted((at for at in known if at in self._holders), key=lambda at: -self._rare[at])[:_MOST_PAIRED]
        held = np.array([self._holders[at] for at in words], dtype=np.float32)
        mine = (held * (self._of == category)) @ held.T
        return float((mine / (held @ held.T + 2)).max()) if words else 0.0

    def _held(self, said: list[tuple[int, set[str]]]) -> dict[int, npt.NDArray[np.bool_]]:
        """Of each word: which examples have it."""
        holders: dict[int, npt.NDArray[np.bool_]] = {}
        for example, (_, pieces) in enumerate(said):
            for piece in pieces:
                if " " not in piece and not piece.startswith(WITHIN):
                    holders.setdefault(self._places[piece], np.zeros(len(said), dtype=np.bool_))[example] = True
        return holders

    def _heard(self, said: list[tuple[int, set[str]]]) -> Floats:
        """Of the examples with a word, or with two or three in a row, the share of each category; one example alone says half."""
        seen = np.zeros((len(self._places), len(self._names)), dtype=np.float32)
        for of, pieces in said:
            seen[[self._places[piece] for piece in pieces if not piece.startswith(WITHIN)], of] += 1
        return seen / (seen.sum(axis=1, keepdims=True) + 1)  # type: ignore[no-any-return]

    def _fitted(self, said: list[tuple[int, set[str]]]) -> tuple[Floats, Floats]:
        """How rare each piece is, and its weight for each category."""
        rows = [at for at, (_, pieces) in enumerate(said) for _ in pieces]
        columns = [self._places[piece] for _, pieces in said for piece in pieces]
        seen = np.bincount(columns)
        rare = np.log((1 + len(said)) / (1 + seen)) + 1
        matrix = sparse.csr_matrix((rare[columns], (rows, columns)), shape=(len(said), len(self._places)))
        matrix = sparse.diags(1 / np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())) @ matrix
        of = np.array([place for place, _ in said])
        wanted = np.equal.outer(of, np.arange(len(self._names))).astype(float)
        # Of few examples each counts as much more as there are fewer: a category is no likelier for being described at length.
        doubt = _SMOOTH * np.bincount(of)[of] / np.bincount(of).mean()
        lengths = np.linalg.solve((matrix @ matrix.T).toarray() + np.diag(doubt), wanted)
        return rare.astype(np.float32), np.asarray(matrix.T @ lengths, dtype=np.float32)


def read_examples(folder: Path) -> dict[str, list[str]]:
    """By category. A line is a sentence as people say it; after `=` several phrases, each of which says it alone."""
    return {key: [*_lines(folder / f"{key}.txt")] for key in (*CATEGORIES, NOTHING)}


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            yield from (phrase.strip() for phrase in line[1:].split(","))
        elif line:
            yield line


@cache
def load_suggester() -> Suggester:
    """Once a process: fitting takes a moment."""
    examples = read_examples(FOLDER)
    for key, category in CATEGORIES.items():
        examples[key] += category.examples
    return Suggester(examples)
