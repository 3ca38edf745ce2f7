"""Where people live and where trouble is: communes, how large they are, and points in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from scipy.spatial import cKDTree

from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.people import Floats, Ints
from dispatch.matching.policy import Policy
from shared.geo.communes import COMMUNES, Commune
from shared.geo.plane import to_degrees, to_metres

WARD_WEIGHT: Final = 1.3  # 51 wards and 75 communes share 8.8 million people; wards have more of them, …
COMMUNE_WEIGHT: Final = 0.8
SPREAD: Final = 0.45  # … where they live scatters by this part of the way to the next centre
AT_THE_COUNTER: Final = 0.3  # of requests: in and around the commune's service point, where the queues are
COUNTER_M: Final = 150.0


@dataclass(frozen=True, slots=True)
class Terrain:
    codes: Sequence[str]
    x_m: Floats
    y_m: Floats
    weights: Floats  # of the population; their sum is 1
    reach_m: Floats  # how far homes scatter around the centre

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, communes: Sequence[Commune]) -> "Terrain":
        places = np.array([to_metres(one.lat, one.lon) for one in communes])
        weights = np.array([WARD_WEIGHT if one.kind == "phuong" else COMMUNE_WEIGHT for one in communes])
        away = cast("Floats", cKDTree(places).query(places, k=[2])[0])
        return cls([one.code for one in communes], places[:, 0], places[:, 1], weights / weights.sum(), away[:, 0] * SPREAD)

    @classmethod
    def of_city(cls) -> "Terrain":
        return cls.of(tuple(COMMUNES))

    def neighbourhood(self, policy: Policy) -> Neighbourhood:
        return Neighbourhood.of_centres(self.codes, np.column_stack([self.x_m, self.y_m]), policy)

    def homes(self, commune: Ints, random: np.random.Generator) -> tuple[Floats, Floats]:
        """(lat, lon): around the centre, fewer further out."""
        return self._around(commune, self.reach_m[commune], random)

    def troubles(self, commune: Ints, random: np.random.Generator) -> tuple[Floats, Floats]:
        """(lat, lon): where people live, and at the counter."""
        counter = random.random(len(commune)) < AT_THE_COUNTER
        return self._around(commune, np.where(counter, COUNTER_M, self.reach_m[commune]), random)

    def _around(self, commune: Ints, width_m: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
        offset = random.standard_normal((2, len(commune))).clip(-2, 2) * width_m
        return to_degrees(self.x_m[commune] + offset[0], self.y_m[commune] + offset[1])
