"""A made-up city: teams, students and engineers, where they live, what they can do, when they work. Seeded; nobody in it exists.

Published are 126 communes, 5,000 teams, 30,000 people, about 150 students (docs/decisions/0014). The rest is assumed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final
from uuid import UUID

import numpy as np

from dispatch.matching.people import Floats, Ints
from dispatch.simulation.behaviour import Character
from dispatch.simulation.seeds import Stream, generator
from dispatch.simulation.terrain import Terrain
from shared.events.assignments import ResponderKind

# What a person of a kind can do, and the share of those who can.
TEAM_SKILLS: Final = {
    "digital_basics": 1.0,
    "vneid": 1.0,
    "portal": 0.95,
    "payment": 0.8,
    "procedures": 0.6,  # somebody of the commune's office among the members
    "digital_signature": 0.5,
    "fraud": 0.2,  # a police officer among the members
    "equipment": 0.1,
}
STUDENT_SKILLS: Final = {"digital_basics": 1.0, "vneid": 1.0, "portal": 1.0, "payment": 1.0}
ENGINEER_SKILLS: Final = {"network": 1.0, "systems": 1.0, "equipment": 1.0, "digital_signature": 0.7}
SKILLS_OF: Final = {
    ResponderKind.TEAM: TEAM_SKILLS,
    ResponderKind.VOLUNTEER: STUDENT_SKILLS,
    ResponderKind.ENGINEER: ENGINEER_SKILLS,
}
MOST_AT_ONCE: Final = 3  # visits of one team, however many of its members are there
PRESENT: Final = 0.35  # of a team's members in one shift


@dataclass(frozen=True, slots=True)
class Hours:
    """A weekly rule in local time. `alternating`: every second week only, and the other half of the day in between."""

    weekdays: frozenset[int]  # ISO
    starts: time
    ends: time
    alternating: bool = False

    def on(self, day: date) -> tuple[time, time] | None:
        if day.isoweekday() not in self.weekdays:
            return None
        swapped = self.alternating and day.isocalendar().week % 2 == 1
        return (AFTERNOON if self.starts == MORNING[0] else MORNING) if swapped else (self.starts, self.ends)


MORNING: Final = (time(7, 30), time(12))
AFTERNOON: Final = (time(13), time(17, 30))
WORKDAYS, EVERY_DAY, WEEKEND = frozenset(range(1, 7)), frozenset(range(1, 8)), frozenset({6, 7})
# Pensioners have mornings, people with a job have evenings and weekends.
TEAM_HOURS: Final = (
    (0.35, Hours(WORKDAYS, time(7, 30), time(17, 30))),
    (0.20, Hours(EVERY_DAY, *MORNING)),
    (0.20, Hours(EVERY_DAY, *AFTERNOON)),
    (0.15, Hours(EVERY_DAY, time(17), time(21, 30))),
    (0.10, Hours(WEEKEND, time(8), time(20))),
)
STUDENT_HOURS: Final = tuple(
    (0.5 / 3, Hours(frozenset(days), *half, alternating=True))
    for days in ({1, 3, 5}, {2, 4, 6}, {1, 2, 3, 4, 5})
    for half in (MORNING, AFTERNOON)
)
ROUND_THE_CLOCK: Final = Hours(EVERY_DAY, time(), time())  # one team a commune, and one of its engineers
ENGINEER_HOURS: Final = ((1.0, Hours(WORKDAYS, time(7, 30), time(17, 30))),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    people: int = 30_000
    teams: int = 5_000
    students: int = 150
    engineers: int = 252  # the commune's own, and one of a telecom company


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everybody who can be asked. All sequences have one element a responder."""

    terrain: Terrain
    ids: Sequence[UUID]
    kinds: Sequence[ResponderKind]
    commune: Ints  # positions in `terrain.codes`
    lat: Floats
    lon: Floats
    skills: Sequence[tuple[str, ...]]
    capacity: Ints
    hours: Sequence[Hours]
    character: Character

    def __len__(self) -> int:
        return len(self.ids)

    def of_kind(self, kind: ResponderKind) -> Ints:
        return np.flatnonzero(np.array([one is kind for one in self.kinds]))


def make_city(seed: int, terrain: Terrain, size: Size) -> City:
    random = generator(seed, Stream.CITY)
    kinds = [ResponderKind.TEAM] * size.teams
    kinds += [ResponderKind.ENGINEER] * size.engineers + [ResponderKind.VOLUNTEER] * size.students
    commune = np.concatenate(
        [
            _spread_over(len(terrain), size.teams),
            _spread_over(len(terrain), size.engineers),
            random.choice(len(terrain), size.students, p=terrain.weights),
        ]
    )
    lat, lon = terrain.homes(commune, random)
    return City(
        terrain=terrain,
        ids=[UUID(int=number + 1) for number in range(len(kinds))],
        kinds=kinds,
        commune=commune,
        lat=lat,
        lon=lon,
        skills=[_skills(kind, random) for kind in kinds],
        capacity=_capacities(size, random),
        hours=_hours(kinds, commune, random),
        character=Character.of(kinds, random),
    )


def _spread_over(communes: int, count: int) -> Ints:
    """As evenly as numbers allow: each commune has its residential groups, and each of those its team."""
    return np.arange(count, dtype=np.int64) % communes


def _skills(kind: ResponderKind, random: np.random.Generator) -> tuple[str, ...]:
    return tuple(skill for skill, share in SKILLS_OF[kind].items() if random.random() < share)


def _capacities(size: Size, random: np.random.Generator) -> Ints:
    """Teams as large as the members there are; somebody who is alone can do one visit at a time."""
    alone = size.engineers + size.students
    members = random.multinomial(max(size.people - alone - size.teams, 0), np.full(size.teams, 1 / size.teams)) + 1
    present = random.binomial(members, PRESENT).clip(1, MOST_AT_ONCE)
    return np.concatenate([present, np.ones(alone, dtype=np.int64)]).astype(np.int64)


def _hours(kinds: Sequence[ResponderKind], commune: Ints, random: np.random.Generator) -> list[Hours]:
    rules = {
        ResponderKind.TEAM: TEAM_HOURS,
        ResponderKind.VOLUNTEER: STUDENT_HOURS,
        ResponderKind.ENGINEER: ENGINEER_HOURS,
    }
    served: set[tuple[ResponderKind, int]] = set()
    hours = []
    for kind, place in zip(kinds, commune.tolist(), strict=True):
        choices = rules[kind]
        chosen = choices[int(random.choice(len(choices), p=[share for share, _ in choices]))][1]
        always = kind is not ResponderKind.VOLUNTEER and (kind, place) not in served
        served.add((kind, place))
        hours.append(ROUND_THE_CLOCK if always else chosen)
    return hours
