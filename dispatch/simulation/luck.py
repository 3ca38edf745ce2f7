"""Chance that does not depend on who asks first: a number for each (seed, question, request, person).

Two policies that ask the same person for the same request get the same answer, whatever each did before (common random numbers).
So their difference is the policy's, not the dice's.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from dispatch.matching.people import Floats, Ints

_Words = NDArray[np.uint64]
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)  # constants of splitmix64
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_UNIT: Final = 2.0**-53


class Question(IntEnum):
    """What chance is asked; each has numbers of its own."""

    ANSWERS = 1  # does this person answer at all
    WILLING = 2  # is it a yes
    DELAY = 3  # how soon
    READY = 4  # until they leave
    TRAVEL = 5  # how the traffic was
    GIVES_BACK = 6  # after a yes
    VISIT = 7  # how long the visit takes; of the request alone
    PATIENCE = 8  # whether the resident gives up; of the request alone
    GIVES_UP_AFTER = 9


class Luck:
    def __init__(self, seed: int) -> None:
        self._seed = np.uint64(seed)

    def uniform(self, question: Question, request: int, people: Ints) -> Floats:
        """In (0, 1), one for each person."""
        with np.errstate(over="ignore"):  # wrapping around is how it mixes
            state = _mixed(np.array([self._seed + np.uint64(question) * _GOLDEN]))
            state = _mixed(state + np.uint64(request) * _GOLDEN)
            words = _mixed(state + (people.astype(np.uint64) + np.uint64(1)) * _GOLDEN)
        numbers: Floats = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * _UNIT
        return numbers

    def normal(self, question: Question, request: int, people: Ints) -> Floats:
        """Of the standard normal distribution."""
        numbers: Floats = ndtri(self.uniform(question, request, people))
        return numbers

    def of_request(self, question: Question, request: int) -> float:
        """In (0, 1); of nobody in particular."""
        return float(self.uniform(question, request, _NOBODY)[0])


_NOBODY: Final = np.array([-1], dtype=np.int64)


def _mixed(words: _Words) -> _Words:
    words = (words ^ (words >> np.uint64(30))) * _MIX_1
    words = (words ^ (words >> np.uint64(27))) * _MIX_2
    return words ^ (words >> np.uint64(31))
