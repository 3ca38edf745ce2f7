"""Whom to ask: the policies that are compared. Each sees the waiting jobs and the picture of the roster; nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

import numpy as np

from dispatch.matching.assignment import Proposal, match
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import Ints
from dispatch.matching.picture import Picture
from dispatch.matching.policy import Policy


class Asking(Protocol):
    @property
    def policy(self) -> Policy: ...

    @property
    def shouts(self) -> bool:
        """Tells many at once, in a group: no limit of texts, several open questions a phone, nobody is told that it is taken."""
        ...

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        """Whom to ask for which of these jobs; a job may get nobody."""
        ...


@dataclass(frozen=True, slots=True)
class Together:
    """Ours: all waiting jobs as one assignment problem, with the policy of production."""

    policy: Policy = field(default_factory=Policy)
    shouts: bool = False

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        return match(jobs, picture.people, self.policy, now=now, starting=picture.starting).proposals


NEAREST_POLICY: Final = replace(
    Policy(), neighbour_minutes=0.0, elsewhere_minutes=0.0, today_minutes=0.0, silence_minutes=0.0, soon_minutes=0.0, wave_size=1
)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest free able person, one after another as requests come: no tiers, no fairness. The same lease, then the next."""

    policy: Policy = NEAREST_POLICY
    shouts: bool = False

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        proposals = []
        for place in sorted(range(len(jobs)), key=lambda one: jobs[one].id):  # ids rise with time
            if not picture.people.free.any():
                break
            found = match([jobs[place]], picture.people, self.policy, now=now).proposals
            proposals += [replace(one, job=place) for one in found]
        return proposals


@dataclass(frozen=True, slots=True)
class Claim:
    """First come, first served: everybody able in the commune and its ring hears of it at once, and the first yes wins.

    When nobody took it within the lease of its tier, everybody able in the city hears of it.
    """

    policy: Policy = field(default_factory=Policy)
    shouts: bool = True

    def plan(self, jobs: Sequence[WaitingJob], picture: Picture, now: float) -> Sequence[Proposal]:
        return [Proposal(place, int(one), 0.0, 0.0) for place, job in enumerate(jobs) for one in self._ring(job, picture, now)]

    def _ring(self, job: WaitingJob, picture: Picture, now: float) -> Ints:
        people, policy = picture.people, self.policy
        needed = np.uint64(job.skills)
        away_m = np.hypot(people.x_m - job.x_m, people.y_m - job.y_m)
        over_at = now + policy.visit_seconds[job.priority] + away_m * policy.minutes_per_metre * 60.0
        told = people.free & ((people.skills & needed) == needed) & (over_at <= people.shift_ends_at)
        told &= ~np.isin(people.row, list(job.excluded))
        if job.wave == 0:
            told &= people.spill_over[job.commune, people.commune] <= policy.neighbour_minutes
        return np.flatnonzero(told)


class Method(StrEnum):
    DEFAULT = "default"
    NEAREST = "nearest"
    CLAIM = "claim"


def asking_by(method: Method) -> Asking:
    match method:
        case Method.DEFAULT:
            return Together()
        case Method.NEAREST:
            return Nearest()
        case Method.CLAIM:
            return Claim()
