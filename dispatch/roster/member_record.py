"""What somebody of a team has done: visits, hours, courses, as a certificate says it. Pure; counted from visits, kept nowhere.

Hours run from "there" to "done". Who forgets to write "done" is not credited a night: a visit counts for at most four hours. One
without either time is a visit without hours.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

MOST_A_VISIT: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Visit:
    """One that is over, with its outcome."""

    outcome: str
    on_scene_at: datetime | None
    done_at: datetime

    @property
    def credit(self) -> timedelta | None:
        if self.on_scene_at is None:
            return None
        return min(max(self.done_at - self.on_scene_at, timedelta()), MOST_A_VISIT)


def record(member: Mapping[str, Any], visits: Sequence[Visit]) -> dict[str, Any]:
    """`member`: who it is, as the query `member` has it. `visits` in the order of time."""
    credits_ = [visit.credit for visit in visits]
    known = [credit for credit in credits_ if credit is not None]
    return {
        **member,
        "jobs": len(visits),
        "outcomes": dict(sorted(Counter(visit.outcome for visit in visits).items())),
        "hours": round(sum(known, timedelta()).total_seconds() / 3600, 2),
        "without_hours": len(credits_) - len(known),
        "first_at": visits[0].done_at if visits else None,
        "last_at": visits[-1].done_at if visits else None,
    }
