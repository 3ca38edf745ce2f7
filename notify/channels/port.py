"""The port every provider of messages fits: what it can do, what goes out, how a send may end, and what comes back.

No provider's own words. An adapter keeps no state that a restart would miss.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable
from uuid import UUID

from shared.events.contract import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a provider can do, by itself and by the contract with it; the same for all its messages."""

    channel: ChannelKind
    two_way: bool  # what a person writes back arrives here; False: a registered sender name, which nobody can answer
    buttons: bool = False  # a tap sends the words of a `Button`
    receipts: bool = True  # False: `submitted` is the last that is ever known
    can_be_asked: bool = False  # `ask` tells what became of an attempt
    repeats_safely: bool = False  # the same attempt twice is one message there
    accents: bool = True  # False: letters beyond ASCII do not arrive as they were written
    longest: int = 1000  # characters of one message
    cost_vnd: int = 0  # of one message, or of one part of an SMS
    many_services: bool = False  # an address names whom it is sent to: what one of them says tells nothing of the others
    names_attempts: bool = False  # its receipts name our attempt; False: only its own `carrier_ref`, which is kept for that


@dataclass(frozen=True, slots=True)
class Button:
    """Tapped instead of typed: `says` comes back as if this person had written it ("1 27")."""

    label: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One attempt to reach one person. `text` and `to` are in clear: never log them.

    `id` is our attempt id. It travels as the provider's correlation (Kannel: `cid` of the dlr-url), and a receipt names it.
    """

    id: UUID
    to: str  # what the channel calls an address: a number (E.164), an account, a mail address, a push subscription (JSON)
    text: str
    buttons: tuple[Button, ...] = ()  # only where the provider has them; the text says all that they say
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
    """News of an attempt. `attempt_id` is what Outgoing.id was; anything may stand there when the receipt is forged. None: this
    provider knows only its own `carrier_ref`, as `send` returned it."""

    carrier: str
    attempt_id: UUID | None
    status: ReceiptStatus
    carrier_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """Something a person sent us. `id` is the provider's, stable over its own retries: the key against doubles. `id_lasts`: of a
    provider that may count anew, so long the same id from the same number is the same; None: from anybody, for ever."""

    carrier: str
    id: str
    sender: str  # as the provider wrote it: a number, parsed by shared.phones, or an account
    text: str  # exact UTF-8, long messages joined; never logged
    channel: ChannelKind = ChannelKind.SMS
    id_lasts: timedelta | None = None


# Refusals that speak of the route and not of the number: another provider may take this text. "not_registered": no text that the
# network knows of this sender.
OF_THE_ROUTE: Final = frozenset({"not_routable", "not_registered"})
# Refusals for the sake of a person, of the hour or of our own words: however many there are in a row, the route is well.
OF_THE_MESSAGE: Final = frozenset({
    "bad_number", "opted_out", "unwanted", "no_account", "no_chat", "blocked", "gone", "too_long_silent", "too_often",
    "night",
    "busy", "too_late", "too_long", "no_template", "bad_template",
})  # fmt: skip


class CarrierRefused(Exception):
    """The provider said no to this message. `permanent`: no later attempt on this channel will do better. `gone`: nor will any
    other message; the address is to be forgotten (an account that blocked us, a subscription that ended).

    `reason` is one of our words for a metric label (e.g. "bad_number", "not_routable", "too_long"), never the provider's text.
    """

    def __init__(self, reason: str, *, permanent: bool, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.gone = gone

    @property
    def of_the_route(self) -> bool:
        return self.permanent and self.reason in OF_THE_ROUTE

    @property
    def of_the_message(self) -> bool:
        return self.reason in OF_THE_MESSAGE


class CarrierDown(Exception):
    """The provider surely did NOT take the message, and would not take another one now: no attempt counts.

    `reason`, a word of ours: "away" (refused the connection, 503), "throttled" (429; `retry_after_seconds` if it said so), or
    what a person has to mend: "credentials", "money", "quota" (what our account may send), "misconfigured".
    """

    def __init__(self, reason: str = "away", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class CarrierUncertain(Exception):
    """The request went out and no answer came back: it may or may not be sent (law 10: `unknown`)."""


class CarrierBroken(CarrierUncertain):
    """Our own code failed in a way that nobody foresaw; how far it had come, nobody knows."""


class Carrier(Protocol):
    """One provider. `send` holds no database connection, bounds itself in time, and raises only the three errors above. Any
    other is a mistake of ours, of which `hand_over` makes CarrierBroken."""

    @property
    def name(self) -> str:
        """Short and stable: stored with every attempt, a metric label."""
        ...

    @property
    def abilities(self) -> Abilities: ...

    async def send(self, message: Outgoing) -> Submission: ...


@runtime_checkable
class Askable(Carrier, Protocol):
    """A provider that knows our attempts: whether it tells just now, its abilities say (`can_be_asked`)."""

    async def ask(self, attempt_id: UUID) -> ReceiptStatus | None:
        """What became of an attempt; None: the provider never saw it."""
        ...


@runtime_checkable
class Choosy(Carrier, Protocol):
    """A provider whose addresses come from outside: would it ever write to this one?"""

    def takes(self, address: str) -> bool: ...


class Arrivals(Protocol):
    """Who takes what comes back: callbacks and the simulated carrier call it. Both return after the commit; doubles are harmless.

    Raise nothing but shared.errors: DependencyDown means "answer 503, the provider shall try again". notify.arrivals.Desk is the
    real one.
    """

    async def take_receipt(self, receipt: Receipt) -> None: ...

    async def take_text(self, text: InboundText) -> None:
        """Stored first, matched to questions afterwards. A sender that is no phone number is counted and dropped."""
        ...
