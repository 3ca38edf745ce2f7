"""Is what is stored what the log says? A round, its marks and the counts, made again from the lines by the same code. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from notify.sla.line import ADDED_LATER, Line
from notify.sla.rounds import Round, by_round, countable, counts_of, name_of, said_by
from shared.events.contract import Priority

_FIGURES: Final = ("started_at", "closed_at", "outcome", "releases", "priority", "category", "commune_code", "pauses")
_ON_ITS_WAY: Final = timedelta(seconds=60)
_CLOSE: Final = 1e-6  # of sums of seconds, which were added in another order


@dataclass(frozen=True, slots=True)
class Difference:
    """`subject` is "request/round", or a series of the counts."""

    subject: str
    figure: str
    stored: str
    recomputed: str


@dataclass(slots=True)
class LogProof:
    """The log itself against what the transport still has. `waiting`: events so young that they may be on their way."""

    now: datetime
    events: int = 0
    waiting: int = 0
    unreadable: int = 0  # dead letters, not figures
    differences: list[Difference] = field(default_factory=list)
    _seen: set[UUID] = field(default_factory=set)

    def look_at(self, lines: Sequence[Line], stored: Mapping[UUID, Line]) -> None:
        for line in lines:
            self.events += line.event_id not in self._seen  # a relay may publish twice
            self._seen.add(line.event_id)
            kept = stored.get(line.event_id)
            if kept is None and self.now - line.at < _ON_ITS_WAY:
                self.waiting += 1
            elif kept is None or kept != _as_kept(line, kept):
                self.differences.append(_of_lines(line, kept))

    def look_at_surplus(self, event_ids: Iterable[UUID]) -> None:
        """Lines of the log from a time of which the transport still has everything."""
        self.differences += [
            Difference(f"event {event_id}", "event", "in the log", "not in the transport")
            for event_id in event_ids
            if event_id not in self._seen
        ]


def _as_kept(line: Line, kept: Line) -> Line:
    """What a line from before they were kept cannot say is no difference."""
    if any(getattr(kept, name) is not None for name in ADDED_LATER):
        return line
    return replace(line, **dict.fromkeys(ADDED_LATER))  # type: ignore[arg-type]


def _of_lines(line: Line, kept: Line | None) -> Difference:
    if kept is None:
        return Difference(f"event {line.event_id}", "event", "", f"{line.type} of {line.at.isoformat()}")
    names = [name for name in Line.__slots__ if getattr(line, name) != getattr(kept, name)]
    was, is_ = (", ".join(_text(getattr(one, name)) for name in names) for one in (kept, line))
    return Difference(f"event {line.event_id}", ", ".join(names), was, is_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A row of sla_rounds."""

    round: Round
    counted: frozenset[str]
    check_at: datetime | None


@dataclass(slots=True)
class Proof:
    """Fed with a round at a time. `waiting`: rounds that have not been counted yet; `late_news`: breaches that were counted
    before the news came that there was none, which stay."""

    now: datetime
    rounds: int = 0
    events: int = 0
    waiting: int = 0
    late_news: int = 0
    differences: list[Difference] = field(default_factory=list)
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def look_at(self, lines: Sequence[Line], stored: Stored | None) -> None:
        """All lines of one round, and what is stored of it."""
        self.events += len(lines)
        known = next(iter(by_round(said for line in lines if (said := said_by(line)) is not None)), None)
        if known is None and stored is None:
            return
        self.rounds += 1
        found = known or (stored.round if stored else None)
        subject = f"{found.request_id}/{found.round}" if found else ""
        if known is None or stored is None:
            self.differences.append(Difference(subject, "round", _is(stored is not None), _is(known is not None)))
            return
        self.differences += _figures(subject, known, stored.round)
        self._marks(subject, known, stored, {line.priority for line in lines})

    def look_at_counts(self, stored: Mapping[tuple[str, str, str], float]) -> None:
        """After the last round: the series that Prometheus reads are what the marks add up to."""
        for key in sorted({*stored, *self.counted}):
            was, is_ = stored.get(key, 0.0), self.counted.get(key, 0.0)
            if abs(was - is_) > _CLOSE * max(abs(was), abs(is_), 1.0):
                self.differences.append(Difference("/".join(key), "count", f"{was:g}", f"{is_:g}"))

    def _marks(self, subject: str, known: Round, stored: Stored, tiers: set[Priority]) -> None:
        expected, names = set(countable(known, self.now)), {name_of(mark) for mark in stored.counted}
        uncounted = stored.check_at is not None and stored.check_at <= self.now
        self.waiting += uncounted
        if expected - names and not uncounted:
            self.differences.append(Difference(subject, "not counted", "", _words(expected - names)))
        surplus = names - expected
        late = {name for name in surplus if name.startswith("late:")}
        self.late_news += len(late)
        if surplus - late:
            self.differences.append(Difference(subject, "counted", _words(surplus - late), ""))
        for mark in stored.counted:
            name, _, tier = mark.partition("@")
            if tier not in tiers:
                self.differences.append(Difference(subject, "counted under", mark, _words(tiers)))
            elif name not in surplus - late:
                for count in counts_of(known, name, Priority(tier)):
                    self.counted[str(count.series), str(count.priority), str(count.label)] += count.value  # type: ignore[assignment]


def _figures(subject: str, known: Round, stored: Round) -> Iterator[Difference]:
    pairs = [(name, getattr(stored, name), getattr(known, name)) for name in _FIGURES]
    pairs += [(stage, stored.reached.get(stage), known.reached.get(stage)) for stage in {*stored.reached, *known.reached}]
    for name, was, is_ in pairs:
        if was != is_:
            yield Difference(subject, str(name), _text(was), _text(is_))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)


def _words(names: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, names)))


def _is(there: bool) -> str:
    return "there" if there else "missing"
