"""The relay of one context: outbox rows to the transport, in order, each at least once (law 3). Knows no event's meaning.

It sets the pace of all that comes after it: a look is a statement here, a request to the broker, and for whoever reads a fetch
and a transaction. So it looks at once, when told, while events are few, and gathers them while they are many. What begins the
story of a key need not be looked for: its writer hands it over. What other processes write nobody tells: while there is some of
it, looks come closer together.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from shared.crash import crash_point
from shared.errors import DependencyDown, Transient
from shared.pacing import Backoff, Bell, Tempo
from shared.postgres.failures import POSTGRES
from shared.telemetry.logs import logger
from shared.telemetry.metrics import RELAY_EVENTS, RELAY_OLDEST, RELAY_OWNER, RELAY_RESTARTS, at_zero
from shared.transport.floor import Floor
from shared.transport.outbox import Row, record_of
from shared.transport.owned import Owner, Ownership
from shared.transport.port import Publisher, Transport
from shared.transport.queries import QUERIES

log = logger()


@dataclass(frozen=True, slots=True)
class RelayPolicy:
    batch: int = 1000
    idle_seconds: float = 0.100  # between looks that nobody has rung for: what this process writes rings, or is handed over …
    busy_seconds: float = 0.025  # … and while other processes write, too
    busy_for_seconds: float = 1.0  # how long after the last event of theirs
    unrung_seconds: float = 0.015  # an event that was found so old is one of theirs: our own would have rung by now
    storm_rate: float = 150.0  # above so many events a second looks are spaced, whoever rings
    storm_seconds: float = 0.050  # so far apart, at most; a stop does not wait
    flood_rate: float = 1000.0  # above so many a look is a small part of what it finds only when it comes seldom: …
    flood_seconds: float = 0.150  # … so far apart, at most
    owner_seconds: float = 0.5  # between tries to become the owner


class _Pace:
    """How far apart looks are: a little in a storm, more in a flood."""

    def __init__(self, policy: RelayPolicy) -> None:
        steps = (policy.storm_rate, policy.storm_seconds), (policy.flood_rate, policy.flood_seconds)
        self._steps = [Tempo(many=rate, together=policy.batch, longest_seconds=seconds) for rate, seconds in steps]

    def began(self, now: float) -> None:
        for step in self._steps:
            step.began(now)

    def came(self, now: float, count: int) -> None:
        for step in self._steps:
            step.came(now, count)

    def rest(self, now: float) -> float:
        return max(step.rest(now) for step in self._steps)


class Relay(Owner):
    """Publishes the outbox of `schema`. Run one a process: one owns the outbox, the others stand by."""

    def __init__(self, pool: asyncpg.Pool, transport: Transport, schema: str, policy: RelayPolicy | None = None) -> None:
        self._policy = policy or RelayPolicy()
        super().__init__(pool, QUERIES["try_relay_lock"], stand_by_seconds=self._policy.owner_seconds, backoff=Backoff(0.1, 2.0))
        self._transport = transport
        self._schema = schema
        self._work_bell = Bell()  # shortens only the rests of the owner between two looks
        self._owns = False
        self._told = False  # there is something to look for
        self._handed: list[Row] = []  # committed, not published yet
        self._oldest: float | None = None  # when the oldest waiting event was written, on our steady clock
        RELAY_OLDEST.labels(schema).set_function(self.oldest_age_seconds)
        at_zero(RELAY_OWNER, [schema])
        at_zero(RELAY_EVENTS, [schema])

    def wake(self) -> None:
        """There is something in the outbox: look now."""
        self._told = True
        self._work_bell.ring()

    def hand_over(self, rows: Sequence[Row]) -> None:
        """Rows just committed, each among the first of its key: nothing of that key that waits can be older.

        They are published without being looked for. Who is not the owner, or has enough in hand, forgets them: a look finds them,
        and all when there are too many to name (no rows).
        """
        if rows and self._owns and len(self._handed) + len(rows) <= self._policy.batch:
            self._handed += rows
            self._oldest = self._oldest or time.monotonic()
            self._work_bell.ring()
        else:
            self.wake()

    def stop(self) -> None:
        """What stands in the outbox is still published, then `run` returns."""
        super().stop()
        self._work_bell.ring()

    def oldest_age_seconds(self) -> float:
        """How long the oldest event waits to be published; 0 when none does. Grows while the transport is away."""
        return 0.0 if self._oldest is None else time.monotonic() - self._oldest

    def failed(self, error: DependencyDown | Transient) -> None:
        dependency = error.dependency if isinstance(error, DependencyDown) else POSTGRES
        log.warning("relay.dependency.lost", schema=self._schema, dependency=dependency)
        RELAY_RESTARTS.labels(self._schema, dependency).inc()

    async def own(self, owned: Ownership) -> None:
        """Works until stopped. Without the lock connection nothing more is sent: somebody else may own the outbox by now."""
        self._is_well()
        publisher = self._transport.publisher()
        RELAY_OWNER.labels(self._schema).set(1)
        self._owns = True
        try:
            await owned.unless_lost(self._publish_all(owned, publisher), let_go=self._let_go)
            await publisher.close()
        finally:
            await publisher.abandon()  # after a clean close there is nothing left to drop

    def _let_go(self) -> None:
        RELAY_OWNER.labels(self._schema).set(0)
        self._owns, self._handed = False, []

    async def _publish_all(self, outbox: Ownership, publisher: Publisher) -> None:
        policy, floor, look_at, busy_until = self._policy, Floor(), 0.0, 0.0
        pace = _Pace(policy)
        published: list[int] = []  # and not noted yet: the next look does it, in the same round trip
        await self._look(outbox, 0, 1, published)  # so that the age is known even when the transport does not answer
        await publisher.open()
        while True:
            now = time.monotonic()
            pace.began(now)
            handed = await self._publish_handed(publisher, published)
            published += handed
            pace.came(now, len(handed))
            if self._told or self._stopping or now >= look_at or len(published) >= policy.batch:
                self._told = False
                rows = await self._look(outbox, floor.next(now), policy.batch, published)
                published = [row["id"] for row in rows]
                pace.came(now, len(rows))
                if rows:
                    floor.saw(rows[-1]["id"], now)
                    if rows[0]["age_seconds"] > policy.unrung_seconds:
                        busy_until = now + policy.busy_for_seconds
                    await self._publish(publisher, rows)
                elif self._stopping:
                    return
                look_at = now + (policy.busy_seconds if now < busy_until else policy.idle_seconds)
                if len(rows) == policy.batch or self._stopping:
                    continue
            if (rest := pace.rest(time.monotonic())) > 0:
                await self._rest(rest)
            else:
                await self._work_bell.wait(max(0.0, look_at - time.monotonic()))

    async def _publish_handed(self, publisher: Publisher, published: Sequence[int]) -> list[int]:
        """Ids of what was handed over, now published; a look may have found some of it first."""
        found = set(published)
        handed = [row for row in self._handed if row["id"] not in found]
        self._handed = []
        if handed:
            await self._publish(publisher, handed)
        return [row["id"] for row in handed]

    async def _look(self, outbox: Ownership, floor: int, limit: int, published: Sequence[int]) -> list[asyncpg.Record]:
        """On the connection of the lock: whoever is not the owner any more can neither read nor note how far it came."""
        if published:
            crash_point("relay.mark", "before")
        rows = await outbox.ask(QUERIES["unpublished_events"], floor, limit, published)
        if published:
            crash_point("relay.mark", "after")
        self._oldest = time.monotonic() - rows[0]["age_seconds"] if rows else None
        return rows

    async def _publish(self, publisher: Publisher, rows: Sequence[Row]) -> None:
        crash_point("relay.publish", "before")
        await publisher.publish([record_of(row) for row in rows])
        crash_point("relay.publish", "after")
        RELAY_EVENTS.labels(self._schema).inc(len(rows))
        self._oldest = None
