"""Gathering: callers that wait at the same time share one piece of work. Knows nothing of what the work is.

Work starts when somebody waits and a slot is free, so an idle system serves one caller at once and a busy one gathers while its
slots work; where a piece of work is dear, a tempo lets it gather a little longer. Two slots were measured best for transactions:
one writes while the other is prepared. A further slot opens for as many as another has in hand, or when nobody has come for a
moment: else it would run off with the first few of a crowd, for the price of many.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from itertools import accumulate, islice, takewhile
from typing import Final, Generic, TypeVar

from shared.pacing import Tempo

Item = TypeVar("Item")
Result = TypeVar("Result")

MOMENT_SECONDS: Final = 0.001
VAIN_RESTS: Final = 2  # in a row: then whoever comes waits for an answer before they come again, and …
STARTS_AT_ONCE: Final = 64  # … so often nobody is made to wait

Work = Callable[[Sequence[Item]], Coroutine[None, None, Sequence[Result | BaseException]]]


class Gatherer(Generic[Item, Result]):
    """`work` gives one result or error per item, in order; what it raises is told to everybody whose item it had.

    `tempo`: how far apart work starts while many come; a free slot does not rest when `most` wait. None: it starts when it can.
    `weight`: items of more than `heaviest` together are not taken at once; one alone always is. The tempo counts it, too.
    A rest pays only when somebody comes meanwhile. A few callers who come again as soon as they are answered would be slowed down
    by it for nothing, so after two rests in vain there are none for a while.
    """

    def __init__(
        self,
        work: Work[Item, Result],
        *,
        slots: int = 2,
        most: int = 128,
        weight: Callable[[Item], int] | None = None,
        heaviest: int = 0,
        tempo: Tempo | None = None,
    ) -> None:
        self._work = work
        self._slots = slots
        self._most = most
        self._weight = weight
        self._heaviest = heaviest
        self._tempo = tempo
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._running: dict[asyncio.Task[Sequence[Result | BaseException]], int] = {}  # → how many callers it serves
        self._called = False
        self._came = 0.0  # when somebody came last, in seconds of a steady clock
        self._watched = False  # somebody looks whether more come
        self._rests_since: float | None = None  # on the tempo's word
        self._vain_rests = 0
        self._at_once = 0  # how often work still starts without a rest

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """A caller that goes away leaves its item to be done: it may be in a transaction already."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, waiter))
        self._came = time.monotonic()
        if self._tempo is not None:
            self._tempo.came(self._came, 1 if self._weight is None else self._weight(item))
        if not self._called and len(self._running) < self._slots:
            self._called = True
            loop.call_soon(self._start)
        return waiter

    def _start(self) -> None:
        self._called = False
        if not self._waiting or len(self._running) >= self._slots:
            return
        pause = self._pause(now := time.monotonic())
        if pause > 0:
            self._look_again(pause)
            return
        self._began(now)
        gathered = [self._waiting.popleft() for _ in range(self._how_many())]
        self._running[task := asyncio.create_task(self._work([item for item, _ in gathered]))] = len(gathered)
        task.add_done_callback(partial(self._deliver, [waiter for _, waiter in gathered]))
        if self._waiting:
            self._start()

    def _how_many(self) -> int:
        most = min(self._most, len(self._waiting))
        if self._weight is None:
            return most
        weights = accumulate(self._weight(item) for item, _ in islice(self._waiting, most))
        return max(1, sum(1 for _ in takewhile(lambda weight: weight <= self._heaviest, weights)))

    def _pause(self, now: float) -> float:
        """Seconds for which it is worth while to wait for more callers."""
        if len(self._waiting) >= self._most:
            return 0.0
        rest = 0.0
        if self._tempo is not None and not self._at_once:
            weight = 0 if self._weight is None else sum(self._weight(item) for item, _ in self._waiting)
            rest = self._tempo.rest(now, waiting=weight)
        if rest > 0 and self._rests_since is None:
            self._rests_since = now
        calm = self._came + MOMENT_SECONDS - now if len(self._waiting) < min(self._running.values(), default=0) else 0.0
        return max(rest, calm)

    def _began(self, now: float) -> None:
        if self._tempo is None:
            return
        self._tempo.began(now)
        self._at_once = max(0, self._at_once - 1)
        if self._rests_since is None:
            return
        in_vain = self._came <= self._rests_since + MOMENT_SECONDS
        self._vain_rests = self._vain_rests + 1 if in_vain else 0
        if self._vain_rests >= VAIN_RESTS:
            self._vain_rests, self._at_once = 0, STARTS_AT_ONCE
        self._rests_since = None

    def _look_again(self, seconds: float) -> None:
        if not self._watched:
            self._watched = True
            asyncio.get_running_loop().call_later(seconds, self._looked_again)

    def _looked_again(self) -> None:
        self._watched = False
        self._start()

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
