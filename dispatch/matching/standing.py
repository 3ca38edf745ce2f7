"""How everybody on the roster stands at one moment: who may be asked, and how many each rule stops, by what they can do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.matching.people import Bools, Floats, Ints

Masks = NDArray[np.uint64]

OFF_SHIFT: Final = "off_shift"
OFF_DUTY: Final = "off_duty"  # on a break, or until they say that they are back
PENDING_OFFER: Final = "pending_offer"
# In this order: everybody is counted by the first rule that stops them. The last is over soonest.
RULES: Final = (
    OFF_SHIFT,
    OFF_DUTY,
    "phone_not_confirmed",
    "unreachable",
    "full",
    "had_enough_messages",
    "cooling_down",
    "day_cap",
    PENDING_OFFER,
)
FREE: Final = len(RULES)
GONE: Final = FREE + 1  # not on the roster any more: not even counted
_WIDTH: Final = GONE + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Arrays over all rows of the roster."""

    why: NDArray[np.int8]  # a position in RULES, FREE or GONE
    shift_ends_at: Floats

    @property
    def left(self) -> Bools:
        free: Bools = self.why == FREE
        return free

    @property
    def busy(self) -> Ints:
        """Nothing hinders them but an offer that is still open."""
        return np.flatnonzero(self.why == RULES.index(PENDING_OFFER))


def standing(active: Bools, stopped_by: Mapping[str, Bools], shift_ends_at: Floats) -> Standing:
    why = np.full(len(active), FREE, np.int8)
    for position in reversed(range(len(RULES))):
        why[stopped_by[RULES[position]]] = position
    why[~active] = GONE
    return Standing(why, shift_ends_at)


@dataclass(frozen=True, slots=True)
class Census:
    """How many people of each kind each rule stops. A kind is a set of skills: a city has few, and one table serves all jobs."""

    kinds: Masks
    counts: Ints  # [kind, rule or FREE or GONE]
    found: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by needed skills; counted when first asked for

    @classmethod
    def of(cls, kinds: Masks, kind: Ints, standing: Standing) -> "Census":
        """`kind` is the position in `kinds` of each row."""
        cells = np.bincount(kind.astype(np.int64) * _WIDTH + standing.why, minlength=len(kinds) * _WIDTH)
        return cls(kinds, cells.reshape(len(kinds), _WIDTH))

    def stopped(self, skills: int) -> dict[str, int]:
        """Of those who have these skills, by rule; without the rules that stop nobody."""
        return {rule: count for rule, count in zip(RULES, self._of(skills), strict=False) if count}

    def left(self, skills: int) -> int:
        """Those with these skills whom no rule stops."""
        return self._of(skills)[FREE]

    def not_able(self, skills: int) -> int:
        return sum(self._of(0)[:GONE]) - sum(self._of(skills)[:GONE])

    @property
    def on_shift(self) -> Masks:
        """Each kind of person at work once."""
        at_work = self.counts[:, RULES.index(OFF_DUTY) + 1 : GONE].any(axis=1)
        found: Masks = self.kinds[at_work]
        return found

    def _of(self, skills: int) -> tuple[int, ...]:
        found = self.found.get(skills)
        if found is None:
            able = (self.kinds & np.uint64(skills)) == np.uint64(skills)
            found = self.found[skills] = tuple(self.counts[able].sum(axis=0).tolist())
        return found
