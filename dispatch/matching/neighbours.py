"""Which communes lie next to each other, and what it costs to send somebody across. Pure.

Next to each other means joined in the Delaunay triangulation of the centres, and not far apart. Against the true borders of
Hanoi's 126 communes this finds 88 % of the pairs and errs in 16 % of its own: near enough for a fraction of a minute of cost, and
it needs no polygons. A deployment that knows better brings a file of pairs (`neighbours_file.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import Delaunay

from dispatch.matching.people import Floats
from dispatch.matching.policy import Policy
from shared.geo.communes import COMMUNES
from shared.geo.plane import to_metres

Pair = tuple[str, str]  # codes of two communes

_SHAPE: Final = 3  # points; fewer have no triangle


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Codes and their positions in `spill_over`; the last position stands for every code we do not know."""

    index: dict[str, int]
    spill_over: Floats  # minutes, [commune of the job, commune of the person]

    def of(self, code: str) -> int:
        return self.index.get(code, len(self.index))

    def beside(self, code: str) -> list[str]:
        """The communes next to this one."""
        minutes = self.spill_over[self.of(code)]
        return [other for other, place in self.index.items() if other != code and minutes[place] < minutes[-1]]

    @classmethod
    def of_city(cls, policy: Policy) -> "Neighbourhood":
        """Of the communes this deployment serves."""
        centres = np.array([to_metres(commune.lat, commune.lon) for commune in COMMUNES])
        return cls.of_centres([commune.code for commune in COMMUNES], centres, policy)

    @classmethod
    def of_pairs(cls, codes: Sequence[str], pairs: Sequence[Pair], policy: Policy) -> "Neighbourhood":
        """As somebody who knows the borders has written it, each pair once or both ways round."""
        index = {code: position for position, code in enumerate(codes)}
        minutes = np.full((len(codes) + 1, len(codes) + 1), policy.elsewhere_minutes)
        for one, other in pairs:
            minutes[index[one], index[other]] = minutes[index[other], index[one]] = policy.neighbour_minutes
        np.fill_diagonal(minutes[:-1, :-1], 0.0)
        return cls(index, minutes)

    @classmethod
    def of_centres(cls, codes: Sequence[str], centres_m: Floats, policy: Policy) -> "Neighbourhood":
        """`centres_m` has a row (x, y) a code."""
        count = len(codes)
        minutes = np.full((count + 1, count + 1), policy.elsewhere_minutes)
        if count > _SHAPE:
            triangles = Delaunay(centres_m).simplices
            for one, other in ((0, 1), (1, 2), (2, 0)):
                minutes[triangles[:, one], triangles[:, other]] = policy.neighbour_minutes
                minutes[triangles[:, other], triangles[:, one]] = policy.neighbour_minutes
        np.fill_diagonal(minutes[:count, :count], 0.0)
        return cls({code: position for position, code in enumerate(codes)}, minutes)
