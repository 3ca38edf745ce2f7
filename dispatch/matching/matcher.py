"""The loop that asks people: one matcher a city, in whichever process holds the lock. Who is asked, `assignment.py` decides.

Alone at once when idle, in batches under load: each turn takes all jobs that wait, up to a batch, and what comes in meanwhile is
the next. The database is the arbiter: what lost a race is read again and tried again. A matcher that loses its lock connection
steps down at once, and another process takes over.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES
from dispatch.jobs.timer import TimerKind
from dispatch.matching.decision import Decision
from dispatch.matching.index import Freshness, Index
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.offers_made import Asked, make_offers
from dispatch.matching.pairs import WaitingJob
from dispatch.matching.picture import Picture
from dispatch.matching.planner import Plan, Planner
from dispatch.matching.policy import Policy, may_ask
from dispatch.matching.waiting import Waiting
from dispatch.rows import turned
from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import transaction
from shared.service_levels import starts_at
from shared.telemetry.logs import logger
from shared.transport.owned import Owner, Ownership

BUSY_SECONDS: Final = 0.05  # between looks when nobody rings, while jobs come in that others have opened: other processes, timers
IDLE_SECONDS: Final = 0.2  # when none came for a while
BUSY_FOR_SECONDS: Final = 5.0
OFFERS_AT_ONCE: Final = 400  # a transaction: about 30 ms of Python between two looks of the event loop
OWNER_SECONDS: Final = 0.5  # between tries to become the matcher

Reason = tuple[WaitingJob, Decision]

log = logger()


class Matcher(Owner):
    """`told` rings after each commit: there are events to publish. `neighbourhood` defaults to the city's own communes."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        city: str,
        *,
        told: Callable[[], None] = lambda: None,
        policy: Policy | None = None,
        freshness: Freshness | None = None,
        neighbourhood: Neighbourhood | None = None,
    ) -> None:
        super().__init__(pool, QUERIES["try_matcher_lock"], city, stand_by_seconds=OWNER_SECONDS, backoff=Backoff(0.1, 2.0))
        self._city = city
        self._told = told
        self._policy = policy or Policy()
        self._freshness = freshness or Freshness()
        self._neighbourhood = neighbourhood or Neighbourhood.of_city(self._policy)
        self._work_bell = Bell()  # shortens only the rests of the owner between two turns
        self.is_matching = False
        self._planner: Planner | None = None

    @property
    def planner(self) -> Planner | None:
        """What plans with this process's knowledge of the city, while it is the matcher."""
        return self._planner if self.is_matching else None

    def wake(self) -> None:
        """A hint: jobs may be waiting."""
        self._work_bell.ring()

    def stop(self) -> None:
        """The turn in hand is finished, then `run` returns."""
        super().stop()
        self._work_bell.ring()

    def failed(self, error: DependencyDown | Transient) -> None:
        log.warning("dispatch.matcher.interrupted", city=self._city, error=str(error))

    async def own(self, owned: Ownership) -> None:
        """Without the lock connection nothing more is offered: somebody else may be the matcher by now."""
        self._is_well()
        await owned.unless_lost(self._match_until_stopped(), let_go=self._let_go)

    def _let_go(self) -> None:
        self.is_matching = False

    async def _match_until_stopped(self) -> None:
        index = Index(self._pool, self._city, self._neighbourhood, self._policy, self._freshness)
        planner = self._planner = Planner(index, self._policy)
        await index.load()
        await planner.warm_up()
        self.is_matching = True
        log.info("dispatch.matcher.started", city=self._city, responders=len(index.roster), jobs=len(index.waiting))
        found_at = -BUSY_FOR_SECONDS
        while not self._stopping:
            if await index.refresh():
                found_at = time.monotonic()
            if not await self._turn(planner):
                await planner.warm_up()
                busy = time.monotonic() - found_at < BUSY_FOR_SECONDS
                await self._work_bell.wait(BUSY_SECONDS if busy else IDLE_SECONDS)

    async def _turn(self, planner: Planner) -> bool:
        """True when somebody was asked: there may be more to do."""
        index, now = planner.index, planner.index.now
        moment = datetime.fromtimestamp(now, UTC)
        await self._send_home(index, index.waiting.off_hours(now, lambda tier: starts_at(tier, moment) <= moment))
        waiting = index.waiting.due(now, lambda tier: may_ask(tier, moment))
        if not waiting:
            return False
        plan = await planner.plan(waiting)
        made = await self._offer(planner, plan) if plan.asked else False
        index.waiting.delay([job.id for job in plan.held], now + self._policy.retry_seconds)
        doubted = index.waiting.doubt(job.id for job in plan.unplaced)
        if doubted:
            index.look_again()
        await self._nobody(planner, plan, waiting, doubted)
        return made or bool(doubted)

    async def _offer(self, planner: Planner, plan: Plan) -> bool:
        made: set[Asked] = set()
        for part in _parts(plan.asked):
            made |= await make_offers(self._pool, self._city, part, plan.recorded, self._policy)
            self._told()
        planner.index.waiting.drop({one.job.id for one in made})
        await planner.lost([one for one in plan.asked if one not in made])
        return bool(made)

    async def _nobody(self, planner: Planner, plan: Plan, waiting: Sequence[Waiting], doubted: Collection[UUID]) -> None:
        """Nobody can take it: whoever owns such jobs hears at once, once; and it is tried again."""
        jobs, index, picture = [job for job in plan.unplaced if job.id not in doubted], planner.index, plan.picture
        if not jobs or picture is None:
            return
        now = index.now
        escalated = {job.row["id"] for job in waiting if job.row["escalated"]}
        visits = [job for job in jobs if not job.by_phone]  # who lost the last helper to another job is a visit the next time
        told = [
            (_why(job, picture), job)
            for job in visits
            if job.id not in escalated and not picture.somebody_soon(job, now, self._policy.visit_seconds[job.priority])
        ]
        await self._tell([(kind, job.id, job.version) for kind, job in told], self._unexplained(index, plan, visits))
        index.waiting.delay([job.id for job in jobs], now + self._policy.retry_seconds)

    def _unexplained(self, index: Index, plan: Plan, jobs: Sequence[WaitingJob]) -> Sequence[Reason]:
        """Of those that nobody can take: the records that are worth writing."""
        explained = {job.id: (job, plan.recorded[job.id]) for job in jobs if job.id in plan.recorded}
        reasons = {job_id: (job.visit, job.wave, decision.rules) for job_id, (job, decision) in explained.items()}
        return [explained[job_id] for job_id in index.waiting.news(reasons, index.now)]

    async def _send_home(self, index: Index, jobs: Sequence[Waiting]) -> None:
        """P3 and P4 whose day is over; the timer's handler tells the resident when it goes on."""
        await self._tell([(TimerKind.CLOSE, job.row["id"], job.row["version"]) for job in jobs])
        index.waiting.delay([job.row["id"] for job in jobs], index.now + self._policy.retry_seconds)

    async def _tell(self, timers: Sequence[tuple[TimerKind, UUID, int]], reasons: Sequence[Reason] = ()) -> None:
        if timers or reasons:
            async with transaction(self._pool, "dispatch.match") as connection:
                if reasons:
                    await connection.execute(QUERIES["record_nobody"], *turned([_recorded(job, why) for job, why in reasons]))
                if timers:
                    await connection.execute(QUERIES["tell_of_nobody"], *turned(timers))


def _parts(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    """All offers of a job in one transaction; some hundreds of jobs, so that no lock and no event loop is held long."""
    by_job: dict[UUID, list[Asked]] = {}
    for one in asked:
        by_job.setdefault(one.job.id, []).append(one)
    part: list[Asked] = []
    for offers in by_job.values():
        part += offers
        if len(part) >= OFFERS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _recorded(job: WaitingJob, why: Decision) -> tuple[object, ...]:
    return job.id, job.version, why.candidates, why.exclusions, why.ranking


def _why(job: WaitingJob, picture: Picture) -> TimerKind:
    return TimerKind.NOBODY_LEFT if picture.somebody_on_shift(job) else TimerKind.NOBODY_ON_SHIFT
