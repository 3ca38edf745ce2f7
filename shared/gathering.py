"""Gathering: callers that wait at the same time share one piece of work. Knows nothing of what the work is.

No timer and no loop: work starts when somebody waits and a slot is free, so an idle system serves one caller at once and a busy
one gathers while its slots work. Two slots were measured best for transactions: one writes while the other is prepared. A further
slot opens only for as many as another has just taken: else it would run off with the first few of a crowd, for the price of many.
One that is stuck holds up nobody for long.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

YOUNG_SECONDS: Final = 0.05  # work that takes longer than this is waited for no more

Work = Callable[[Sequence[Item]], Coroutine[None, None, Sequence[Result | BaseException]]]


class Gatherer(Generic[Item, Result]):
    """`work` gives one result or error per item, in order; what it raises is told to everybody whose item it had."""

    def __init__(self, work: Work[Item, Result], *, slots: int = 2, most: int = 128) -> None:
        self._work = work
        self._slots = slots
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        # → how many callers it serves, and since when (seconds of a steady clock)
        self._running: dict[asyncio.Task[Sequence[Result | BaseException]], tuple[int, float]] = {}
        self._called = False
        self._patient = False

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """A caller that goes away leaves its item to be done: it may be in a transaction already."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, waiter))
        if not self._called and len(self._running) < self._slots:
            self._called = True
            loop.call_soon(self._start)
        return waiter

    def quiet(self) -> bool:
        """For the work itself: nothing else runs, and nobody waits."""
        return len(self._running) <= 1 and not self._waiting

    def _start(self) -> None:
        self._called = False
        if not self._waiting or len(self._running) >= self._slots:
            return
        if len(self._waiting) < self._least():
            if not self._patient:
                self._patient = True
                asyncio.get_running_loop().call_later(YOUNG_SECONDS, self._start_late)
            return
        gathered = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        self._running[task := asyncio.create_task(self._work([item for item, _ in gathered]))] = len(gathered), time.monotonic()
        task.add_done_callback(partial(self._deliver, [waiter for _, waiter in gathered]))
        if self._waiting:
            self._start()

    def _start_late(self) -> None:
        self._patient = False
        self._start()

    def _least(self) -> int:
        """For how many a further slot is worth its price."""
        young = time.monotonic() - YOUNG_SECONDS
        return min((size for size, since in self._running.values() if since > young), default=0)

    def _deliver(self, waiters: Sequence[asyncio.Future[Result]], task: asyncio.Task[Sequence[Result | BaseException]]) -> None:
        del self._running[task]
        self._start()
        if task.cancelled():
            for waiter in waiters:
                waiter.cancel()
            return
        error = task.exception()
        results = [error] * len(waiters) if error is not None else task.result()
        for waiter, result in zip(waiters, results, strict=True):
            if waiter.done():
                continue
            if isinstance(result, BaseException):
                waiter.set_exception(result)
            else:
                waiter.set_result(result)
