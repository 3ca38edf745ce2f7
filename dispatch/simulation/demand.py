"""Who calls for help, when, where and with what: a day of the city, or several. Seeded; the same for every policy.

Published are the totals (docs/decisions/0014); how they spread over hours and kinds is assumed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np

from dispatch.matching.people import Floats, Ints
from dispatch.shifts.shift import LOCAL
from dispatch.simulation.seeds import Stream, generator
from dispatch.simulation.terrain import Terrain
from shared.categories import CATEGORIES
from shared.events.contract import Priority

FIRST_DAY: Final = date(2026, 3, 2)  # a Monday far from every holiday; all its days are alike but for shifts and opening hours
DAY_SECONDS: Final = 86_400.0
STORM_AT: Final = time(9)
STORM_SECONDS: Final = 600.0


class Day(StrEnum):
    BASE = "base"  # hotline and feedback of an ordinary day
    STRESS = "stress"  # one commune's walk-ins, on the whole city
    STORM = "storm"  # one commune in ten minutes


REQUESTS_OF: Final = {Day.BASE: 379, Day.STRESS: 14_700, Day.STORM: 30_000}

# Weight of a kind of trouble. VNeID and the portal are most of it; what stops a counter is rare.
KINDS: Final = {
    "vneid_login": 14,
    "vneid_activate": 8,
    "vneid_device_change": 6,
    "vneid_document": 6,
    "portal_login": 7,
    "portal_submit": 9,
    "portal_track": 5,
    "ihanoi_app": 3,
    "birth": 2,
    "marriage": 1.5,
    "death": 0.7,
    "certification": 4,
    "residence": 4,
    "social_benefit": 4,
    "household_business": 3,
    "land_construction": 2.5,
    "payment": 4,
    "digital_signature": 4,
    "health_school": 2.5,
    "network_outage": 0.6,
    "equipment": 1.2,
    "system_outage": 0.3,
    "fraud": 1.5,
    "digital_skill": 4,
    "address_change": 2.2,
}
# By local hour. Counters open at 7:30, and people are there before; in the evening the children try to help.
HOURS: Final = (0.3, 0.2, 0.1, 0.2, 0.3, 0.6, 1.5, 5, 10, 11, 10, 6, 3.5, 6, 9, 8.5, 7, 4.5, 3.5, 4, 4, 2.5, 1.2, 0.6)
VULNERABLE: Final = (0.72, 0.20, 0.06, 0.02)  # with no reason to go first, with one (mostly old age), two, three


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Requests in the order in which they come. All sequences have one element a request."""

    starts_at: float  # epoch seconds: local midnight of the first day
    ends_at: float
    ids: Sequence[UUID]
    filed_at: Floats  # epoch seconds
    category: Sequence[str]
    priority: Sequence[Priority]
    commune: Ints
    lat: Floats
    lon: Floats
    vulnerable: Ints

    def __len__(self) -> int:
        return len(self.ids)


def make_demand(seed: int, terrain: Terrain, day: Day, *, days: int = 1, requests: int | None = None) -> Demand:
    """`requests` a day, if not as many as such a day has."""
    random = generator(seed, Stream.DEMAND)
    count = (requests or REQUESTS_OF[day]) * days
    midnight = datetime.combine(FIRST_DAY, time(), LOCAL).astimezone(UTC).timestamp()
    filed_at = np.sort(midnight + _moments(day, days, count, random))
    names = list(KINDS)
    weights = np.array(list(KINDS.values()), dtype=float)
    category = [names[place] for place in random.choice(len(names), count, p=weights / weights.sum())]
    commune = _communes(terrain, day, count, random)
    lat, lon = terrain.troubles(commune, random)
    return Demand(
        starts_at=midnight,
        ends_at=midnight + days * DAY_SECONDS,
        ids=[UUID(int=(1 << 64) + number) for number in range(count)],
        filed_at=filed_at,
        category=category,
        priority=[CATEGORIES[name].priority for name in category],
        commune=commune,
        lat=lat.round(3),  # as the events have it
        lon=lon.round(3),
        vulnerable=random.choice(len(VULNERABLE), count, p=VULNERABLE).astype(np.int64),
    )


def _moments(day: Day, days: int, count: int, random: np.random.Generator) -> Floats:
    """Seconds after the first midnight."""
    which = np.arange(count) % days * DAY_SECONDS
    if day is Day.STORM:
        at = timedelta(hours=STORM_AT.hour, minutes=STORM_AT.minute).total_seconds()
        return which + at + random.random(count) * STORM_SECONDS
    weights = np.array(HOURS) / sum(HOURS)
    hours: Floats = random.choice(len(HOURS), count, p=weights) + random.random(count)
    return which + hours * 3600.0


def _communes(terrain: Terrain, day: Day, count: int, random: np.random.Generator) -> Ints:
    if day is Day.STORM:
        return np.full(count, random.choice(len(terrain), p=terrain.weights), dtype=np.int64)
    return random.choice(len(terrain), count, p=terrain.weights).astype(np.int64)
