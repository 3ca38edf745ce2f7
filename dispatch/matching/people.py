"""Everybody who may be asked now, as arrays: one position a person. A picture of one moment, made by `roster.py`. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """People who were eligible once. All arrays have one length, but for `spill_over`.

    Where they are and what they can do stays as it was drawn; who is free, until when and at what cost is renewed in place.
    """

    row: Ints  # of the roster
    lat: Floats
    lon: Floats
    x_m: Floats  # on the local plane
    y_m: Floats
    commune: Ints
    skills: NDArray[np.uint64]
    languages: NDArray[np.uint64]
    shift_ends_at: Floats  # epoch seconds
    contact: Ints  # people with the same number share a phone
    today_minutes: Floats  # for the visits of this day
    later_minutes: Floats  # for those that are still to come in it
    silence_minutes: Floats
    complaint_minutes: Floats
    free: Bools
    shares_phones: bool
    spill_over: Floats  # minutes, [commune of the job, commune of the person]
    able: dict[int, "Able"] = field(default_factory=dict)  # by needed skills; built when first asked for
    remote: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))  # help by telephone, too; empty: nobody does
    last_offered_at: Floats = field(default_factory=lambda: np.zeros(0))  # epoch seconds; empty with `remote`
    speaking: dict[tuple[int, int], "Able"] = field(default_factory=dict)  # … of them, those who speak one of these languages

    def __len__(self) -> int:
        return len(self.row)

    def take(self, person: int) -> None:
        """This person, and whoever shares the phone, is asked nothing more."""
        if self.shares_phones:
            self.free[self.contact == self.contact[person]] = False
        else:
            self.free[person] = False

    def without(self, taken: Ints) -> "People":
        """The same people with some taken; the original stays as it is."""
        free = self.free.copy()
        free[np.isin(self.contact, self.contact[taken])] = False
        return replace(self, free=free)

    def at(self, rows: Collection[int]) -> Ints:
        """The positions of these rows of the roster, of those who are here at all."""
        wanted = np.array(sorted(rows), dtype=np.int64)
        places = np.searchsorted(self.row, wanted)
        here = places < len(self.row)
        here[here] = self.row[places[here]] == wanted[here]
        found: Ints = places[here]
        return found

    def able_to(self, skills: int) -> "Able":
        """Those who have all of these skills, as a tree. Who was taken is still in it."""
        found = self.able.get(skills)
        if found is None:
            positions = np.flatnonzero((self.skills & np.uint64(skills)) == np.uint64(skills))
            found = self.able[skills] = Able.of(self, positions)
        return found

    def speaking_to(self, skills: int, tongue: int) -> "Able":
        """Those who have all of these skills and speak this language: few, so that their tree costs nothing."""
        found = self.speaking.get((skills, tongue))
        if found is None:
            able = self.able_to(skills).positions
            found = self.speaking[skills, tongue] = Able.of(self, able[self.speaks(able, tongue)])
        return found

    def speaks(self, positions: Ints, tongue: NDArray[np.uint64] | int) -> Bools:
        found: Bools = (self.languages[positions] & np.asarray(tongue, dtype=np.uint64)) != 0
        return found


@dataclass(frozen=True, slots=True)
class Able:
    """People with certain skills. `latest` is when the last of their shifts ends."""

    positions: Ints
    tree: cKDTree | None
    latest: float

    @classmethod
    def of(cls, people: People, positions: Ints) -> "Able":
        if not len(positions):
            return cls(positions, None, 0.0)
        places = np.column_stack([people.x_m[positions], people.y_m[positions]])
        # Sliding midpoints: half the time of medians to build, and as fast to ask over people who live everywhere.
        tree = cKDTree(places, balanced_tree=False, compact_nodes=False)
        return cls(positions, tree, float(people.shift_ends_at[positions].max()))
