"""The port every provider of messages fits: what goes out, how a send may end, and what comes back. No provider's own words.

One contract suite runs over all adapters (tests/contract). An adapter keeps no state that a restart would miss.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One attempt to reach one person. `text` and `to` are in clear: never log them.

    `id` is our attempt id. It travels as the provider's correlation (Kannel: `cid` of the dlr-url), and a receipt names it.
    """

    id: UUID
    to: str  # E.164
    text: str
    not_after: datetime  # the provider's validity: a dead offer never arrives at night
    request_id: UUID
    kind: str  # the purpose, e.g. "offer"; for /dev/messages and metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The provider has taken the message over. `carrier_ref` is its own id, if it gives one at once."""

    carrier_ref: str | None = None


class ReceiptStatus(StrEnum):
    """What a receipt says, in our words. The order of arrival means nothing: see message.py for the ranks."""

    BUFFERED = "buffered"  # the provider holds it (Kannel 4)
    ACCEPTED = "accepted"  # the SMSC has it (Kannel 8)
    DELIVERED = "delivered"  # the phone has it (Kannel 1)
    UNDELIVERED = "undelivered"  # expired, unknown subscriber, deleted (Kannel 2)
    REJECTED = "rejected"  # the SMSC refused; final, even if a DELIVERED for another part follows (Kannel 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """News of an attempt. `attempt_id` is what Outgoing.id was; anything may stand there when the receipt is forged."""

    carrier: str
    attempt_id: UUID
    status: ReceiptStatus
    carrier_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """Something a person sent us. `id` is the provider's, stable over its own retries: the key against doubles."""

    carrier: str
    id: str
    sender: str  # as the provider wrote it; parsed by shared.phones
    text: str  # exact UTF-8, long messages joined; never logged


class CarrierRefused(Exception):
    """The provider said no to this message. `permanent`: no later attempt on this channel will do better.

    `reason` is one of our words for a metric label (e.g. "bad_number", "not_routable", "too_long"), never the provider's text.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class CarrierDown(Exception):
    """The provider is away (connection refused, 503, bad credentials) and surely did NOT take the message: no attempt counts."""


class CarrierUncertain(Exception):
    """The request went out and no answer came back: it may or may not be sent (law 10: `unknown`)."""


class Carrier(Protocol):
    """One provider. `send` holds no database connection, bounds itself in time, and raises only the three errors above."""

    @property
    def name(self) -> str:
        """Short and stable: stored with every attempt, a metric label."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether `ask` can tell what became of an attempt."""
        ...

    async def send(self, message: Outgoing) -> Submission: ...

    async def ask(self, attempt_id: UUID) -> ReceiptStatus | None:
        """What became of an attempt; None: the provider never saw it. Called only when `can_be_asked`."""
        ...


class Arrivals(Protocol):
    """Who takes what comes back: callbacks and the simulated carrier call it. Both return after the commit; doubles are harmless.

    Raise nothing but shared.errors: DependencyDown means "answer 503, the provider shall try again". notify.arrivals.Desk is the
    real one.
    """

    async def take_receipt(self, receipt: Receipt) -> None: ...

    async def take_text(self, text: InboundText) -> None:
        """Stored first, matched to questions afterwards. A sender that is no phone number is counted and dropped."""
        ...
