"""A report as one plain document: what was asked, how it was counted, every row. Pure; all formats are written from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from notify.reports.campaign import Campaign
from notify.reports.definitions import DEFINITIONS
from notify.reports.facts import By, Facts, Stop, group_of
from notify.reports.figures import tables
from notify.reports.kpi import KpiRow, kpis
from notify.reports.suppression import ALL, FEWEST
from shared.calendar import OFFICE_HOURS
from shared.errors import Invalid, NotYours
from shared.pauses import PAUSES, Pause

LONGEST: Final = timedelta(days=366)
FORM: Final = 1  # of the document; raised when what is there already changes its meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`since` and `until`: local days, both included."""

    city: str
    since: date
    until: date
    phase: str | None = None
    by: tuple[By, ...] = ()

    @property
    def begins_at(self) -> datetime:
        return _midnight(self.since)

    @property
    def ends_at(self) -> datetime:
        return _midnight(self.until + timedelta(days=1))


def question(
    campaign: Campaign, city: str, *, phase: str | None, since: date | None, until: date | None, by: Sequence[str]
) -> Question:
    """Raises Invalid. A phase, or the days from and until; each way to break it down once, in an order of ours."""
    found = campaign.phase(phase) if phase else None
    if phase and found is None:
        names = ", ".join(one.name for one in campaign.phases) or "none is set"
        raise Invalid("phase", f"is no phase of this campaign ({names})")
    if found is not None and (since or until):
        raise Invalid("phase", "says the days itself; leave since and until out")
    if found is None and (since is None or until is None):
        raise Invalid("phase", "name a phase, or give since and until, e.g. 2026-11-16 and 2026-11-30")
    first, last = (found.since, found.until) if found else (since, until)
    assert first is not None  # noqa: S101 - shown above
    assert last is not None  # noqa: S101 - same
    if last < first:
        raise Invalid("until", "must not be before since")
    if last - first > LONGEST:
        raise Invalid("until", f"at most {LONGEST.days} days at a time")
    wanted = {_by(name) for name in by}
    return Question(city=city, since=first, until=last, phase=phase, by=tuple(one for one in By if one in wanted))


def document(
    asked: Question, facts: Sequence[Facts], rows: Sequence[KpiRow], campaign: Campaign, *, as_of: datetime, code: str
) -> dict[str, Any]:
    """Plain values only: the same facts give the same document, byte for byte once it is canonical."""

    def group(one: Facts, by: By) -> str:
        return group_of(one, by, campaign)

    figures, endings = tables(facts, asked.by, group, as_of)
    return {
        "form": FORM,
        "city": asked.city,
        "phase": asked.phase,
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "by": [by.value for by in asked.by],
        "as_of": as_of.astimezone(UTC).isoformat(),
        "over": asked.ends_at <= as_of,
        "code": code,
        "definitions": {name: en for name, (_, en) in DEFINITIONS.items()},
        "definitions_vi": {name: vi for name, (vi, _) in DEFINITIONS.items()},
        "figures": [asdict(figure) for figure in figures],
        "endings": [asdict(ending) for ending in endings],
        "pauses": _pauses(facts, as_of),
        "kpis": [asdict(kpi) for kpi in kpis(rows, figures, asked.by, campaign, asked.phase)],
    }


def of_commune(found: Mapping[str, Any], commune_code: str | None) -> dict[str, Any]:
    """What concerns one ward: its own rows and the city's. What is hidden was decided over all of them."""
    if commune_code is None:
        return dict(found)
    ours = {name: [row for row in found[name] if _concerns(row, commune_code)] for name in ("figures", "endings", "kpis")}
    return {**found, **ours, "commune": commune_code}


def check_ward(asked: Question, commune_code: str | None) -> None:
    """A ward lead sees their ward and the city's total. Other groups of the whole city are not theirs. Raises NotYours."""
    if commune_code is not None and not set(asked.by) <= {By.COMMUNE}:
        raise NotYours("another_commune", "a ward lead sees their own commune and the city's total: by=commune")


def _concerns(row: Mapping[str, Any], commune_code: str) -> bool:
    return (row["by"], row["group"]) in {(ALL, ALL), (By.COMMUNE.value, commune_code)}


def _pauses(facts: Sequence[Facts], as_of: datetime) -> list[dict[str, Any]]:
    """Why rounds stood still, how often, how long in all, and how long one may."""
    of_reason: dict[str, list[Stop]] = defaultdict(list)
    for one in facts:
        for stop in one.stops:
            of_reason[stop.reason].append(stop)
    return [
        {
            "reason": reason,
            "cap_seconds": PAUSES[Pause(reason)].cap_seconds if reason in set(Pause) else None,
            "hidden": len(stops) < FEWEST,
            "n": None if len(stops) < FEWEST else len(stops),
            "hours": None if len(stops) < FEWEST else round(sum(map(_seconds(as_of), stops)) / 3600, 1),
        }
        for reason, stops in sorted(of_reason.items())
    ]


def _seconds(as_of: datetime) -> Any:
    return lambda stop: max(((stop.until or as_of) - stop.since).total_seconds(), 0.0)


def _by(name: str) -> By:
    if name not in set(By):
        raise Invalid("by", f"must be one of {', '.join(By)}")
    return By(name)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_HOURS.timezone).astimezone(UTC)
