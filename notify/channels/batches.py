"""Concurrent calls that share one piece of work: who comes while a batch runs is in the next one. No provider here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Batches(Generic[T]):
    """`put` returns when the batch with this item is done, and raises what the batch raised."""

    def __init__(self, work: Callable[[list[T]], Awaitable[None]], *, limit: int) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[None]]] = deque()
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
            outcome: BaseException | None = None
            try:
                await self._work([item for item, _ in batch])
            except BaseException as error:  # whatever it was, those who wait must hear of it
                outcome = error
                if isinstance(error, asyncio.CancelledError):
                    raise
            finally:
                for _, done in batch:
                    _settle(done, outcome)


def _settle(done: "asyncio.Future[None]", outcome: BaseException | None) -> None:
    if done.done():  # who waited was cancelled
        return
    if outcome is None:
        done.set_result(None)
    else:
        done.set_exception(outcome)
