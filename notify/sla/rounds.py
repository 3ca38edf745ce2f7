"""What an event says about our promises, and what a round of a request adds to the counts. Pure; times are the database's.

A *round* is one attempt to help: a request has one, and another for each reopening and each second visit. Figures are counted
once a round and never taken back, so that the series only ever grow: the first "yes" counts, a release is counted beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID

from notify.sla.line import Line
from shared.events.assignments import OfferKind
from shared.events.contract import Priority
from shared.events.registry import EventType
from shared.pauses import stops
from shared.service_levels import SERVICE_LEVELS, Stage, deadline, elapsed_seconds

# News may be on its way when a deadline passes: a stage counts as missed only after this.
GRACE: Final = timedelta(seconds=60)


class Reached(StrEnum):
    """The stages whose times are told as series."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ON_SCENE = "on_scene"
    DONE = "done"


PROMISE: Final[Mapping[Reached, Stage]] = {
    Reached.OFFERED: Stage.FIRST_OFFER,
    Reached.ACCEPTED: Stage.ACCEPT,
    Reached.ON_SCENE: Stage.ARRIVAL,
    Reached.DONE: Stage.RESOLVE,
}
_REACHED_BY: Final[Mapping[str, Reached]] = {
    EventType.OFFER_MADE: Reached.OFFERED,
    EventType.ASSIGNMENT_ACCEPTED: Reached.ACCEPTED,
    EventType.ASSIGNMENT_ON_SCENE: Reached.ON_SCENE,
    EventType.ASSIGNMENT_DONE: Reached.DONE,
}
_CLOSED_BY: Final = frozenset(
    {EventType.ASSIGNMENT_DONE, EventType.ASSIGNMENT_HANDED_OFF, EventType.JOB_CANCELLED, EventType.REQUEST_CANCELLED}
)
_ENDS_WITH: Final[Mapping[str, str]] = {
    EventType.ASSIGNMENT_HANDED_OFF: "handed_off",
    EventType.JOB_CANCELLED: "cancelled",
    EventType.REQUEST_CANCELLED: "cancelled",
}
_BEFORE_ANY_JOB: Final = 10**12  # what intake says is older than any job, and among itself in its order
_SERIES: Final = {"opened": "rounds", "late": "breaches", "release": "releases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The row. `job_version` below 0: only intake has spoken, and its newest word counts. `pauses`: from and until, in order, of
    those that stop the promises; `paused_until`: of one that runs."""

    request_id: UUID
    round: int
    job_version: int
    city: str
    commune_code: str | None
    category: str
    priority: Priority
    started_at: datetime
    reached: Mapping[Reached, datetime]
    closed_at: datetime | None = None
    outcome: str | None = None
    releases: int = 0
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    paused_until: datetime | None = None

    @property
    def key(self) -> tuple[UUID, int]:
        return self.request_id, self.round

    def due(self, stage: Reached) -> datetime:
        """With every pause that had begun by then."""
        held_seconds = 0.0
        due = self._due(stage, held_seconds)
        for since, until in self.pauses:
            if since >= due:
                break
            held_seconds += elapsed_seconds(self.priority, since, until)
            due = self._due(stage, held_seconds)
        return due

    def seconds(self, at: datetime, priority: Priority | None = None) -> float:
        """How much of the tier's clock had run then, without what stood still."""
        tier = priority or self.priority
        held = sum(elapsed_seconds(tier, since, min(until, at)) for since, until in self.pauses if since < at)
        return max(elapsed_seconds(tier, self.started_at, at) - held, 0.0)

    def _due(self, stage: Reached, held_seconds: float) -> datetime:
        found = deadline(self.priority, PROMISE[stage], self.started_at, held_seconds=held_seconds)
        if found is None:  # a tier without this promise: the tests of service_levels say there is none
            raise ValueError(f"{self.priority} promises nothing for {stage}")
        return found


def said_by(line: Line) -> Round | None:
    """What a line of the log says of its round; None: nothing."""
    if line.round is None:
        return None
    stage = _reached(line)
    return Round(
        request_id=line.request_id,
        round=line.round,
        job_version=line.version if line.job_id is not None else line.version - _BEFORE_ANY_JOB,
        city=line.city,
        commune_code=line.commune_code,
        category=line.category,
        priority=line.priority,
        started_at=line.started_at,
        reached={stage: line.at} if stage else {},
        closed_at=line.at if line.type in _CLOSED_BY else None,
        outcome=_outcome(line),
        releases=1 if line.type == EventType.ASSIGNMENT_RELEASED else 0,
        pauses=_pauses(line),
        paused_until=line.until if line.type == EventType.CLOCK_PAUSED and stops(line.reason, Stage.RESOLVE) else None,
    )


def merged(one: Round, other: Round) -> Round:
    """Both in one, whatever their order: the earliest of each time, the words of the newer."""
    newer = max(one, other, key=lambda r: r.job_version)
    reached = {
        stage: min(r.reached[stage] for r in (one, other) if stage in r.reached) for stage in {*one.reached, *other.reached}
    }
    closings = [r.closed_at for r in (one, other) if r.closed_at is not None]
    return replace(
        newer,
        started_at=min(one.started_at, other.started_at),
        reached=reached,
        closed_at=min(closings, default=None),
        outcome=newer.outcome or one.outcome or other.outcome,
        releases=one.releases + other.releases,
        pauses=tuple(sorted({*one.pauses, *other.pauses})),
    )


def by_round(contributions: Iterable[Round]) -> list[Round]:
    """One for each round, in the order of their keys: two batches never wait for each other."""
    rounds: dict[tuple[UUID, int], Round] = {}
    for found in contributions:
        rounds[found.key] = merged(rounds[found.key], found) if found.key in rounds else found
    return [rounds[key] for key in sorted(rounds)]


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """Something to add to one row of sla_counts. `label` is a bucket's limit, "sum", a stage or an outcome."""

    series: str
    priority: Priority
    label: str
    value: float = 1.0


@cache
def limits(stage: Reached) -> tuple[float, ...]:
    """The buckets of a stage: every tier's limit, and half of it to see how much room is left."""
    found = {level.seconds(PROMISE[stage]) for level in SERVICE_LEVELS.values()}
    return tuple(sorted({part for limit in found if limit is not None for part in (limit / 2, limit)}))


def bucket(stage: Reached, seconds: float) -> str:
    return next((f"{limit:g}" for limit in limits(stage) if seconds <= limit), "+Inf")


def news(known: Round, counted: frozenset[str], now: datetime) -> tuple[list[Count], frozenset[str], datetime | None]:
    """What to add to the counts, the marks of all that is counted then, and when to look again (None: never).

    A mark is a name and the tier under which it was counted, "accepted@P2": what was counted can be counted again from the round.
    """
    names = {name_of(mark) for mark in counted}
    fresh = [name for name in countable(known, now) if name not in names]
    marks = counted | {f"{name}@{known.priority}" for name in fresh}
    added = [count for name in fresh for count in counts_of(known, name, known.priority)]
    return added, marks, _look_again(known, frozenset(map(name_of, marks)), now)


def name_of(mark: str) -> str:
    return mark.partition("@")[0]


def counts_of(known: Round, name: str, priority: Priority) -> list[Count]:
    """What one mark stands for in the counts."""
    kind, _, label = name.partition(":")
    if kind in PROMISE:
        stage = Reached(kind)
        seconds = known.seconds(known.reached[stage], priority)
        return [Count(kind, priority, bucket(stage, seconds)), Count(kind, priority, "sum", seconds)]
    if kind == "ended":
        return [Count("outcomes", priority, known.outcome or "")]
    return [Count(_SERIES[kind], priority, label if kind == "late" else "")]


def countable(known: Round, now: datetime) -> list[str]:
    """The names of all that may be counted of it by now."""
    names = ["opened", *known.reached]
    names += [f"late:{stage}" for stage in PROMISE if is_late(known, stage, now)]
    names += [f"release:{number}" for number in range(known.releases)]
    return names + (["ended"] if known.outcome is not None else [])


def _reached(line: Line) -> Reached | None:
    stage = _REACHED_BY.get(line.type)
    if stage is Reached.OFFERED and line.offer_kind != OfferKind.VISIT:
        return None  # asking a lead is no help on its way
    return stage


def _outcome(line: Line) -> str | None:
    if line.type not in _CLOSED_BY:
        return None
    return _ENDS_WITH.get(line.type, line.outcome)


def _pauses(line: Line) -> tuple[tuple[datetime, datetime], ...]:
    held = line.type == EventType.CLOCK_RESUMED and line.since is not None and stops(line.reason, Stage.RESOLVE)
    return ((line.since, line.at),) if held and line.since is not None else ()


def is_late(known: Round, stage: Reached, now: datetime) -> bool:
    """Reached or closed after the deadline, or neither by now. Who was helped without a visit has no arrival to miss."""
    end, due = known.reached.get(stage) or known.closed_at, known.due(stage)
    if end is not None:
        return end > due
    return now > due + GRACE and (known.paused_until is None or now > known.paused_until + GRACE)


def _look_again(known: Round, names: frozenset[str], now: datetime) -> datetime | None:
    if known.closed_at is not None:
        return None
    # The promises of a tier end one after the other: the next that is open is the next that can be missed.
    stage = next((stage for stage in PROMISE if stage not in known.reached and f"late:{stage}" not in names), None)
    if stage is None:
        return None
    moment = max(known.due(stage), known.paused_until or now)
    return max(moment + GRACE, now) + timedelta(seconds=1)  # never at once: what is due now was just looked at
