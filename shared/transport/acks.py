"""How far each lane came, told to the transport once a second for all lanes together (laws 5 and 8).

No lane waits for it: an offset commit takes the broker 6 ms and costs as much as handling a few events. What a kill leaves untold
is read again, and recognised by the inbox.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Final

from shared.crash import crash_point
from shared.errors import DependencyDown
from shared.telemetry.logs import logger
from shared.telemetry.metrics import CONSUMER_ACKS
from shared.transport.port import Lane, LaneLost, Source

EVERY_SECONDS: Final = 1.0

log = logger()


class Acks:
    """Of one consumer. `lost` hears of lanes that belong to another member by now."""

    def __init__(self, source: Source, name: str, lost: Callable[[Lane], None], *, every_seconds: float = EVERY_SECONDS) -> None:
        self._source = source
        self._name = name
        self._lost = lost
        self._every_seconds = every_seconds
        self._due: dict[Lane, int] = {}
        self._one_at_a_time = asyncio.Lock()  # an older offset must not arrive after a newer one
        self._telling: asyncio.Task[None] | None = None

    def done(self, lane: Lane, next_offset: int) -> None:
        """All below `next_offset` is committed in our database. Raises what no telling could settle before."""
        self._due[lane] = next_offset
        if self._telling is not None and self._telling.done():
            self._telling.result()
            self._telling = None
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_until_told())

    async def tell(self, lanes: Collection[Lane]) -> None:
        """Now: these lanes are being let go. Bounded by the source."""
        async with self._one_at_a_time:
            due = {lane: self._due.pop(lane) for lane in lanes if lane in self._due}
            if due:
                await self._acknowledge(due)

    async def close(self) -> None:
        """What is still due is read again by whoever comes next. Raises what no telling could settle."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait({self._telling})
            if not self._telling.cancelled():
                self._telling.result()

    async def _tell_until_told(self) -> None:
        while self._due:
            await asyncio.sleep(self._every_seconds)
            await self.tell(list(self._due))

    async def _acknowledge(self, due: Mapping[Lane, int]) -> None:
        """What cannot be known is made good by the next one."""
        crash_point("consumer.ack", "before")
        try:
            await self._source.acknowledge(due)
        except LaneLost:
            await self._one_by_one(due)
        except DependencyDown as error:
            log.warning("consumer.ack.unknown", consumer=self._name, lanes=len(due), dependency=error.dependency)
            self._count("unknown", len(due))
        else:
            crash_point("consumer.ack", "after")
            self._count("done", len(due))

    async def _one_by_one(self, due: Mapping[Lane, int]) -> None:
        """A lost lane must not cost the others their acknowledgement."""
        if len(due) == 1:
            self._count("lost", 1)
            self._lost(next(iter(due)))
            return
        for lane, next_offset in due.items():
            await self._acknowledge({lane: next_offset})

    def _count(self, outcome: str, lanes: int) -> None:
        CONSUMER_ACKS.labels(self._name, outcome).inc(lanes)
