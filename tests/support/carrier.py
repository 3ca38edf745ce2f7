"""A carrier that writes down what it was asked to send, with knobs; a real implementation of the port."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from notify.channels.port import Abilities, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, ReceiptStatus, Submission
from shared.events.contract import ChannelKind


@dataclass
class RecordingCarrier:
    """`taken` is what the "network" has; `knows` what it would answer when asked."""

    name: str = "recording"
    channel: ChannelKind = ChannelKind.SMS
    two_way: bool = True
    names_attempts: bool = True
    cost_vnd: int = 0
    can_be_asked: bool = False
    repeats_safely: bool = False
    receipts: bool = True
    buttons: bool = False
    latency_seconds: float = 0.0
    refuses: CarrierRefused | None = None
    down: bool = False
    down_for: tuple[str, float | None] = ("away", None)  # CarrierDown: reason, retry_after_seconds
    answers_lost: int = 0  # so many next sends are taken over, but nobody hears of it
    swallowed: int = 0  # so many next sends vanish on the way, and nobody hears of it
    hold: asyncio.Event | None = None  # set: sends wait here before they are taken
    on_send: Callable[[Outgoing], None] | None = None
    taken: list[Outgoing] = field(default_factory=list)
    tried: int = 0
    at_once: int = 0
    most_at_once: int = 0
    knows: dict[UUID, ReceiptStatus] = field(default_factory=dict)
    unanswered: set[UUID] = field(default_factory=set)  # asked about these it says nothing

    @property
    def abilities(self) -> Abilities:
        return Abilities(
            channel=self.channel,
            two_way=self.two_way,
            receipts=self.receipts,
            buttons=self.buttons,
            can_be_asked=self.can_be_asked,
            repeats_safely=self.repeats_safely,
            names_attempts=self.names_attempts,
            cost_vnd=self.cost_vnd,
        )

    async def send(self, message: Outgoing) -> Submission:
        self.tried += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._send(message)
        finally:
            self.at_once -= 1

    async def _send(self, message: Outgoing) -> Submission:
        if self.on_send:
            self.on_send(message)
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        if self.hold:
            await self.hold.wait()
        if self.down:
            raise CarrierDown(self.down_for[0], retry_after_seconds=self.down_for[1])
        if self.refuses:
            raise self.refuses
        if self.swallowed:
            self.swallowed -= 1
            raise CarrierUncertain
        if not (self.repeats_safely and message.id in self.knows):
            self.taken.append(message)
        self.knows[message.id] = ReceiptStatus.ACCEPTED
        if self.answers_lost:
            self.answers_lost -= 1
            raise CarrierUncertain
        return Submission(carrier_ref=f"ref-{len(self.taken)}")

    async def ask(self, attempt_id: UUID) -> ReceiptStatus | None:
        if self.down or attempt_id in self.unanswered:
            raise CarrierDown
        return self.knows.get(attempt_id)

    def texts(self, kind: str | None = None) -> list[str]:
        return [message.text for message in self.taken if kind in {None, message.kind}]

    def kinds(self) -> list[str]:
        return [message.kind for message in self.taken]
