"""How long it will take, from how long it took at this very point. Pure; says nothing where it does not know."""

from collections.abc import Sequence
from statistics import median
from typing import Final

FEWEST: Final = 5  # served people, before their times say anything about the next
_HALF: Final = 0.5  # whoever is served now has on average half of their time before them


def expected_seconds(ahead: int, served_seconds: Sequence[float], desks: int) -> float | None:
    """The median time times those ahead, shared by the desks at work. None: too few were served here lately."""
    if len(served_seconds) < FEWEST:
        return None
    return (ahead + _HALF) * median(served_seconds) / max(desks, 1)
