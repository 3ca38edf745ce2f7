"""One run as lines of a table, so that policies stand side by side. Only names and numbers; who prints them decides how."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dispatch.simulation.tally import Tally, gini
from shared.events.assignments import ResponderKind
from shared.events.contract import Priority
from shared.service_levels import Stage

CLOCKS: Final = (Stage.FIRST_OFFER, Stage.ACCEPT, Stage.ARRIVAL, Stage.RESOLVE)
FRACTILES: Final = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: float | None
    digits: int = 0


def lines(tally: Tally) -> list[Line]:
    """The same lines in the same order for every run."""
    requests = len(tally.assigned)
    assigned = int(tally.assigned.sum())
    return [
        Line("requests", requests),
        Line("assigned", assigned),
        *_clocks(tally),
        Line("travel km", tally.travel_km, 1),
        Line("travel km per visit", tally.travel_km / max(assigned, 1), 3),
        Line("offers per request", tally.offers / requests, 2),
        Line("sms per request", tally.texts / requests, 2),
        Line("gini over teams", gini(tally.visits(ResponderKind.TEAM)), 3),
        Line("gini over students", gini(tally.visits(ResponderKind.VOLUNTEER)), 3),
        Line("most visits of a team", float(np.max(tally.visits(ResponderKind.TEAM), initial=0))),
        Line("teams without a visit", float((tally.visits(ResponderKind.TEAM) == 0).sum())),
        Line("idle hours", tally.idle_hours()),
        Line("vulnerable in time %", _percent(tally, vulnerable=True), 2),
        Line("others in time %", _percent(tally, vulnerable=False), 2),
        Line("called off before their clock ran", float((~tally.met).sum())),
    ]


def _clocks(tally: Tally) -> list[Line]:
    return [
        Line(f"{stage.value} {tier.value} p{share * 100:.0f} s", tally.fractile(stage, tier, share))
        for stage in CLOCKS
        for tier in Priority
        for share in FRACTILES
    ]


def _percent(tally: Tally, *, vulnerable: bool) -> float | None:
    chosen = tally.in_time[tally.met & (tally.vulnerable == vulnerable)]
    return float(chosen.mean()) * 100 if len(chosen) else None
