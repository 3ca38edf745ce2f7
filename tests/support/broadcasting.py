"""Broadcasts on a bureau: written by hand, people handed in as dispatch would name them, the lane driven tick by tick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from notify.broadcasts.broadcast import BroadcastKind, BroadcastStatus
from notify.broadcasts.desk import Broadcasts, NewBroadcast
from notify.broadcasts.handing_out import hand_out
from notify.broadcasts.words import free
from notify.sending.claims import Claimed
from notify.sending.sender import Sender
from notify.settings import NotifySettings
from shared.events.broadcasts import Audience, BroadcastPage, Listeners
from shared.events.contract import Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person

WORDS = free("Cổng dịch vụ công đang bảo trì đến 17:00.", "The portal is down until 17:00.")


@dataclass
class Studio:
    """`told`: what each tick of `hand_out` let leave."""

    bureau: Bureau
    pages: dict[UUID, int] = field(default_factory=dict)

    @property
    def settings(self) -> NotifySettings:
        return self.bureau.settings

    @property
    def desk(self) -> Broadcasts:
        return Broadcasts(self.bureau.pool, self.settings, price_vnd=350)

    async def make(self, *people: Person, dry_run: bool = False, gathered: bool = True, **changes: Any) -> UUID:
        """For these people; dispatch has named them all."""
        fields: dict[str, Any] = {
            "kind": BroadcastKind.OUTAGE, "audience": Audience(who=Listeners.RESPONDERS), "words": WORDS, "dry_run": dry_run,
            "not_after": await self.bureau.now() + timedelta(hours=6), "per_second": None, "key": None,
        }  # fmt: skip
        made = await self.desk.make(NewBroadcast(**{**fields, **changes}), "ops-1")
        if gathered:
            await self.name(made["id"], people)
        return UUID(str(made["id"]))

    async def name(
        self, broadcast_id: UUID, people: Sequence[Person], *, last: bool = True, role: Role = Role.RESPONDER
    ) -> Event:
        page = self.pages[broadcast_id] = self.pages.get(broadcast_id, 0) + 1
        recipients = tuple(person.as_(role) for person in people)
        body = BroadcastPage(city="hanoi", broadcast_id=broadcast_id, page=page, last=last, recipients=recipients)
        now = await self.bureau.now()
        event = Event(type=EventType.BROADCAST_PAGE, subject=broadcast_id, version=page, key=broadcast_id, body=body, time=now)
        await self.bureau.hear(event)
        return event

    async def crowd(self, count: int) -> list[Person]:
        return [await self.bureau.person(f"P{number}", f"+8490{number:07d}") for number in range(count)]

    async def hand_out(self, room: int = 1000) -> Sequence[Claimed]:
        claimed, _ = await hand_out(self.bureau.pool, self.bureau.vault, self.bureau.routes(), self.settings, room=room)
        return claimed

    async def told(self, sender: Sender | None = None) -> int:
        """One round: handed out, sent and recorded."""
        sender = sender or self.bureau.sender()
        async with self.bureau.sending(sender):
            await self._begun(sender)
            claimed = await self.hand_out()
            sender.take(claimed, float("inf"))
        return len(claimed)

    async def tell_all(self, rounds: int = 50) -> None:
        """Until nobody is left who may be told now."""
        for _ in range(rounds):
            if not await self.told():
                return
            await self.bureau.move_clock(1)

    async def status(self, broadcast_id: UUID) -> BroadcastStatus:
        return BroadcastStatus((await self.desk.show(broadcast_id))["status"])

    async def counts(self, broadcast_id: UUID) -> dict[str, Any]:
        """What is not nothing."""
        found: dict[str, Any] = (await self.desk.show(broadcast_id))["counts"]
        return {name: count for name, count in found.items() if count}

    def bulk(self) -> Iterator[str]:
        return (message.to for message in self.bureau.carrier.taken if message.kind.startswith("broadcast_"))

    async def _begun(self, sender: Sender) -> None:
        await eventually(lambda: bool(sender.carriers()))
