"""Lanes that have something at the same time share a transaction; the order within each stays its own.

At 50 requests a second nearly every lane has one event at a time: a transaction each would cost more than what they carry. While
many come, a transaction also waits a moment for more of them: half as many of twice the size take a seventh of the work away.
What fails for several is tried for each alone, so that a poison event harms no neighbour.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from shared.errors import DependencyDown
from shared.events.envelope import Event
from shared.gathering import Gatherer
from shared.pacing import Tempo
from shared.transport.attempts import Handler

LANES: Final = 64  # that share at the most
EVENTS: Final = 500  # at once: 24 lanes with a whole batch each ran into the limit of a transaction, and did again
HANDLING_SLOTS: Final = 2
MANY: Final = 150.0  # events a second; above, handling begins …
TOGETHER, LONGEST_SECONDS = 32, 0.080  # … with so many, or so long after the last time


class SharedHandler:
    """A Handler over another: batches of different lanes become one call."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._gatherer: Gatherer[Sequence[Event], None] = Gatherer(
            self._together,
            slots=HANDLING_SLOTS,
            most=LANES,
            weight=len,
            heaviest=EVENTS,
            tempo=Tempo(many=MANY, together=TOGETHER, longest_seconds=LONGEST_SECONDS),
        )

    async def __call__(self, events: Sequence[Event]) -> None:
        await self._gatherer.submit(events)

    async def _together(self, batches: Sequence[Sequence[Event]]) -> list[BaseException | None]:
        try:
            await self._handle(list(chain.from_iterable(batches)))
        except DependencyDown:
            raise
        except Exception:  # whichever it was, it may be one lane's alone; each hears of its own below
            if len(batches) == 1:
                raise
            return [await self._alone(batch) for batch in batches]
        return [None] * len(batches)

    async def _alone(self, batch: Sequence[Event]) -> BaseException | None:
        try:
            await self._handle(batch)
        except Exception as error:  # noqa: BLE001 - told to the lane whose batch it is, which knows what it means
            return error
        return None
