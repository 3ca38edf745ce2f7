"""Concurrent calls that share one piece of work: who comes while a batch runs is in the next one. No provider here.

What fails for several is tried for each alone, so that one item that nobody foresaw harms no neighbour.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from shared.errors import DependencyDown, Transient

T = TypeVar("T")
OF_THE_MOMENT: Final = (DependencyDown, Transient)  # no item is to blame: all hear of it, and come again


Waiting = tuple[T, "asyncio.Future[None]"]


class Batches(Generic[T]):
    """`put` returns when the work with this item is done, and raises what that raised. What a batch that fails has done must be
    as if it had not been: it is done again."""

    def __init__(self, work: Callable[[list[T]], Awaitable[None]], *, limit: int) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[Waiting[T]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def put(self, item: T) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._work_off())
        await done

    async def _work_off(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
            try:
                await self._work([item for item, _ in batch])
            except BaseException as error:  # whatever it was, those who wait must hear of it
                if len(batch) > 1 and isinstance(error, Exception) and not isinstance(error, OF_THE_MOMENT):
                    await self._each_alone(batch)
                    continue
                _tell(batch, error)
                if isinstance(error, asyncio.CancelledError):
                    raise
            else:
                _tell(batch, None)

    async def _each_alone(self, batch: Sequence[Waiting[T]]) -> None:
        for place, one in enumerate(batch):
            outcome: BaseException | None = None
            try:
                await self._work([one[0]])
            except asyncio.CancelledError as error:
                _tell(batch[place:], error)
                raise
            except Exception as error:  # noqa: BLE001 - told to whose item it is
                outcome = error
            _tell([one], outcome)


def _tell(batch: Sequence[Waiting[T]], outcome: BaseException | None) -> None:
    for _, done in batch:
        _settle(done, outcome)


def _settle(done: "asyncio.Future[None]", outcome: BaseException | None) -> None:
    if done.done():  # who waited was cancelled
        return
    if outcome is None:
        done.set_result(None)
    else:
        done.set_exception(outcome)
