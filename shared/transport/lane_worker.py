"""What happens to the records of one lane, in their order: handled, parked or dead, and only then acknowledged (laws 5 to 8)."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import UnreadableEvent
from shared.events.envelope import Event, Record, decode
from shared.telemetry.logs import bound, logger
from shared.telemetry.metrics import CONSUMER_EVENTS, CONSUMER_RETRIES
from shared.transport.acks import Acks
from shared.transport.attempts import Attempts, reason_of
from shared.transport.breaker import Breaker
from shared.transport.dead_letters import DeadLetter, DeadLetters, LetterStatus, subject_of
from shared.transport.port import Lane, Source

log = logger()


@dataclass(frozen=True, slots=True)
class LaneTools:
    """What all lanes of one consumer share."""

    name: str
    source: Source
    acks: Acks
    letters: DeadLetters
    breaker: Breaker
    batch: int
    unwanted: frozenset[bytes]  # values of the header `ce_type`


class LaneWorker:
    """Works on one lane while this process owns it: one batch at a time, and what comes meanwhile waits.

    Only a lane with a whole batch waiting is paused: a paused one is not part of the fetch that runs, and would wait for its end.
    """

    def __init__(self, lane: Lane, attempts: Attempts, tools: LaneTools) -> None:
        self.lane = lane
        self.attempts = attempts
        self.task: asyncio.Task[None] | None = None
        self.leaving = False  # the lane is being let go: finish the batch in hand, start nothing new
        self.letters_due = False
        self.progress_at = time.monotonic()
        self._tools = tools
        self._waiting: deque[Record] = deque()
        self._paused = False
        self._blocked: set[str] | None = None  # subjects with an open letter; what the table says when we take the lane over

    @property
    def busy(self) -> bool:
        return self.task is not None and not self.task.done()

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    def take(self, records: Sequence[Record] = ()) -> None:
        """`records` may be empty when only letters are due."""
        self._waiting.extend(records)
        if not self._paused and self.backlog >= self._tools.batch:
            self._paused = True
            self._tools.source.pause(self.lane)
        if not self.busy:
            self.progress_at = time.monotonic()
            self.task = asyncio.create_task(self._work(), name=f"{self._tools.name} {self.lane}")

    async def _work(self) -> None:
        if self._blocked is None:
            await self.attempts.patiently(self._load_blocked)
        while not self.leaving:
            if self.letters_due:
                self.letters_due = False
                await self._replay_due()
            elif self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._tools.batch, self.backlog))]
                await self._settle(batch)
                self.progress_at = time.monotonic()
                self._tools.acks.done(self.lane, batch[-1].offset + 1)
                self._go_on()
            else:
                return

    def _go_on(self) -> None:
        if self._paused and self.backlog < self._tools.batch and not self.leaving:
            self._paused = False
            self._tools.source.resume(self.lane)

    async def _settle(self, batch: Sequence[Record]) -> None:
        """All at once when nothing is odd about them, else one by one."""
        batch = self._wanted(batch)
        if not batch:
            return
        events = self._plain_events(batch)
        if events is not None and await self.attempts.until_settled(events, unknown_attempts=1) is None:
            self._count("handled", len(events))
            self._tools.breaker.handled(len(events))
            return
        if len(batch) > 1:
            CONSUMER_RETRIES.labels(self._tools.name, "one_by_one").inc()
        for record in batch:
            await self._settle_one(record)
            self.progress_at = time.monotonic()

    def _wanted(self, batch: Sequence[Record]) -> Sequence[Record]:
        if not self._tools.unwanted:
            return batch
        wanted = [record for record in batch if self._tools.unwanted.isdisjoint(value for _, value in record.headers)]
        self._count("unwanted", len(batch) - len(wanted))
        return wanted

    def _plain_events(self, batch: Sequence[Record]) -> list[Event] | None:
        try:
            events = [decode(record) for record in batch]
        except UnreadableEvent:
            return None
        if self._blocked and any(str(event.subject) in self._blocked for event in events):
            return None
        return events

    async def _settle_one(self, record: Record) -> None:
        if await self._parked(record):
            return
        with bound(event_id=record.header("ce_id")):
            reason = await self._failure_of(record)
            if reason is None:
                self._count("handled")
                self._tools.breaker.handled(1)
            else:
                await self._bury(record, reason)

    async def _failure_of(self, record: Record) -> str | None:
        try:
            event = decode(record)
        except UnreadableEvent as error:
            return reason_of(error)
        return await self.attempts.until_settled([event], alone=True)  # shared, each would wait for others to come

    async def _bury(self, record: Record, reason: str) -> None:
        log.error("consumer.event.died", consumer=self._tools.name, lane=str(self.lane), offset=record.offset, reason=reason)
        await self.attempts.patiently(lambda: self._tools.letters.park(record, reason))
        self._count("dead")
        subject = subject_of(record)
        if subject is not None:
            self._known_blocked().add(subject)
        self._tools.breaker.died()

    async def _parked(self, record: Record) -> bool:
        """True when the record waits behind an open letter now. What we remember is a hint; the table decides."""
        subject = subject_of(record)
        if subject is None or subject not in self._known_blocked():
            return False
        parked = False

        async def park() -> None:
            nonlocal parked
            parked = await self._tools.letters.park_behind(record)

        await self.attempts.patiently(park)
        if parked:
            self._count("parked")
        else:
            self._known_blocked().discard(subject)
        return parked

    async def _replay_due(self) -> None:
        """Letters somebody asked for, and what waited behind them; in this lane, so that nothing overtakes."""
        while not self.leaving:
            due: tuple[DeadLetter, Record] | None = None

            async def look() -> None:
                nonlocal due
                due = await self._tools.letters.next_due(self.lane)

            await self.attempts.patiently(look)
            if due is None:
                return
            await self._replay(*due)
            self.progress_at = time.monotonic()

    async def _replay(self, letter: DeadLetter, record: Record) -> None:
        with bound(event_id=record.header("ce_id")):
            reason = await self._failure_of(record)
        status = LetterStatus.DEAD if reason else LetterStatus.REPLAYED
        log.info("consumer.letter.replayed", consumer=self._tools.name, letter=letter.id, status=status.value, reason=reason)
        await self.attempts.patiently(lambda: self._tools.letters.settle(letter, status, reason))
        self._count("replayed" if reason is None else "dead")

    async def _load_blocked(self) -> None:
        self._blocked = await self._tools.letters.open_subjects(self.lane)

    def _known_blocked(self) -> set[str]:
        if self._blocked is None:
            self._blocked = set()
        return self._blocked

    def _count(self, outcome: str, events: int = 1) -> None:
        CONSUMER_EVENTS.labels(self._tools.name, outcome).inc(events)
