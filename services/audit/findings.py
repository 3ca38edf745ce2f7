"""What the auditor knows by now: found in this pass or in the last one, and what of it people have been told. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.audit.invariants import RULES
from services.audit.world import Violation

REMEMBERED_SECONDS: Final = 3600.0  # what went away and came back within it is no news
MOST_TOLD: Final = 20  # lines of one message: who reads it on a telephone runs `techrescue check` next


@dataclass(slots=True)
class Findings:
    """A pass may take several looks: what it has not come by again is still believed from the last."""

    _pass: int = 0
    _found_in: dict[Violation, int] = field(default_factory=dict)
    _told_at: dict[Violation, float] = field(default_factory=dict)

    def note(self, found: Collection[Violation], *, complete: bool) -> None:
        """What one look found; `complete`: with it everything has been looked at."""
        for violation in found:
            self._found_in[violation] = self._pass
        if complete:
            self._found_in = {one: when for one, when in self._found_in.items() if when == self._pass}
            self._pass += 1

    def counts(self) -> dict[str, int]:
        """Of every rule, also those that nothing breaks."""
        counted = Counter(violation.rule for violation in self._found_in)
        return {rule: counted[rule] for rule in RULES}

    def __contains__(self, violation: object) -> bool:
        return violation in self._found_in

    def __len__(self) -> int:
        return len(self._found_in)

    def untold(self, now: float) -> list[Violation]:
        """Those that nobody has been told of. `now`: seconds of a clock that never goes back."""
        self._told_at |= {one: now for one in self._found_in if one in self._told_at}
        self._told_at = {one: at for one, at in self._told_at.items() if at > now - REMEMBERED_SECONDS}
        return sorted((one for one in self._found_in if one not in self._told_at), key=lambda one: (one.rule, one.subject))

    def told(self) -> list[Violation]:
        """Of what is found, what people know."""
        return sorted((one for one in self._found_in if one in self._told_at), key=lambda one: (one.rule, one.subject))

    def were_told(self, told: Collection[Violation], now: float) -> None:
        self._told_at |= dict.fromkeys(told, now)


def title_of(news: Sequence[Violation]) -> str:
    counted = Counter(violation.rule for violation in news)
    return "TechRescue audit: " + ", ".join(f"{rule} {count}" for rule, count in sorted(counted.items()))


def body_of(news: Sequence[Violation]) -> str:
    """Ids and words, nothing of a person."""
    lines = [f"{one.rule}  {one.subject}  {one.finding}" for one in news[:MOST_TOLD]]
    if len(news) > MOST_TOLD:
        lines.append(f"… and {len(news) - MOST_TOLD} more")
    return "\n".join([*lines, "`techrescue check` shows all of it, with the codes of the requests."])
