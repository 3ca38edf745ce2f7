"""What an event says about our promises, and what a round of a request adds to the counts. Pure; times are the database's.

A *round* is one attempt to help: a request has one, and another for each reopening and each second visit. Figures are counted
once a round and never taken back, so that the series only ever grow: the first "yes" counts, a release is counted beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.events.assignments import AssignmentChanged, JobState, OfferKind
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import RequestChanged
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
_REACHED_BY: Final = {
    EventType.OFFER_MADE: Reached.OFFERED,
    EventType.ASSIGNMENT_ACCEPTED: Reached.ACCEPTED,
    EventType.ASSIGNMENT_ON_SCENE: Reached.ON_SCENE,
    EventType.ASSIGNMENT_DONE: Reached.DONE,
}
_CLOSED_BY: Final = frozenset({EventType.ASSIGNMENT_DONE, EventType.ASSIGNMENT_HANDED_OFF, EventType.JOB_CANCELLED})
_ENDS_WITH: Final = {EventType.ASSIGNMENT_HANDED_OFF: "handed_off", EventType.JOB_CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The row. `job_version` -1: only intake has spoken."""

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

    @property
    def key(self) -> tuple[UUID, int]:
        return self.request_id, self.round

    def due(self, stage: Reached) -> datetime:
        found = deadline(self.priority, PROMISE[stage], self.started_at)
        if found is None:  # a tier without this promise: the tests of service_levels say there is none
            raise ValueError(f"{self.priority} promises nothing for {stage}")
        return found


def contribution(event: Event) -> Round | None:
    """What this event says of its round; None: nothing."""
    if isinstance(event.body, RequestChanged):
        return _of_request(event, event.body)
    if isinstance(event.body, AssignmentChanged):
        return _of_job(event, event.body)
    return None


def started_at(job: JobState) -> datetime:
    """The first round runs from filing; a later one from when its job was opened."""
    return job.filed_at if job.round == 0 else job.opened_at


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


def limits(stage: Reached) -> tuple[float, ...]:
    """The buckets of a stage: every tier's limit, and half of it to see how much room is left."""
    found = {level.seconds(PROMISE[stage]) for level in SERVICE_LEVELS.values()}
    return tuple(sorted({part for limit in found if limit is not None for part in (limit / 2, limit)}))


def bucket(stage: Reached, seconds: float) -> str:
    return next((f"{limit:g}" for limit in limits(stage) if seconds <= limit), "+Inf")


def news(known: Round, counted: frozenset[str], now: datetime) -> tuple[list[Count], frozenset[str], datetime | None]:
    """What to add to the counts, the marks of all that is counted then, and when to look again (None: never)."""
    marks: dict[str, list[Count]] = {"opened": [Count("rounds", known.priority, "")]}
    for stage, at in known.reached.items():
        seconds = elapsed_seconds(known.priority, known.started_at, at)
        marks[stage] = [
            Count(stage, known.priority, bucket(stage, seconds)),
            Count(stage, known.priority, "sum", seconds),
        ]
    for stage in Reached:
        if _is_late(known, stage, now):
            marks[f"late:{stage}"] = [Count("breaches", known.priority, stage)]
    for number in range(known.releases):
        marks[f"release:{number}"] = [Count("releases", known.priority, "")]
    if known.outcome is not None:
        marks["ended"] = [Count("outcomes", known.priority, known.outcome)]
    fresh = [count for mark, counts in marks.items() if mark not in counted for count in counts]
    return fresh, counted | marks.keys(), _look_again(known, counted | marks.keys(), now)


def _of_request(event: Event, body: RequestChanged) -> Round | None:
    request = body.request
    if request.reopened:  # later rounds begin when dispatch opens their job
        return None
    cancelled = event.type is EventType.REQUEST_CANCELLED
    return Round(
        request_id=request.request_id,
        round=0,
        job_version=-1,
        city=request.city,
        commune_code=request.commune_code,
        category=request.category,
        priority=request.priority,
        started_at=request.filed_at,
        reached={},
        closed_at=event.time if cancelled else None,
        outcome="cancelled" if cancelled else None,
    )


def _of_job(event: Event, body: AssignmentChanged) -> Round:
    job, stage = body.job, _REACHED_BY.get(event.type)
    if stage is Reached.OFFERED and (body.offer is None or body.offer.kind is not OfferKind.VISIT):
        stage = None  # asking a lead is no help on its way
    ended = event.type in _CLOSED_BY
    return Round(
        request_id=job.request_id,
        round=job.round,
        job_version=job.version,
        city=job.city,
        commune_code=job.commune_code,
        category=job.category,
        priority=job.priority,
        started_at=started_at(job),
        reached={stage: event.time} if stage else {},
        closed_at=event.time if ended else None,
        outcome=_ENDS_WITH.get(event.type, job.outcome) if ended else None,
        releases=1 if event.type is EventType.ASSIGNMENT_RELEASED else 0,
    )


def _is_late(known: Round, stage: Reached, now: datetime) -> bool:
    """Reached or closed after the deadline, or neither by now. Who was helped without a visit has no arrival to miss."""
    end = known.reached.get(stage) or known.closed_at
    due = known.due(stage)
    return end > due if end is not None else now > due + GRACE


def _look_again(known: Round, marks: frozenset[str], now: datetime) -> datetime | None:
    if known.closed_at is not None:
        return None
    open_stages = [stage for stage in Reached if stage not in known.reached and f"late:{stage}" not in marks]
    # Never at once: what is due now was just looked at.
    return min((max(known.due(stage) + GRACE, now) + timedelta(seconds=1) for stage in open_stages), default=None)
