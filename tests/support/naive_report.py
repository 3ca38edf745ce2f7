"""A report made again as simply as possible: from the events, minute by minute, without SQL and the code that it checks.

Times of the events are whole minutes, so that counting minutes is exact.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from shared.calendar import OFFICE_HOURS
from shared.events.assignments import AssignmentChanged, OfferKind
from shared.events.contract import Priority, Role
from shared.events.envelope import Event
from shared.events.registry import EventType

MINUTE = timedelta(minutes=1)
LIMITS = {  # DESIGN 8, written down once more
    "first_offer": {"P1": 30, "P2": 60, "P3": 300, "P4": 900},
    "accepted": {"P1": 300, "P2": 900, "P3": 3600, "P4": 8 * 3600},
    "on_scene": {"P1": 1800, "P2": 7200, "P3": 8 * 3600, "P4": 50 * 3600},
    "done": {"P1": 4 * 3600, "P2": 8 * 3600, "P3": 20 * 3600, "P4": 50 * 3600},
}
REACHED = {
    "first_offer": EventType.OFFER_MADE,
    "accepted": EventType.ASSIGNMENT_ACCEPTED,
    "on_scene": EventType.ASSIGNMENT_ON_SCENE,
    "done": EventType.ASSIGNMENT_DONE,
}
ENDS = (EventType.ASSIGNMENT_DONE, EventType.ASSIGNMENT_HANDED_OFF, EventType.JOB_CANCELLED)
STAND_STILL = ("resident_later", "waiting_office")
GRACE = 60


@dataclass
class Life:
    """All events of one round."""

    filed: Event
    events: list[Event] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        body: Any = self.events[0].body if self.events else self.filed.body
        if isinstance(body, AssignmentChanged) and body.job.round:
            return body.job.opened_at
        request: Any = self.filed.body
        return request.request.filed_at  # type: ignore[no-any-return]

    @property
    def priority(self) -> Priority:
        last: Any = max(self.events, key=lambda event: event.version, default=self.filed).body
        return (last.job if isinstance(last, AssignmentChanged) else last.request).priority  # type: ignore[no-any-return]

    def first(self, *kinds: EventType) -> datetime | None:
        return min((event.time for event in self.events if event.type in kinds and not _asks_a_lead(event)), default=None)


def _asks_a_lead(event: Event) -> bool:
    body: Any = event.body
    return event.type is EventType.OFFER_MADE and body.offer.kind is not OfferKind.VISIT


def naive(events: Iterable[Event], as_of: datetime) -> dict[tuple[str, str], list[tuple[bool, float | None]]]:
    """(tier, clock) → of each round that can be judged: whether it was kept, and the seconds."""
    found: dict[tuple[str, str], list[tuple[bool, float | None]]] = defaultdict(list)
    for life in lives(events, as_of):
        for clock, kind in REACHED.items():
            told = _judged(life, clock, kind, as_of)
            if told is not None:
                found[life.priority.value, clock].append(told)
        news = _news(life, as_of)
        if news is not None:
            found[life.priority.value, "news"].append(news)
    return found


def lives(events: Iterable[Event], as_of: datetime) -> list[Life]:
    known: dict[tuple[Any, int], Life] = {}
    told = sorted({event.id: event for event in events if event.time <= as_of}.values(), key=lambda event: event.version)
    filed = {event.key: event for event in told if event.type is EventType.REQUEST_FILED}
    for key, event in filed.items():
        known[key, 0] = Life(filed=event)
    for event in told:
        if isinstance(event.body, AssignmentChanged):
            known.setdefault((event.key, event.body.job.round), Life(filed=filed[event.key])).events.append(event)
    return list(known.values())


def _judged(life: Life, clock: str, kind: EventType, as_of: datetime) -> tuple[bool, float | None] | None:
    at, closed = life.first(kind), life.first(*ENDS)
    due = _due(life, LIMITS[clock][life.priority.value], as_of)
    if at is not None:
        return at <= due, _ran(life, at)
    if closed is not None:
        return (False, None) if closed > due else None
    paused = _paused_until(life)
    stands = paused is not None and as_of <= paused + timedelta(seconds=GRACE)
    return (False, None) if as_of > due + timedelta(seconds=GRACE) and not stands else None


def _due(life: Life, limit: int, as_of: datetime) -> datetime:
    """When the clock has run that long; anything after `as_of` is never."""
    ran, moment = 0, life.began
    while moment <= as_of:
        if _stands_still(life, moment) or not _runs(life.priority, moment):
            moment += MINUTE
        elif ran + 60 >= limit:
            return moment + timedelta(seconds=limit - ran)
        else:
            ran, moment = ran + 60, moment + MINUTE
    return as_of + MINUTE


def _paused_until(life: Life) -> datetime | None:
    last: Any = max(life.events, key=lambda event: event.version, default=None)
    if last is None or last.type is not EventType.CLOCK_PAUSED or last.body.reason not in STAND_STILL:
        return None
    return last.body.until  # type: ignore[no-any-return]


def _ran(life: Life, at: datetime) -> float:
    """Minute by minute: does the clock of this tier run in it?"""
    minutes, moment = 0, life.began
    while moment < at:
        minutes += _runs(life.priority, moment) and not _stands_still(life, moment)
        moment += MINUTE
    return minutes * 60.0


def _stands_still(life: Life, moment: datetime) -> bool:
    over: list[Any] = [event for event in life.events if event.type is EventType.CLOCK_RESUMED]
    return any(event.body.since <= moment < event.time for event in over if event.body.reason in STAND_STILL)


_OPEN: dict[datetime, bool] = {}


def _runs(priority: Priority, moment: datetime) -> bool:
    if priority in {Priority.P1, Priority.P2}:
        return True
    if moment not in _OPEN:
        _OPEN[moment] = OFFICE_HOURS.is_open(moment)
    return _OPEN[moment]


def _news(life: Life, as_of: datetime) -> tuple[bool, float | None] | None:
    limit = {"P1": 900, "P2": 3600, "P3": 36000, "P4": None}[life.priority.value]
    if limit is None:
        return None
    end = life.first(*ENDS, EventType.ASSIGNMENT_ON_SCENE)
    words = [life.began, *sorted(_told(life.events)), *([end] if end else [])]
    words = [word for word in words if word <= (end or as_of)] + ([] if end else [as_of])
    silences = [_silence(life, since, until) for since, until in pairwise(words)]
    longest = max(silences, default=0.0)
    if end is None and longest <= limit + GRACE:
        return None
    return longest <= limit + GRACE, longest


def _told(events: Sequence[Event]) -> list[datetime]:
    bodies: list[tuple[datetime, Any]] = [(event.time, event.body) for event in events]
    return [at for at, body in bodies if any(one.role is Role.RESIDENT for one in body.recipients)]


def _silence(life: Life, since: datetime, until: datetime) -> float:
    """Nobody expects a word while they themselves asked for later."""
    minutes, moment = 0, since
    quiet = _quiet(life)
    while moment < until:
        minutes += _runs(life.priority, moment) and not any(begin <= moment < end for begin, end in quiet)
        moment += MINUTE
    return minutes * 60.0


def _quiet(life: Life) -> list[tuple[datetime, datetime]]:
    ended = [
        (e.body.since, e.time)  # type: ignore[attr-defined]
        for e in life.events
        if e.type is EventType.CLOCK_RESUMED and e.body.reason == "resident_later"  # type: ignore[attr-defined]
    ]
    last: Any = max(life.events, key=lambda event: event.version, default=None)
    running = last is not None and last.type is EventType.CLOCK_PAUSED and last.body.reason == "resident_later"
    return [*ended, *([(last.body.since, datetime.max.replace(tzinfo=last.time.tzinfo))] if running else [])]
