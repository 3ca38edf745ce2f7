"""Shares and fractiles of many rounds, per group, tier and clock. Pure: the same facts give the same figures, in any order."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from notify.reports.clocks import TARGET_PERCENT, Clock, Judged, judged, limit_seconds
from notify.reports.endings import ending_of
from notify.reports.facts import By, Facts
from notify.reports.secrecy import ENDINGS, Key, secret_cells
from notify.reports.suppression import ALL
from shared.events.contract import Priority

FRACTILES: Final = (50, 90, 95, 99)
Grouping = Callable[[Facts, By], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One clock of one group and tier. `n` is what `share` is a share of; all but the names is None where it is `hidden`.

    A fractile is None also where it was not reached: so many of the n have not come to that point, and are late.
    """

    by: str
    group: str
    priority: str  # or "all", without fractiles: each tier has a limit and a calendar of its own
    clock: str
    limit_seconds: float | None
    target_percent: int
    hidden: bool
    n: int | None = None
    kept: int | None = None
    share: float | None = None
    holds: bool | None = None
    p50_seconds: float | None = None
    p90_seconds: float | None = None
    p95_seconds: float | None = None
    p99_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCount:
    """How many rounds of a group ended so."""

    by: str
    group: str
    ending: str
    hidden: bool
    n: int | None


def fractile(ordered: Sequence[float | None], percent: int) -> float | None:
    """The smallest of the values that at least `percent` of them do not exceed: always one that was measured, never one between
    two. `ordered` rises; None, which stands for "not reached", comes last."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


@dataclass(slots=True)
class _Tally:
    kept: int = 0
    seconds: list[float | None] = field(default_factory=list)

    def add(self, one: Judged) -> None:
        self.kept += one.kept
        self.seconds.append(one.seconds)

    def fractiles(self) -> dict[str, float | None]:
        ordered = sorted(self.seconds, key=lambda seconds: (seconds is None, seconds or 0.0))
        return {f"p{percent}_seconds": fractile(ordered, percent) for percent in FRACTILES}


def tables(
    facts: Iterable[Facts], sections: Sequence[By], group: Grouping, as_of: datetime
) -> tuple[list[Figure], list[EndingCount]]:
    """Of everybody, and of each group of each section; what nobody can be judged by is left out."""
    tallies: dict[Key, _Tally] = defaultdict(_Tally)
    ends: dict[Key, int] = defaultdict(int)
    for one in facts:
        priority, ending = one.round.priority.value, ending_of(one, as_of).value
        groups = [(ALL, ALL), *((by.value, group(one, by)) for by in sections)]
        for by, name in groups:
            for column in (ending, ALL):
                ends[by, name, column, ENDINGS] += 1
        for clock, found in judged(one, as_of):
            for by, name in groups:
                for column in (priority, ALL):
                    tallies[by, name, column, clock.value].add(found)
    names = [by.value for by in sections]
    secret_ends = secret_cells(ends, names)
    secret = secret_cells({key: len(tally.seconds) for key, tally in tallies.items()}, names, secret_ends)
    return (
        [_figure(key, tallies[key], hidden=key in secret) for key in sorted(tallies)],
        [_ending(key, ends[key], secret_ends) for key in sorted(ends)],
    )


def _figure(key: Key, tally: _Tally, *, hidden: bool) -> Figure:
    by, group, priority, clock = key
    bare = Figure(
        by=by,
        group=group,
        priority=priority,
        clock=clock,
        limit_seconds=None if priority == ALL else limit_seconds(Clock(clock), Priority(priority)),
        target_percent=TARGET_PERCENT,
        hidden=hidden,
    )
    if hidden:
        return bare
    n = len(tally.seconds)
    shown = replace(bare, n=n, kept=tally.kept, share=round(tally.kept / n, 4), holds=tally.kept * 100 >= TARGET_PERCENT * n)
    return shown if priority == ALL else replace(shown, **tally.fractiles())  # type: ignore[arg-type]


def _ending(key: Key, n: int, secret: Collection[Key]) -> EndingCount:
    by, group, ending, _ = key
    return EndingCount(by=by, group=group, ending=ending, hidden=key in secret, n=None if key in secret else n)
