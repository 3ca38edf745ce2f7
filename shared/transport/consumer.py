"""The consumer of one context: reads its lanes, gives events to the handler, acknowledges what is done (laws 5 to 8).

The handler commits its own transaction (inbox, effects, outbox) and returns. A business refusal is the handler's to settle:
whatever it raises besides the kinds of `shared.errors` counts as unknown.
"""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.errors import DependencyDown
from shared.events.envelope import ce_types
from shared.events.registry import EventType
from shared.pacing import Backoff, Bell
from shared.telemetry.logs import logger
from shared.telemetry.metrics import (
    CONSUMER_ACKS,
    CONSUMER_DRAINS,
    CONSUMER_EVENTS,
    CONSUMER_LAG,
    CONSUMER_LANES,
    CONSUMER_RETRIES,
    CONSUMER_TRIPPED,
    at_zero,
)
from shared.transport.acks import Acks
from shared.transport.attempts import Attempts, Handler
from shared.transport.breaker import Breaker, TooManyDeadLetters
from shared.transport.dead_letters import DeadLetters
from shared.transport.lane_worker import LaneTools, LaneWorker
from shared.transport.port import Lane, Source
from shared.transport.sharing import SharedHandler

log = logger()


@dataclass(frozen=True, slots=True)
class ConsumerPolicy:
    batch: int = 500  # events given to the handler at once
    poll_seconds: float = 0.25
    drain_seconds: float = 15.0  # how long work in hand may take when a lane is let go; see REBALANCE_SECONDS of Kafka
    cancel_seconds: float = 10.0  # then it is cancelled, and a COMMIT may still take this long
    letters_seconds: float = 1.0  # between looks for dead letters to replay
    lag_seconds: float = 5.0
    stuck_seconds: float = 30.0  # work waits, nothing moves, no dependency is away: the process is ill
    breaker_least: int = 20
    breaker_share: float = 0.1


class Consumer:
    """`name` is the context's. Runs until `stop`; then what is in hand is finished and acknowledged.

    `wants`: types the handler has something to do with; the others are acknowledged unread. None: all of them.
    """

    def __init__(
        self,
        source: Source,
        handle: Handler,
        dead_letters: DeadLetters,
        name: str,
        policy: ConsumerPolicy | None = None,
        *,
        wants: Collection[EventType] | None = None,
    ) -> None:
        self.name = name
        self._source = source
        self._alone, self._handle = handle, SharedHandler(handle)
        self._letters = dead_letters
        self._policy = policy or ConsumerPolicy()
        self._unwanted = frozenset() if wants is None else ce_types(set(EventType) - set(wants))
        self._workers: dict[Lane, LaneWorker] = {}
        self._lags: Mapping[Lane, int] = {}
        self._tools = self._new_tools()
        self._end = Bell()
        self._stopping = False
        self._away: str | None = None  # the dependency without which nothing can be read
        self._tripped = False
        self._broken: BaseException | None = None  # what ended a worker, to be raised by `run`
        at_zero(CONSUMER_EVENTS, [name], ["handled", "unwanted", "parked", "dead", "replayed"])
        at_zero(CONSUMER_RETRIES, [name], ["transient", "dependency", "unknown", "one_by_one"])
        at_zero(CONSUMER_ACKS, [name], ["done", "lost", "unknown"])
        at_zero(CONSUMER_DRAINS, [name], ["done", "given_up"])
        at_zero(CONSUMER_TRIPPED, [name])

    def stop(self) -> None:
        self._stopping = True
        self._end.ring()

    def lanes(self) -> list[Lane]:
        """What this process works on now."""
        return list(self._workers)

    def trouble(self) -> str | None:
        """Why this process should be restarted, or None; for /livez (law 8)."""
        if self._tripped:
            return f"consumer {self.name} has stopped: too many dead letters"
        if self._away:
            return None
        now = time.monotonic()
        for worker in list(self._workers.values()):
            waits = worker.busy or self._lags.get(worker.lane, 0) > 0
            if waits and not worker.attempts.waiting_for and now - worker.progress_at > self._policy.stuck_seconds:
                return f"consumer {self.name} makes no progress on {worker.lane}"
        return None

    async def run(self) -> None:
        """Outages are waited out. Too many dead letters stop the reading, loudly; anything unknown is raised."""
        backoff = Backoff(0.1, 2.0)
        while not self._stopping:
            try:
                await self._consume(backoff)
            except DependencyDown as error:
                self._away = error.dependency
                log.warning("consumer.source.lost", consumer=self.name, dependency=error.dependency)
                await self._end.wait(backoff.delay())
            except TooManyDeadLetters as error:
                self._tripped = True
                CONSUMER_TRIPPED.labels(self.name).set(1)
                log.critical("consumer.breaker.tripped", consumer=self.name, reason=str(error))
                while not self._stopping:
                    await self._end.wait(60.0)

    async def _consume(self, backoff: Backoff) -> None:
        self._broken, self._tools = None, self._new_tools()
        watch: asyncio.Task[None] | None = None
        try:
            await self._source.open(self)
            self._away = None
            watch = asyncio.create_task(self._watch())
            while not self._stopping:
                await self._poll()
                backoff.reset()
                if watch.done():
                    watch.result()
        finally:
            if watch is not None:
                watch.cancel()
                await asyncio.wait({watch})
            await self.lanes_revoked(list(self._workers))
            await self._tools.acks.close()
            await self._source.close()

    async def _poll(self) -> None:
        for lane, records in (await self._source.poll(self._policy.poll_seconds)).items():
            worker = self._workers.get(lane)
            if worker is not None and not worker.leaving:  # else it was revoked meanwhile; its next owner reads this again
                self._check(worker)
                worker.take(records)
        for worker in self._workers.values():
            self._check(worker)
        if self._broken is not None:
            raise self._broken

    def _check(self, worker: LaneWorker) -> None:
        """A worker's own errors are the runner's: it crashes rather than work on."""
        if worker.task is not None and worker.task.done() and not worker.task.cancelled():
            error = worker.task.exception()
            self._broken = self._broken or error

    async def lanes_assigned(self, lanes: Collection[Lane]) -> None:
        for lane in lanes:
            self._workers[lane] = LaneWorker(lane, Attempts(self._handle, self.name, alone=self._alone), self._tools)
        CONSUMER_LANES.labels(self.name).set(len(self._workers))

    async def lanes_revoked(self, lanes: Collection[Lane]) -> None:
        """Draining is part of letting go: work in hand is finished and acknowledged, or given up without (law 8)."""
        workers = [self._workers[lane] for lane in lanes if lane in self._workers]
        for worker in workers:
            worker.leaving = True
        tasks = {worker.task for worker in workers if worker.task is not None and not worker.attempts.waiting_for}
        if tasks:
            await asyncio.wait(tasks, timeout=self._policy.drain_seconds)
        await self._give_up([worker for worker in workers if worker.busy])
        await self._tools.acks.tell(lanes)
        for worker in workers:
            self._check(worker)
            self._workers.pop(worker.lane, None)
            CONSUMER_DRAINS.labels(self.name, "given_up" if worker.task and worker.task.cancelled() else "done").inc()
        CONSUMER_LANES.labels(self.name).set(len(self._workers))

    async def _give_up(self, workers: Collection[LaneWorker]) -> None:
        tasks = {worker.task for worker in workers if worker.task is not None}
        if not tasks:
            return
        log.error("consumer.lane.given_up", consumer=self.name, lanes=[str(worker.lane) for worker in workers])
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=self._policy.cancel_seconds)

    async def _watch(self) -> None:
        """Looks for dead letters to replay and for lag. What cannot be asked now is asked again later."""
        lag_at = 0.0
        while True:
            try:
                await self._look_for_letters()
            except DependencyDown:
                log.debug("consumer.letters.unknown", consumer=self.name)
            if time.monotonic() >= lag_at:
                await self._look_for_lag()
                lag_at = time.monotonic() + self._policy.lag_seconds
            await asyncio.sleep(self._policy.letters_seconds)

    async def _look_for_letters(self) -> None:
        for lane in await self._letters.due_lanes(list(self._workers)):
            worker = self._workers.get(lane)
            if worker is not None and not worker.leaving:
                worker.letters_due = True
                self._check(worker)
                worker.take()

    async def _look_for_lag(self) -> None:
        try:
            self._lags = await self._source.lag()
            self._away = None
        except DependencyDown as error:
            self._away = error.dependency
            return
        totals: dict[str, int] = {}
        for lane, lag in self._lags.items():
            worker = self._workers.get(lane)
            waiting = lag + (worker.backlog if worker is not None else 0)
            totals[lane.topic.value] = totals.get(lane.topic.value, 0) + waiting
            if lag == 0 and worker is not None and not worker.busy:
                worker.progress_at = time.monotonic()
        for topic, lag in totals.items():
            CONSUMER_LAG.labels(self.name, topic).set(lag)

    def _new_tools(self) -> LaneTools:
        policy = self._policy
        breaker = Breaker(least=policy.breaker_least, share=policy.breaker_share)
        acks = Acks(self._source, self.name, self._lost)
        return LaneTools(self.name, self._source, acks, self._letters, breaker, policy.batch, self._unwanted)

    def _lost(self, lane: Lane) -> None:
        """Another member has it: what is in hand is finished, nothing new is begun."""
        if lane in self._workers:
            self._workers[lane].leaving = True
