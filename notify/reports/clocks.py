"""Each clock of a report on one round: was the promise kept, and how long did it take by the clock of the tier? Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from notify.reports.endings import Ending, ending_of
from notify.reports.facts import Facts
from notify.sla.rounds import GRACE, PROMISE, Reached, is_late
from shared.events.contract import Priority
from shared.pauses import stops
from shared.service_levels import SERVICE_LEVELS, Stage, elapsed_seconds

TARGET_PERCENT: Final = 90  # of every promise of the service levels


class Clock(StrEnum):
    """All run from filing, of a later round from its opening; on 24 hours or staffed hours, as the tier says, without pauses."""

    FIRST_OFFER = "first_offer"
    ACCEPTED = "accepted"
    ON_SCENE = "on_scene"  # or the remote session began
    DONE = "done"  # with whatever outcome
    DONE_CONFIRMED = "done_confirmed"  # of those solved, whom the resident confirmed
    DONE_UNCONFIRMED = "done_unconfirmed"  # … whom nobody confirmed: closed after three days of silence
    NEWS = "news"  # the longest time without a word to the resident, until somebody is there


_STAGES: Final = {
    Clock.FIRST_OFFER: Reached.OFFERED,
    Clock.ACCEPTED: Reached.ACCEPTED,
    Clock.ON_SCENE: Reached.ON_SCENE,
    Clock.DONE: Reached.DONE,
    Clock.DONE_CONFIRMED: Reached.DONE,
    Clock.DONE_UNCONFIRMED: Reached.DONE,
}
_ENDING: Final = {Clock.DONE_CONFIRMED: Ending.CONFIRMED, Clock.DONE_UNCONFIRMED: Ending.UNCONFIRMED}


@dataclass(frozen=True, slots=True)
class Judged:
    """`seconds` None: not reached, and late; it counts as longer than everything."""

    kept: bool
    seconds: float | None


def limit_seconds(clock: Clock, priority: Priority) -> float | None:
    """None: this tier promises nothing."""
    stage = Stage.NEWS if clock is Clock.NEWS else PROMISE[_STAGES[clock]]
    return SERVICE_LEVELS[priority].seconds(stage)


def judged(facts: Facts, as_of: datetime) -> Iterator[tuple[Clock, Judged]]:
    """Of each clock that can be judged by then. Neither kept nor broken: still in time, or ended in time without it."""
    ending = ending_of(facts, as_of)
    by_stage = {stage: _stage(facts, stage, as_of) for stage in Reached}
    for clock, stage in _STAGES.items():
        found = by_stage[stage]
        if found is not None and _ENDING.get(clock, ending) is ending:
            yield clock, found
    news = _news(facts, as_of)
    if news is not None:
        yield Clock.NEWS, news


def _stage(facts: Facts, stage: Reached, as_of: datetime) -> Judged | None:
    """As the counters behind the metrics judge it."""
    known = facts.round
    at = known.reached.get(stage)
    if is_late(known, stage, as_of):
        return Judged(kept=False, seconds=None if at is None else _rounded(known.seconds(at)))
    return None if at is None else Judged(kept=True, seconds=_rounded(known.seconds(at)))


def _news(facts: Facts, as_of: datetime) -> Judged | None:
    """A word that is due leaves by a timer, so it may be a little late: GRACE."""
    limit = limit_seconds(Clock.NEWS, facts.round.priority)
    if limit is None or facts.told_at is None:
        return None
    known = facts.round
    ends = [at for at in (known.reached.get(Reached.ON_SCENE), known.closed_at, facts.frozen_at) if at is not None]
    end = min(ends, default=as_of)
    words = [known.started_at, *(at for at in sorted(facts.told_at) if known.started_at < at < end), end]
    longest = max(_silent(facts, since, until) for since, until in pairwise(words))
    if not ends and longest <= limit + GRACE.total_seconds():
        return None  # it goes on, and nothing is broken yet
    return Judged(kept=longest <= limit + GRACE.total_seconds(), seconds=_rounded(longest))


def _silent(facts: Facts, since: datetime, until: datetime) -> float:
    """On the clock of the tier, without pauses of which the resident was told until when nothing will be said."""
    tier = facts.round.priority
    held = 0.0
    for stop in facts.stops:
        begins, ends = max(stop.since, since), min(stop.until or until, until)
        if stops(stop.reason, Stage.NEWS) and begins < ends:
            held += elapsed_seconds(tier, begins, ends)
    return max(elapsed_seconds(tier, since, until) - held, 0.0)


def _rounded(seconds: float) -> float:
    """To the millisecond: what a sum of floats adds below it is nobody's time."""
    return round(seconds, 3)
