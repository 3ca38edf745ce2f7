"""The jobs of one city that wait for somebody, as the matcher knows them: what to try next, what to leave for a while. Pure."""

import heapq
import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from dispatch.jobs.aftercare import after
from dispatch.matching.acquaintance import Acquaintances
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.policy import MINUTE, Asking, Policy, is_quiet
from dispatch.matching.roster import Roster
from shared.calendar import OFFICE_HOURS
from shared.categories import BY_PHONE
from shared.company import needs_two
from shared.events.contract import Priority
from shared.geo.plane import to_metres
from shared.languages import EVERYBODYS
from shared.service_levels import elapsed_seconds

Row = Mapping[str, Any]
LADDER: Final = (Priority.P2, Priority.P3, Priority.P4)  # up which a waiting job grows; never to P1
AGEING: Final = frozenset(LADDER[1:])
WIDER: Final = 2  # times the wave of the tier, once a promise of ours is in danger
RECORD_AGAIN_SECONDS: Final = 600.0  # at most so often it is written again why nobody can take a job


@dataclass(slots=True)
class Waiting:
    """A row as it was read, and from when on (epoch seconds) it is worth a try."""

    row: Row
    priority: Priority
    try_at: float
    tier: Priority  # in which it is matched: its own, or after long waiting a higher one
    rank: (
        float  # epoch seconds: since when it counts as waiting there, its vulnerability included; the lowest of a tier goes first
    )
    ages_at: float  # when to look whether it belongs into the tier above
    phone_until: float = 0.0  # a wave of offers by phone may begin until then; 0: it wants a visit
    doubted: bool = False  # nobody was found once; that may be because the roster was read a moment ago


@dataclass(frozen=True, slots=True)
class Explained:
    """What was last written of why nobody can take a job."""

    visit: int
    wave: int
    rules: frozenset[str]
    at: float


class WaitingJobs:
    def __init__(self, roster: Roster, communes: Neighbourhood, policy: Policy) -> None:
        self._roster = roster
        self._communes = communes
        self._policy = policy
        self._jobs: dict[UUID, Waiting] = {}
        self._explained: dict[UUID, Explained] = {}
        self.acquaintances = Acquaintances()

    def __len__(self) -> int:
        return len(self._jobs)

    def ids(self) -> list[UUID]:
        return list(self._jobs)

    def put(self, rows: Iterable[Row]) -> int:
        """How many are news. What is known already at that version keeps its delay, unless something else is known by now."""
        new = 0
        for row in rows:
            known = self._jobs.get(row["id"])
            if known is None or known.row["version"] < row["version"] or _said_since(known.row) != _said_since(row):
                self._jobs[row["id"]] = self._waiting(row)
                new += 1
        return new

    def of_rows(self, rows: Iterable[Row]) -> list[Waiting]:
        """The same of jobs that are not there yet."""
        return [self._waiting(row) for row in rows]

    def somebody_waits(self, now: float, tiers: Container[Priority]) -> bool:
        """A job that may be offered now, whether or not it was tried a moment ago."""
        return any(job.priority in tiers and job.row["not_before"] <= now for job in self._jobs.values())

    def drop(self, job_ids: Iterable[UUID]) -> None:
        """Offered, or found changed: if it still waits, the next look at the database brings it back."""
        for job_id in job_ids:
            self._jobs.pop(job_id, None)
            self._explained.pop(job_id, None)

    def delay(self, job_ids: Iterable[UUID], until: float) -> None:
        for job_id in job_ids:
            if job_id in self._jobs:
                self._jobs[job_id].try_at = until

    def doubt(self, job_ids: Iterable[UUID]) -> set[UUID]:
        """Those of them for which nobody was found for the first time: look again before anything is made of it."""
        fresh = {job_id for job_id in job_ids if job_id in self._jobs and not self._jobs[job_id].doubted}
        for job_id in fresh:
            self._jobs[job_id].doubted = True
        return fresh

    def due(self, now: float, may_start: Callable[[Priority], bool]) -> list[Waiting]:
        """At most one batch, higher tiers and within them the more urgent first."""
        open_tiers = {tier for tier in Priority if may_start(tier)}
        ready = [job for job in self._jobs.values() if job.try_at <= now and job.priority in open_tiers]
        for job in ready:
            if job.ages_at <= now:
                self._age(job, now)
        return heapq.nsmallest(self._policy.batch, ready, key=attrgetter("tier", "rank"))

    def off_hours(self, now: float, may_start: Callable[[Priority], bool]) -> list[Waiting]:
        """Jobs of tiers nobody works on now, that nobody has put to sleep yet."""
        shut = {tier for tier in Priority if not may_start(tier)}
        return [job for job in self._jobs.values() if job.priority in shut and job.try_at <= now] if shut else []

    def news(self, reasons: Mapping[UUID, tuple[int, int, frozenset[str]]], now: float) -> list[UUID]:
        """Those of these jobs (visit, wave, the rules that stop people) whose reasons are worth writing down.

        Once a visit and wave, and when other rules than before stop people, at most every ten minutes. Every retry would be a row
        every two seconds and job: in a storm with 10,000 waiting jobs 5,000 rows a second, for the same words. So it is one row
        a wave, and at the very most six an hour, of some 500 bytes.
        """
        fresh = []
        for job_id, (visit, wave, rules) in reasons.items():
            known = self._explained.get(job_id)
            same = known is not None and (known.visit, known.wave, known.rules) == (visit, wave, rules)
            if not same:
                fresh.append(job_id)
            self._explained[job_id] = Explained(visit, wave, rules, now)
        return fresh

    def prepared(self, jobs: Sequence[Waiting], now: float) -> list[WaitingJob]:
        moment, policy = datetime.fromtimestamp(now, UTC), self._policy
        closing = OFFICE_HOURS.closing(moment).timestamp() - now <= policy.closing_minutes * MINUTE
        night = is_quiet(moment.astimezone(OFFICE_HOURS.timezone).time())
        return [self._prepared(job, now, _asking(job, closing=closing, night=night)) for job in jobs]

    def _prepared(self, job: Waiting, now: float, asking: Asking) -> WaitingJob:
        row, policy = job.row, self._policy
        x_m, y_m = to_metres(row["lat"], row["lon"])
        known, unwanted = self.acquaintances.of(row["resident_id"])
        return WaitingJob(
            id=row["id"],
            version=row["version"],
            priority=job.priority,
            skills=self._roster.skills.mask(row["skills"]),
            needs=tuple(row["skills"]),
            tongue=0 if row["language"] == EVERYBODYS else self._roster.languages.mask([row["language"]]),
            language=row["language"],
            commune=self._communes.of(row["commune_code"]),
            x_m=float(x_m),
            y_m=float(y_m),
            lat=row["lat"],
            lon=row["lon"],
            visit=row["visit"],
            wave=row["wave"],
            wave_size=policy.ask_at_once(asking) * (WIDER if row["widened"] else 1),
            dearer_by=math.inf if row["widened"] else policy.dearer_by(asking),
            urgency=max((now - job.rank) / MINUTE, 0.0),
            tier=job.tier,
            vulnerable=row["vulnerable"],
            by_phone=now <= job.phone_until,
            two=_needs_two(row, now),
            unexplained=self._is_unexplained(row, now),
            known=known,
            excluded=self._roster.rows_of(row["excluded"]) | unwanted,
        )

    def _is_unexplained(self, row: Row, now: float) -> bool:
        known = self._explained.get(row["id"])
        return known is None or (known.visit, known.wave) != (row["visit"], row["wave"]) or known.at + RECORD_AGAIN_SECONDS <= now

    def _waiting(self, row: Row) -> Waiting:
        priority, since, policy = Priority(row["priority"]), row["waiting_since"], self._policy
        rank = since - policy.ahead_minutes(row["vulnerable"]) * MINUTE
        ages_at = since + policy.ageing_minutes * MINUTE if priority in AGEING else math.inf
        return Waiting(row, priority, row["not_before"], priority, rank, ages_at, self._phone_until(row, priority))

    def _phone_until(self, row: Row, priority: Priority) -> float:
        seconds = self._policy.phone_seconds(priority)
        if not seconds or row["travels"] or row["category"] not in BY_PHONE:
            return 0.0
        return after(priority, datetime.fromtimestamp(row["waiting_since"], UTC), seconds).timestamp()

    def _age(self, job: Waiting, now: float) -> None:
        """One tier up for each time of the policy that its clock has run; there it stands behind those who came before that.

        The clock of the calendar is asked only when that much time of the day has passed: most jobs never get so old.
        """
        step = self._policy.ageing_minutes * MINUTE
        since, moment = (datetime.fromtimestamp(at, UTC) for at in (job.row["waiting_since"], now))
        waited = elapsed_seconds(job.priority, since, moment)
        steps = min(int(waited / step), LADDER.index(job.priority))
        job.tier = LADDER[LADDER.index(job.priority) - steps]
        over = waited - steps * step  # how long it has been in that tier
        if steps:
            job.rank = now - over - self._policy.ahead_minutes(job.row["vulnerable"]) * MINUTE
        job.ages_at = math.inf if job.tier is LADDER[0] else now + step - over


def _asking(job: Waiting, *, closing: bool, night: bool) -> Asking:
    row = job.row
    return Asking(
        priority=job.priority,
        visit=row["visit"],
        wave=row["wave"],
        vulnerable=row["vulnerable"] > 0,
        closing=closing,
        night=night,
    )


def _needs_two(row: Row, now: float) -> bool:
    company = row.get("company")
    return company is not None and needs_two(company, datetime.fromtimestamp(now, UTC))


def _said_since(row: Row) -> tuple[list[UUID], bool]:
    """It changes without a version: a version is something told. Who is ruled out, and that a call will not do."""
    return list(row["excluded"]), bool(row.get("travels"))
