"""The reachability drill: each phone of the roster is asked once a month whether anybody is there. When, how many, who is out.

No I/O, `now` is handed in. A phone that is silent is not asked for jobs until anything comes from it. It must have been silent by
itself: what never left, left too late, or met a network that lost it, is counted against nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Final
from uuid import UUID

from dispatch.shifts.confirming import NOT_THEIRS
from dispatch.shifts.shift import DAY, LOCAL, moment_of
from shared.calendar import OFFICE_HOURS, StaffedHours
from shared.events.messages import FailureReason

FROM: Final = time(9)  # people are asked between these hours, local, on working days
UNTIL: Final = time(17)
STEP: Final = timedelta(minutes=10)  # so far apart a few are asked: a carrier has other things to carry
STEPS_A_DAY: Final = 48
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
ANSWER_DAYS: Final = 3  # whoever is away for a weekend has not gone
FAIR: Final = timedelta(hours=24)  # what left later than so long before its end was hardly asked


class DrillStatus(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"  # by a person: nobody is asked and nobody is counted out; may go on within the month
    OVER = "over"


class AskStatus(StrEnum):
    PLANNED = "planned"  # not yet asked
    ASKED = "asked"
    ANSWERED = "answered"  # to this, or to anything else since
    SILENT = "silent"  # out of matching until they answer anything
    SPARED = "spared"  # silent, too, but so many were that it was not counted
    UNSENT = "unsent"  # it did not reach them because of us
    OVER = "over"  # the drill was stopped, or the person erased, in between


@dataclass(frozen=True, slots=True)
class Rules:
    days: int = 5  # over so many working days
    most_out: float = 0.1  # of a commune's phones, all drills together: a network that is down must not empty a ward
    least_answered: float = 0.2  # of all asked so far: with fewer it is the drill that failed, not the people


@dataclass(frozen=True, slots=True)
class Asked:
    """`heard`: anything came from there since. `heard_at`: the last yes or no to an offer; None: never. `out`: already before."""

    id: UUID
    contact_point_id: UUID
    answer_by: datetime
    submitted_at: datetime | None
    reason: FailureReason | None
    heard: bool
    heard_at: datetime | None
    out: bool = False


@dataclass(frozen=True, slots=True)
class Ward:
    """`phones` of a commune that could be asked, `out` by drills already."""

    phones: int
    out: int


def judged(asks: Sequence[Asked], ward: Ward, rules: Rules, *, doubted: bool) -> dict[UUID, AskStatus]:
    """Of one commune whose time is over. Those go first of whom nothing was heard for longest."""
    found = {ask.id: _by_itself(ask) for ask in asks}
    silent = [ask for ask in asks if found[ask.id] is AskStatus.SILENT and not ask.out]
    room = 0 if doubted else max(0, int(ward.phones * rules.most_out) - ward.out)
    for ask in sorted(silent, key=lambda ask: (ask.heard_at or NEVER, ask.id))[room:]:
        found[ask.id] = AskStatus.SPARED
    return found


def is_doubted(asked: int, answered: int, rules: Rules) -> bool:
    """Whether so few have answered that nobody is to blame."""
    return answered < asked * rules.least_answered


def a_day(phones: int, rules: Rules) -> int:
    return ceil(phones / rules.days)


def at_once(phones_a_day: int) -> int:
    """How many are asked in one step."""
    return ceil(phones_a_day / STEPS_A_DAY)


def next_step(now: datetime, calendar: StaffedHours = OFFICE_HOURS) -> datetime:
    """Now, or the next moment at which people may be asked."""
    day = now.astimezone(LOCAL).date()
    if calendar.is_staffed_day(day) and now < moment_of(day, UNTIL, LOCAL):
        return max(now, moment_of(day, FROM, LOCAL))
    day += DAY
    while not calendar.is_staffed_day(day):
        day += DAY
    return moment_of(day, FROM, LOCAL)


def days_of(now: datetime, phones: int, rules: Rules) -> list[tuple[date, int]]:
    """On which days how many, if nothing comes in between."""
    found: list[tuple[date, int]] = []
    cap, left, at = a_day(phones, rules), phones, next_step(now)
    while left:
        day = at.astimezone(LOCAL).date()
        steps = ceil((moment_of(day, UNTIL, LOCAL) - at) / STEP)
        many = min(left, cap, steps * at_once(cap))
        found.append((day, many))
        left, at = left - many, next_step(moment_of(day, UNTIL, LOCAL))
    return found


def answer_by(asked_at: datetime) -> datetime:
    """For all of one day the same moment, by day: then those who were silent hear of it."""
    return moment_of(asked_at.astimezone(LOCAL).date() + ANSWER_DAYS * DAY, UNTIL, LOCAL)


def first_of_month(now: datetime) -> date:
    return now.astimezone(LOCAL).date().replace(day=1)


def start_of_day(now: datetime) -> datetime:
    return moment_of(now.astimezone(LOCAL).date(), time(0), LOCAL)


def _by_itself(ask: Asked) -> AskStatus:
    if ask.heard:
        return AskStatus.ANSWERED
    if ask.reason is not None:
        return AskStatus.UNSENT if ask.reason in NOT_THEIRS else AskStatus.SILENT
    fair = ask.submitted_at is not None and ask.submitted_at <= ask.answer_by - FAIR
    return AskStatus.SILENT if fair else AskStatus.UNSENT
