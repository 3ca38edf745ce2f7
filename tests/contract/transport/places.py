"""The transports under test, each with everything a consumer needs around it: a context's schema, a group, a way to publish."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg

from shared.events.envelope import Event, encode
from shared.events.registry import EventType, Topic
from shared.postgres.transaction import transaction
from shared.transport.consumer import Consumer, ConsumerPolicy
from shared.transport.dead_letters import DeadLetters
from shared.transport.inbox import first_seen
from shared.transport.port import Transport
from tests.support.events import number_of

SITE = "notify.consume"
QUICK = ConsumerPolicy(poll_seconds=0.05, letters_seconds=0.05, lag_seconds=0.2, drain_seconds=2.0, cancel_seconds=2.0)


@dataclass(frozen=True)
class Place:
    """`settings` is what a process of its own needs to reach the same transport; see member.py."""

    pool: asyncpg.Pool
    transport: Transport
    settings: dict[str, str]
    group: str = field(default_factory=lambda: f"notify-{uuid4().hex[:8]}")

    @property
    def letters(self) -> DeadLetters:
        return DeadLetters(self.pool)

    def consumer(
        self,
        handle: Callable[[Sequence[Event]], Awaitable[None]],
        *,
        group: str | None = None,
        policy: ConsumerPolicy = QUICK,
        wants: Collection[EventType] | None = None,
    ) -> Consumer:
        source = self.transport.source([Topic.MESSAGES], group or self.group)
        return Consumer(source, handle, self.letters, "notify", policy, wants=wants)

    async def publish(self, events: Sequence[Event]) -> None:
        async with self.publishing() as publish:
            await publish(events)

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[Callable[[Sequence[Event]], Awaitable[None]]]:
        publisher = self.transport.publisher()
        await publisher.open()

        async def publish(events: Sequence[Event]) -> None:
            await publisher.publish([encode(event, source="/notify") for event in events])

        try:
            yield publish
        finally:
            await publisher.close()

    async def effects(self) -> list[int]:
        """The numbers of the events that took effect, in that order, each as often as it did."""
        return [
            row["number"] for row in await self.pool.fetch("select (detail ->> 'number')::int as number from audit order by id")
        ]


class Effects:
    """A handler as a context writes one: inbox and effect in one transaction. `poison` says which numbers it cannot stand."""

    def __init__(self, pool: asyncpg.Pool, *, poison: dict[int, Exception] | None = None) -> None:
        self._pool = pool
        self.poison = poison or {}
        self.calls: list[list[int]] = []

    async def __call__(self, events: Sequence[Event]) -> None:
        self.calls.append([number_of(event) for event in events])
        async with transaction(self._pool, SITE) as connection:
            for event in await first_seen(connection, events):
                if number_of(event) in self.poison:
                    raise self.poison[number_of(event)]
                detail = {"number": number_of(event)}
                await connection.execute(
                    "insert into audit (actor, action, subject, detail) values ('test', 'took effect', $1, $2)",
                    event.subject,
                    detail,
                )
