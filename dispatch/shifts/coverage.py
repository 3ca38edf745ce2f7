"""Where and when nobody can be sent: windows of work in, gaps out. Pure, on arrays; coverage_rows.py reads the rows.

A need is a skill that some category asks for, or an engineer. It is met in a commune while somebody of that commune who has it
is on shift: a neighbour who comes over is help, not coverage.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from dispatch.matching.people import Ints
from shared.categories import SKILLS

ENGINEER: Final = "engineer"  # not a skill: the kind of responder every commune must have one of
NEEDS: Final = (*SKILLS, ENGINEER)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Windows of people who could be asked, a position each, in any order; they may overlap. Seconds of one epoch."""

    commune: Ints
    needs: Ints  # the bits of `bits_of`
    starts: Ints
    ends: Ints


@dataclass(frozen=True, slots=True)
class Gap:
    """[starts_at, ends_at) without anybody."""

    commune_code: str
    need: str
    starts_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> float:
        return (self.ends_at - self.starts_at) / HOUR


@dataclass(frozen=True, slots=True)
class Coverage:
    """`gaps` by commune, need and time, of the communes that were looked at."""

    since: datetime
    until: datetime
    commune_codes: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def gap_hours(self) -> dict[str, float]:
        """By skill, added up over the communes."""
        hours = dict.fromkeys(SKILLS, 0.0)
        for gap in self.gaps:
            if gap.need in hours:
                hours[gap.need] += gap.hours
        return hours

    def without_engineer(self) -> list[str]:
        """Communes in which no engineer is on shift at any time of all this."""
        whole = (self.since, self.until)
        return [gap.commune_code for gap in self.gaps if gap.need == ENGINEER and (gap.starts_at, gap.ends_at) == whole]


@lru_cache(maxsize=4096)
def bits_of(skills: tuple[str, ...], engineer: bool) -> int:
    """One bit a need. Skills that no category asks for have none."""
    held = {*skills, ENGINEER} if engineer else {*skills}
    return sum(1 << place for place, need in enumerate(NEEDS) if need in held)


def coverage_of(
    presence: Presence, commune_codes: Sequence[str], since: datetime, until: datetime, *, needs: Collection[str] = NEEDS
) -> Coverage:
    """`presence.commune` counts `commune_codes`. Both times are whole seconds."""
    begins = int(since.timestamp())
    places = [place for place, need in enumerate(NEEDS) if need in needs]
    found = _gaps(presence, len(commune_codes), places, begins, int(until.timestamp()))
    gaps = tuple(
        Gap(commune_codes[commune], NEEDS[place], since + timedelta(seconds=start), since + timedelta(seconds=end))
        for commune, place, start, end in zip(*(column.tolist() for column in found), strict=True)
    )
    return Coverage(since, until, tuple(commune_codes), gaps)


def _gaps(presence: Presence, communes: int, places: Sequence[int], begins: int, ends: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Commune, need, start and end (seconds from `begins`) of each gap.

    All groups (a commune and a need) lie one behind the other on one line of time, each with an empty window at its start and at
    its end: the farthest end so far, compared with the next start, shows every gap of every group in one pass.
    """
    length = ends - begins
    start = np.clip(presence.starts - begins, 0, length)
    end = np.clip(presence.ends - begins, 0, length)
    groups = np.arange(communes * len(places))
    group, starts = [groups, groups], [np.zeros_like(groups), np.full_like(groups, length)]
    stops = list(starts)
    for number, place in enumerate(places):
        able = np.flatnonzero((presence.needs >> place) & 1 & (start < end))
        group.append(presence.commune[able] * len(places) + number)
        starts.append(start[able])
        stops.append(end[able])
    offset = np.concatenate(group) * (length + 1)
    from_, to = np.concatenate(starts) + offset, np.concatenate(stops) + offset
    order = np.argsort(from_, kind="stable")
    from_, reach = from_[order], np.maximum.accumulate(to[order])
    at = np.flatnonzero((from_[1:] > reach[:-1]) & (from_[1:] // (length + 1) == reach[:-1] // (length + 1)))
    where = reach[at] // (length + 1)
    base = where * (length + 1)
    return where // len(places), np.array(places)[where % len(places)], reach[at] - base, from_[at + 1] - base
