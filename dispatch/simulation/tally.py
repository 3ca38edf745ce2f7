"""What became of a run, in figures: clocks, travel, work and how it was shared. Counts only; decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dispatch.matching.people import Bools, Floats, Ints
from dispatch.simulation.city import City
from dispatch.simulation.clocks import tier_seconds
from dispatch.simulation.errand import Errand
from dispatch.simulation.run import Run
from shared.events.assignments import ResponderKind
from shared.events.contract import Priority
from shared.service_levels import SERVICE_LEVELS, Stage

HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What `techrescue simulate --json` prints, word for word.

    assigned + unassigned = requests. travel_km: one way, by road. gini: over the visits of all teams with a shift in those days.
    accept_p90_seconds: on the clock of the tier; who was never helped waits until the end of the run. In time: accepted within
    the tier's promise, as a share of those whose clock ran at all: who calls off before the offices open has met no policy.
    sms: to responders and leads; residents are written to alike under every policy.
    """

    policy: str
    seed: int
    requests: int
    assigned: int
    unassigned: int
    travel_km: float
    gini: float
    accept_p90_seconds: dict[str, float | None]
    vulnerable_in_time: float | None
    others_in_time: float | None
    offers: int
    sms: int


class Tally:
    """Of one run that is over."""

    def __init__(self, run: Run, city: City) -> None:
        self._run = run
        self._city = city
        self._errands: Sequence[Errand] = run.errands
        self.tiers = np.array([one.priority for one in run.errands])
        self.vulnerable: Bools = np.array([one.vulnerable > 0 for one in run.errands], dtype=bool)
        self.assigned: Bools = np.array([one.accepted_at is not None for one in run.errands], dtype=bool)

    def summary(self, policy: str, seed: int) -> Summary:
        return Summary(
            policy=policy,
            seed=seed,
            requests=len(self._errands),
            assigned=int(self.assigned.sum()),
            unassigned=int((~self.assigned).sum()),
            travel_km=round(self.travel_km, 1),
            gini=round(gini(self.visits(ResponderKind.TEAM)), 4),
            accept_p90_seconds={tier.value: self.fractile(Stage.ACCEPT, tier, 0.9) for tier in Priority},
            vulnerable_in_time=_share(self.in_time[self.met & self.vulnerable]),
            others_in_time=_share(self.in_time[self.met & ~self.vulnerable]),
            offers=self.offers,
            sms=self.texts,
        )

    @property
    def offers(self) -> int:
        return sum(one.offers for one in self._errands)

    @property
    def texts(self) -> int:
        return self._run.crowd.texts

    @property
    def travel_km(self) -> float:
        return sum(one.travel_m for one in self._errands if one.accepted_at is not None) / 1000

    @cached_property
    def in_time(self) -> Bools:
        """Somebody said yes within the promise of the tier."""
        promised = np.array([SERVICE_LEVELS[one.priority].accept_seconds for one in self._errands])
        return self.assigned & (self.waited(Stage.ACCEPT) <= promised)

    @cached_property
    def met(self) -> Bools:
        """Whose clock ran: a resident who calls off while it stands still, at night, was promised nothing yet, nor asked for."""
        gone = [
            one.called_off_at is not None and not tier_seconds(one.priority, one.filed_at, one.called_off_at)
            for one in self._errands
        ]
        return ~np.array(gone, dtype=bool)

    def waited(self, stage: Stage) -> Floats:
        """By request: seconds of the tier's clock from filing to this stage; to the end of the run where it was not reached."""
        return self._waited[stage]

    @cached_property
    def _waited(self) -> dict[Stage, Floats]:
        end = self._run.ends_at
        reached = {
            Stage.FIRST_OFFER: [one.first_offer_at for one in self._errands],
            Stage.ACCEPT: [one.accepted_at for one in self._errands],
            Stage.ARRIVAL: [one.arrived_at for one in self._errands],
            Stage.RESOLVE: [one.done_at for one in self._errands],
        }
        return {
            stage: np.array(
                [
                    tier_seconds(one.priority, one.filed_at, end if at is None else min(at, end))
                    for one, at in zip(self._errands, moments, strict=True)
                ]
            )
            for stage, moments in reached.items()
        }

    def fractile(self, stage: Stage, tier: Priority, share: float) -> float | None:
        """None when no request was of that tier."""
        waited = self.waited(stage)[self.tiers == tier]
        return round(float(np.quantile(waited, share, method="higher")), 1) if len(waited) else None

    def visits(self, kind: ResponderKind) -> Ints:
        """Accepted visits of each of this kind who had a shift in the days simulated."""
        counts = np.bincount([one.person for one in self._errands if one.person is not None], minlength=len(self._city))
        at_work = self._run.crowd.shift_seconds(self._run.demand.starts_at, self._run.demand.ends_at) > 0
        who = self._city.of_kind(kind)
        return counts[who[at_work[who]]].astype(np.int64)

    def idle_hours(self) -> float:
        """Hours of people at work in which they had no visit: places of all shifts, less the time from each yes to its end."""
        start, end = self._run.demand.starts_at, self._run.ends_at
        at_work = float((self._run.crowd.shift_seconds(start, end) * self._city.capacity).sum())
        busy = sum(
            min(one.done_at, end) - one.accepted_at
            for one in self._errands
            if one.accepted_at is not None and one.done_at is not None
        )
        return (at_work - busy) / HOUR


def gini(work: Ints) -> float:
    """0: all did the same; towards 1: one did everything. 0 when nobody did anything."""
    total = float(work.sum())
    if not len(work) or total == 0.0:
        return 0.0
    rising = np.sort(work).astype(float)
    ranks = np.arange(1, len(rising) + 1)
    return float((2 * ranks - len(rising) - 1).dot(rising) / (len(rising) * total))


def _share(flags: Bools) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None
