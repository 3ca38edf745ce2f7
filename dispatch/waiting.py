"""The jobs of one city that wait for somebody, as the matcher knows them: what to try next, what to leave for a while. Pure."""

import heapq
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from dispatch.neighbours import Neighbourhood
from dispatch.pairs import WaitingJob
from dispatch.policy import MINUTE, Policy
from dispatch.roster import Roster
from shared.events.contract import Priority
from shared.geo.plane import to_metres
from shared.service_levels import SERVICE_LEVELS

Row = Mapping[str, Any]


@dataclass(slots=True)
class Waiting:
    """A row as it was read, and from when on (epoch seconds) it is worth a try."""

    row: Row
    priority: Priority
    try_at: float
    rank: float  # epoch seconds: since when it counts as waiting, its vulnerability included; the lowest of a tier goes first
    doubted: bool = False  # nobody was found once; that may be because the roster was read a moment ago


class WaitingJobs:
    def __init__(self, roster: Roster, communes: Neighbourhood, policy: Policy) -> None:
        self._roster = roster
        self._communes = communes
        self._policy = policy
        self._jobs: dict[UUID, Waiting] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, rows: Iterable[Row]) -> int:
        """How many are news. What is known already at that version keeps its delay."""
        new = 0
        for row in rows:
            known = self._jobs.get(row["id"])
            if known is None or known.row["version"] < row["version"]:
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
        return heapq.nsmallest(self._policy.batch, ready, key=attrgetter("priority", "rank"))

    def off_hours(self, now: float, may_start: Callable[[Priority], bool]) -> list[Waiting]:
        """Jobs of tiers nobody works on now, that nobody has put to sleep yet."""
        shut = {tier for tier in Priority if not may_start(tier)}
        return [job for job in self._jobs.values() if job.priority in shut and job.try_at <= now] if shut else []

    def prepared(self, jobs: Sequence[Waiting], now: float) -> list[WaitingJob]:
        return [self._prepared(job, now) for job in jobs]

    def _prepared(self, job: Waiting, now: float) -> WaitingJob:
        row = job.row
        x_m, y_m = to_metres(row["lat"], row["lon"])
        return WaitingJob(
            id=row["id"],
            version=row["version"],
            priority=job.priority,
            skills=self._roster.skills.mask(row["skills"]),
            needs=tuple(row["skills"]),
            commune=self._communes.of(row["commune_code"]),
            x_m=float(x_m),
            y_m=float(y_m),
            lat=row["lat"],
            lon=row["lon"],
            visit=row["visit"],
            wave=row["wave"],
            wave_size=self._policy.wave_size or SERVICE_LEVELS[job.priority].wave_size,
            urgency=max(self._urgency(row, now), 0.0),
            excluded=self._roster.rows_of(row["excluded"]),
        )

    def _waiting(self, row: Row) -> Waiting:
        return Waiting(row, Priority(row["priority"]), row["not_before"], -self._urgency(row, 0.0) * MINUTE)

    def _urgency(self, row: Row, now: float) -> float:
        return self._policy.urgency_minutes(now - row["waiting_since"], row["vulnerable"])
