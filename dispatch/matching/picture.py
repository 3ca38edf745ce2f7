"""One moment of the roster: who may be asked, who may be asked soon, and why nobody else may. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import Bools, Ints, People
from dispatch.matching.standing import FREE, Census, Masks, Standing

FEW_MISSING: Final = 50  # one that lacks more than one of so many who may be asked is drawn anew
FEW_TAKEN: Final = 50  # … and one in which more than one of so many has been asked, when there is time for it


@dataclass(frozen=True, slots=True)
class Picture:
    people: People
    free_then: Bools  # who was free when it was made or renewed: whoever is not any more has been asked since
    standing: Standing  # of the whole roster
    census: Census
    skills: Masks  # of the whole roster
    busy_rows: Ints  # of the roster: nothing hinders them but an offer that is still open
    busy_skills: Masks
    on_shift_skills: Masks  # each kind of person at work once
    starting: People | None = None  # whose shift is about to begin

    @property
    def crowded(self) -> bool:
        """Each search finds those first who have been asked already, and looks on: a storm has them all in one place."""
        return bool(np.count_nonzero(~self.people.free) * FEW_TAKEN > len(self.people))

    @property
    def exclusions(self) -> Mapping[str, int]:
        """Whatever they can do: how many the first rule stops."""
        return self.census.stopped(0)

    def may_be_asked(self, row: int, skills: int) -> bool:
        """A row of the roster with these skills that no rule stops."""
        return bool(self.standing.why[row] == FREE and (int(self.skills[row]) & skills) == skills)

    def somebody_soon(self, job: WaitingJob, now: float, visit_seconds: float) -> bool:
        """Somebody who could take it was just asked something else: that is over within a lease, no reason to escalate."""
        return somebody_but(job.excluded, self.soon(job.skills, now, visit_seconds))

    def soon(self, skills: int, now: float, visit_seconds: float) -> Ints:
        """Rows of the roster of those with these skills who were asked something else and stay long enough for a visit."""
        busy = self.busy_rows[_able(self.busy_skills, skills)]
        people = self.people
        long_enough = people.shift_ends_at > now + visit_seconds
        taken = people.row[self.free_then & ~people.free & _able(people.skills, skills) & long_enough]
        return np.concatenate([busy, taken])

    def somebody_starting(self, skills: int) -> bool:
        return self.starting is not None and bool(_able(self.starting.skills, skills).any())

    def somebody_on_shift(self, job: WaitingJob) -> bool:
        return bool(_able(self.on_shift_skills, job.skills).any())


def somebody_but(excluded: AbstractSet[int], rows: Ints) -> bool:
    """One of these rows of the roster who is none of those."""
    return any(int(row) not in excluded for row in rows[: len(excluded) + 1])


def _able(skills: Masks, needed: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (skills & np.uint64(needed)) == np.uint64(needed)
    return found
