"""What has to happen later: rows on the database's clock, fired in the transaction of their effect (law 9).

A timer is a hint. Its handler locks the aggregate, looks whether state and version still fit, and else does nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from shared.errors import DependencyDown, TechRescueError, Transient
from shared.ids import uuid7
from shared.pacing import Backoff
from shared.postgres.queries import load_queries
from shared.postgres.transaction import reading, transaction
from shared.rounds import Rounds
from shared.telemetry.logs import logger
from shared.telemetry.metrics import TIMERS_FIRED, TIMERS_LATE
from shared.transport.attempts import reason_of

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
LOOK_SECONDS: Final = 0.2  # a moved clock is seen within this
AT_ONCE: Final = 200  # timers of one look
SIDE_BY_SIDE: Final = 4  # transactions of one process
POSTPONED_SECONDS: Final = (1.0, 5.0, 30.0, 120.0, 600.0)  # after the first, second, … failure; then always the last

log = logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """`kind` names the handler. `guard` is the version of the subject that the timer believes in; 0 believes nothing."""

    kind: str
    subject: UUID
    due_at: datetime
    guard: int = 0
    attempts: int = 0
    id: UUID = field(default_factory=uuid7)


TimerHandler = Callable[[asyncpg.Connection, Timer], Awaitable[None]]


class _Gone(TechRescueError):
    """Fired, cleared or moved by somebody else meanwhile: what was done here is rolled back."""


async def set_timers(connection: asyncpg.Connection, timers: Sequence[Timer]) -> None:
    """In the caller's transaction, after the aggregates' locks. The same (kind, subject, guard) again moves the timer."""
    rows = {(timer.kind, timer.subject, timer.guard): timer for timer in timers}.values()
    if rows:
        await connection.execute(
            QUERIES["set_timers"],
            [timer.id for timer in rows],
            [timer.kind for timer in rows],
            [timer.subject for timer in rows],
            [timer.due_at for timer in rows],
            [timer.guard for timer in rows],
        )


async def clear_timers(connection: asyncpg.Connection, kinds: Collection[str], subjects: Collection[UUID]) -> None:
    """Tidies up; nothing depends on it, because a timer that no longer fits does nothing."""
    if kinds and subjects:
        await connection.execute(QUERIES["clear_timers"], list(kinds), list(subjects))


class TimerLoop(Rounds):
    """Fires the timers of one context; run one in every process. `site` names the commit, e.g. `dispatch.timer`."""

    def __init__(self, pool: asyncpg.Pool, site: str, handlers: Mapping[str, TimerHandler]) -> None:
        super().__init__(every_seconds=LOOK_SECONDS, backoff=Backoff(0.1, 2.0))
        self._pool = pool
        self._site = site
        self._context = site.partition(".")[0]
        self._handlers = handlers

    async def look(self) -> float | None:
        return None if await self.fire_due() < AT_ONCE else 0

    def failed(self, error: DependencyDown | Transient) -> None:
        """A conflict, while a failed timer was put off: it is still due."""
        if isinstance(error, DependencyDown):
            log.warning("timers.dependency.lost", context=self._context, dependency=error.dependency)

    async def fire_due(self) -> int:
        """One look: every timer that is due. Those of one subject in the order of their times, subjects side by side. Says how
        many were due."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["due_timers"], AT_ONCE)
        subjects: dict[UUID, list[Timer]] = {}
        for timer in map(_timer, rows):
            subjects.setdefault(timer.subject, []).append(timer)
        if subjects:
            await self._side_by_side(list(reversed(subjects.values())))
        return len(rows)

    async def _side_by_side(self, waiting: list[list[Timer]]) -> None:
        lanes = [asyncio.create_task(self._fire_all(waiting)) for _ in range(min(SIDE_BY_SIDE, len(waiting)))]
        try:
            await asyncio.wait(lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.wait(lanes)
        for lane in lanes:
            lane.result()

    async def _fire_all(self, waiting: list[list[Timer]]) -> None:
        while waiting:
            for timer in waiting.pop():
                if self._stopping:
                    return
                await self._fire(timer)

    async def _fire(self, timer: Timer) -> None:
        outcome = "done"
        try:
            await self._fire_in_transaction(timer)
        except _Gone:
            return
        except DependencyDown:
            raise
        except Transient:
            outcome = "again"  # still due: the next look has it
        except Exception as error:  # noqa: BLE001 - one broken timer must not keep the others from firing
            outcome = "failed"
            log.error(  # noqa: TRY400 - an exception's text may hold data; reason_of tells what may be told
                "timers.timer.failed", context=self._context, kind=timer.kind, subject=str(timer.subject), reason=reason_of(error)
            )
            await self._postpone(timer)
        TIMERS_FIRED.labels(self._context, timer.kind, outcome).inc()

    async def _fire_in_transaction(self, timer: Timer) -> None:
        async with transaction(self._pool, self._site) as connection:
            if not await connection.fetchval(QUERIES["try_timer_lock"], timer.id):
                raise _Gone(timer.kind)
            await self._handlers[timer.kind](connection, timer)
            late = await connection.fetchval(QUERIES["claim_timer"], timer.id, timer.due_at)
            if late is None:
                raise _Gone(timer.kind)
        TIMERS_LATE.labels(self._context).observe(late)

    async def _postpone(self, timer: Timer) -> None:
        """Never given up: it stays, ever rarer, and the metric shows it."""
        seconds = POSTPONED_SECONDS[min(timer.attempts, len(POSTPONED_SECONDS) - 1)]
        async with transaction(self._pool, self._site) as connection:
            await connection.execute(QUERIES["postpone_timer"], timer.id, seconds)


def _timer(row: asyncpg.Record) -> Timer:
    return Timer(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        due_at=row["due_at"],
        guard=row["guard"],
        attempts=row["attempts"],
    )
