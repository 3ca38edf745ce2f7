"""How much of the day's work is still to come for whoever stays: what makes a long shift comparable with a short one. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from dispatch.matching.people import Floats, Ints
from dispatch.shifts.shift import LOCAL
from shared.calendar import OFFICE_HOURS

HOUR: Final = 3600.0


def visits_an_hour(visits: Ints, starts_at: Floats, now: float) -> float:
    """Of whoever is at work, today. Parallel arrays, one element for each shift that runs at `now` (epoch seconds).

    An hour each is added to what was worked, so that the first visits of a morning are not taken for its pace.
    """
    if not len(visits):
        return 0.0
    worked = (now - np.maximum(starts_at, _midnight(now).timestamp())) / HOUR
    return float(visits.sum() / (worked.sum() + len(visits)))


def hours_left(ends_at: Floats, now: float) -> Floats:
    """Of this day, until the shift ends or the offices close, whichever comes first: hardly anything comes after that."""
    closing = OFFICE_HOURS.closing(datetime.fromtimestamp(now, UTC))
    over_at = min(closing, _midnight(now) + timedelta(days=1)).timestamp()
    left: Floats = np.maximum(np.minimum(ends_at, over_at) - now, 0.0) / HOUR
    return left


def local_day(now: float) -> int:
    """As `dispatch.local_day` in the schema, counted from the first day of year 1."""
    return datetime.fromtimestamp(now, LOCAL).toordinal()


def _midnight(now: float) -> datetime:
    """With which this local day began."""
    return datetime.fromtimestamp(now, LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
