"""Trying a handler until it is done or proven impossible (law 7). Which error means what stands here and nowhere else."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from shared.errors import DependencyDown, Permanent, TechRescueError, Transient
from shared.events.envelope import Event
from shared.pacing import Backoff
from shared.telemetry.logs import logger
from shared.telemetry.metrics import CONSUMER_BATCH, CONSUMER_RETRIES, CONSUMER_SECONDS

log = logger()

Handler = Callable[[Sequence[Event]], Awaitable[None]]

UNKNOWN_ATTEMPTS: Final = 5
LOUD_EVERY: Final = 8  # conflicts in a row: two transactions that meet do not meet that often


class Attempts:
    """One lane's calls of the handler, shared with others or `alone`. `waiting_for` names the dependency that is away."""

    def __init__(self, handle: Handler, name: str, *, alone: Handler | None = None) -> None:
        self._handle = handle
        self._alone = alone or handle
        self._name = name
        self.waiting_for: str | None = None

    async def until_settled(
        self, events: Sequence[Event], *, unknown_attempts: int = UNKNOWN_ATTEMPTS, alone: bool = False
    ) -> str | None:
        """None when the handler has done them, else the reason why it never will: words for a dead letter, without data.

        A conflict is tried again in place, an outage is waited out without counting, an error nobody foresaw gets
        `unknown_attempts` tries.
        """
        failures, conflicts, jitter, outage = 0, 0, Backoff(0.02, 2.0), Backoff(0.1, 2.0)
        while True:
            try:
                await self._call(self._alone if alone else self._handle, events)
            except DependencyDown as error:
                await self._wait_for(error.dependency, outage)
            except Transient as error:
                conflicts += 1
                if conflicts % LOUD_EVERY == 0:
                    log.warning("consumer.conflict.lasts", consumer=self._name, attempts=conflicts, reason=reason_of(error))
                self._retry("transient")
                await asyncio.sleep(jitter.delay())
            except Permanent as error:
                return reason_of(error)
            except Exception as error:  # noqa: BLE001 - the runner is the one place that may (law 7)
                failures += 1
                if failures >= unknown_attempts:
                    return reason_of(error)
                self._retry("unknown")
                log.warning("consumer.handler.failed", consumer=self._name, attempt=failures, error=reason_of(error))
                await asyncio.sleep(jitter.delay())
            else:
                return None

    async def patiently(self, work: Callable[[], Awaitable[object]]) -> None:
        """Work of the runner itself that must not be skipped, such as writing a dead letter: outages are waited out."""
        outage = Backoff(0.1, 2.0)
        while True:
            try:
                await work()
            except DependencyDown as error:
                await self._wait_for(error.dependency, outage)
            except Transient:
                await asyncio.sleep(outage.delay())
            else:
                self.waiting_for = None
                return

    async def _call(self, handle: Handler, events: Sequence[Event]) -> None:
        started = time.perf_counter()
        await handle(events)
        self.waiting_for = None
        CONSUMER_SECONDS.labels(self._name).observe(time.perf_counter() - started)
        CONSUMER_BATCH.labels(self._name).observe(len(events))

    async def _wait_for(self, dependency: str, outage: Backoff) -> None:
        if self.waiting_for is None:
            log.warning("consumer.dependency.lost", consumer=self._name, dependency=dependency)
        self.waiting_for = dependency
        self._retry("dependency")
        await asyncio.sleep(outage.delay())

    def _retry(self, outcome: str) -> None:
        CONSUMER_RETRIES.labels(self._name, outcome).inc()


def reason_of(error: Exception) -> str:
    """Our own texts hold no data (shared.errors); of all others only the type and the place are told."""
    if isinstance(error, TechRescueError):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
