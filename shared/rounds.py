"""Looking again every so often until told to stop: what watches have in common. What is looked at is their own."""

from abc import ABC, abstractmethod
from contextlib import suppress

from shared.errors import DependencyDown, Transient
from shared.pacing import Bell


class Rounds(ABC):
    """The first look comes after `first_seconds`; a stop waits for no pause."""

    def __init__(self, *, every_seconds: float, first_seconds: float = 0.0) -> None:
        self._every_seconds = every_seconds
        self._first_seconds = first_seconds
        self._end = Bell()
        self._stopping = False

    @abstractmethod
    async def look(self) -> None: ...

    def stop(self) -> None:
        self._stopping = True
        self._end.ring()

    async def run(self) -> None:
        if self._first_seconds:
            await self._end.wait(self._first_seconds)
        while not self._stopping:
            with suppress(DependencyDown, Transient):  # said loudly elsewhere; the next look sees the same
                await self.look()
            await self._end.wait(self._every_seconds)
