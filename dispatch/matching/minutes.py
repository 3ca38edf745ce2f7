"""What speaks for and against each person at one moment, in minutes: the day's visits, silence, complaints. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dispatch.matching.people import People
from dispatch.matching.policy import Policy
from dispatch.matching.workload import hours_left, local_day

_COLUMNS: Final = ("counted_on", "accepted_today", "last_offered_at", "silence", "complained_at", "complaints")


def put_minutes(
    people: People, columns: Mapping[str, NDArray[Any]], policy: Policy, now: float, *, visits_an_hour: float = 0.0
) -> None:
    """`columns` of the roster; `visits_an_hour` of whoever is at work today. `people.shift_ends_at` is known."""
    column = {name: columns[name][people.row] for name in _COLUMNS}
    today = column["counted_on"] == local_day(now)
    yesterday = column["counted_on"] == local_day(now) - 1  # nobody has asked them anything today
    visits = column["accepted_today"] * (today + yesterday * policy.yesterday_share)
    people.last_offered_at[:] = column["last_offered_at"]
    people.today_minutes[:] = visits * policy.today_minutes
    to_come = visits_an_hour * hours_left(people.shift_ends_at, now)
    people.later_minutes[:] = to_come * policy.today_minutes * policy.later_share
    people.silence_minutes[:] = column["silence"] * policy.silence_minutes
    faded = np.maximum(1 - (now - column["complained_at"]) / policy.complaint_seconds, 0.0)
    people.complaint_minutes[:] = policy.complaint_minutes * np.minimum(column["complaints"], policy.complaints_most) * faded
