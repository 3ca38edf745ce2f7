"""What the campaign is judged by: shares that others counted and we imported, and our own speed, against targets. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from notify.reports.campaign import Campaign, Measure
from notify.reports.clocks import Clock
from notify.reports.facts import NOWHERE, By, group_of_day
from notify.reports.figures import Figure
from notify.reports.suppression import ALL, hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRow:
    """Of one day and place, `good` of `n`. `commune_code` "": of the whole city, in addition to what communes tell."""

    measure: str
    day: date
    commune_code: str
    n: int
    good: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    by: str
    group: str
    measure: str
    target_percent: float | None  # None: nothing was set
    hidden: bool
    n: int | None = None
    share: float | None = None
    holds: bool | None = None


SECTIONS = (By.COMMUNE, By.DAY, By.WEEK, By.PHASE)  # what an imported row can be broken down by


def kpis(
    rows: Sequence[KpiRow], ours: Iterable[Figure], sections: Sequence[By], campaign: Campaign, phase: str | None
) -> list[Kpi]:
    """`ours`: the figures of the same report; `phase`: which one it is about, for its targets."""
    found = [_of_ours(figure, campaign, phase) for figure in ours if figure.clock == Clock.DONE and figure.priority == ALL]
    for measure in sorted({row.measure for row in rows}):
        of_measure = [row for row in rows if row.measure == measure]
        found += _imported(measure, of_measure, [by for by in sections if by in SECTIONS], campaign, phase)
    return sorted(found, key=lambda one: (one.by, one.group, one.measure))


def _of_ours(figure: Figure, campaign: Campaign, phase: str | None) -> Kpi:
    target = _target(Measure.RESOLUTION, figure.by, figure.group, campaign, phase)
    good = figure.kept
    return _kpi(
        figure.by, figure.group, Measure.RESOLUTION, target, None if figure.n is None or good is None else (good, figure.n)
    )


def _imported(measure: str, rows: Sequence[KpiRow], sections: Sequence[By], campaign: Campaign, phase: str | None) -> list[Kpi]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        for by, group in [(ALL, ALL), *((by.value, _group(row, by, campaign)) for by in sections)]:
            sums[by, group][0] += row.good
            sums[by, group][1] += row.n
    secret = {cell for by in sections for cell in _secret(sums, by.value)} or _secret(sums, ALL)
    return [
        _kpi(by, group, measure, _target(measure, by, group, campaign, phase), None if (by, group) in secret else (good, n))
        for (by, group), (good, n) in sums.items()
        if n
    ]


def _secret(sums: dict[tuple[str, str], list[int]], section: str) -> set[tuple[str, str]]:
    cells = hidden({(group, "n"): n for (by, group), (_, n) in sums.items() if by == section and n})
    return {(ALL, ALL) if group == ALL else (section, group) for group, _ in cells}


def _group(row: KpiRow, by: By, campaign: Campaign) -> str:
    return row.commune_code or NOWHERE if by is By.COMMUNE else group_of_day(row.day, by, campaign)


def _target(measure: str, by: str, group: str, campaign: Campaign, phase: str | None) -> float | None:
    return campaign.target(measure, group if by == By.PHASE else phase)


def _kpi(by: str, group: str, measure: str, target: float | None, counted: tuple[int, int] | None) -> Kpi:
    bare = Kpi(by=by, group=group, measure=measure, target_percent=target, hidden=counted is None)
    if counted is None:
        return bare
    good, n = counted
    holds = None if target is None else good * 100 >= target * n
    return Kpi(
        by=by, group=group, measure=measure, target_percent=target, hidden=False, n=n, share=round(good / n, 4), holds=holds
    )
