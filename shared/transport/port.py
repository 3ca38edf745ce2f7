"""What a transport is, whichever it is: the words that relay and consumer speak. No Kafka, no SQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from shared.errors import TechRescueError
from shared.events.envelope import Record
from shared.events.registry import Topic


class Lane(NamedTuple):
    """One partition of one topic: what has an order, and what one consumer owns at a time."""

    topic: Topic
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}"


class LaneLost(TechRescueError):
    """The lane belongs to another member now; what was not acknowledged is read again by that one."""


class Publisher(Protocol):
    """Belongs to one relay. `publish` may take for ever: a send that timed out is not a send that failed (law 4)."""

    async def open(self) -> None:
        """Raises DependencyDown when nobody answers within a bound."""
        ...

    async def publish(self, records: Sequence[Record]) -> None:
        """Returns when all are durable, in order per key. When it raises, any of them may have arrived."""
        ...

    async def close(self) -> None:
        """After the last `publish` has returned. Bounded."""
        ...

    async def abandon(self) -> None:
        """Drops what is unsent, so that nothing of ours arrives later. Bounded, never raises."""
        ...


class LaneListener(Protocol):
    """Who works on what a source reads."""

    async def lanes_assigned(self, lanes: Collection[Lane]) -> None: ...

    async def lanes_revoked(self, lanes: Collection[Lane]) -> None:
        """Returns when the work on them has ended: acknowledged, or given up (law 8)."""
        ...


class Source(Protocol):
    """One member of a consumer group. All waits are bounded; DependencyDown means: close it and open it again later."""

    async def open(self, listener: LaneListener) -> None: ...

    async def poll(self, seconds: float) -> Mapping[Lane, Sequence[Record]]:
        """What has come on lanes that are not paused; waits up to `seconds` for it. Offsets rise within a lane."""
        ...

    def pause(self, lane: Lane) -> None: ...

    def resume(self, lane: Lane) -> None: ...

    async def acknowledge(self, next_offsets: Mapping[Lane, int]) -> None:
        """On each of these lanes all below the offset is done. Raises LaneLost, or DependencyDown when it cannot be known."""
        ...

    async def lag(self) -> Mapping[Lane, int]:
        """Records waiting on each assigned lane, asked of the transport itself. Raises DependencyDown."""
        ...

    async def close(self) -> None:
        """Leaves the group. Calls `lanes_revoked` for nothing: drain first. Bounded, never raises."""
        ...


class Transport(Protocol):
    def publisher(self) -> Publisher:
        """A new one each time: a relay that starts over never shares state with the one before."""
        ...

    def source(self, topics: Collection[Topic], group: str, *, hurried: bool = True) -> Source:
        """`group` is the context's name: all processes of a context share the lanes. `hurried`: somebody waits for each event."""
        ...
