"""One seed, several streams of chance: a change of how many people are made leaves the requests as they were."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    CITY = 1
    DEMAND = 2


def generator(seed: int, stream: Stream) -> np.random.Generator:
    return np.random.default_rng([seed, stream])
