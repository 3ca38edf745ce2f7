"""One message to one person: its states, its moves, and what each outcome means for it. Pure: no I/O, `now` is handed in.

    held → queued → sending → submitted → delivered
                       └──────→ unknown ─┴→ undelivered          (withdrawn: taken back before it left)

Rank only moves forward within an attempt. What ends a message first, ends it: receipts that come doubled, reversed or forged
change nothing, and Kannel's reject (16) followed by a delivery of another part (1) stays a reject.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from notify.channels.port import ReceiptStatus
from notify.sending.ladder import next_rung
from shared.errors import TechRescueError
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason


class MessageStatus(StrEnum):
    HELD = "held"  # waits until the phone has no other open question
    QUEUED = "queued"  # may be claimed from `not_before` on
    SENDING = "sending"  # one sender has it until `lease_until`, under `attempt_id`
    SUBMITTED = "submitted"  # the carrier has taken it over
    UNKNOWN = "unknown"  # it may or may not have left; decided when `lease_until` is over
    DELIVERED = "delivered"  # the phone has it
    UNDELIVERED = "undelivered"  # nobody will try again; `reason` says why
    WITHDRAWN = "withdrawn"  # taken back before it left


ENDED: Final = frozenset({MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.WITHDRAWN})
NOT_LEFT: Final = frozenset({MessageStatus.HELD, MessageStatus.QUEUED})
IN_FLIGHT: Final = frozenset({MessageStatus.SENDING, MessageStatus.UNKNOWN})

MOVES: Final = {
    MessageStatus.HELD: {
        MessageStatus.QUEUED,
        MessageStatus.DELIVERED,  # an earlier attempt arrived after all, and an offer came before the next one
        MessageStatus.UNDELIVERED,
        MessageStatus.WITHDRAWN,
    },
    MessageStatus.QUEUED: {
        MessageStatus.HELD,  # an offer pre-empts this question
        MessageStatus.SENDING,
        MessageStatus.DELIVERED,  # an earlier attempt arrived after all, while the next one waits
        MessageStatus.UNDELIVERED,
        MessageStatus.WITHDRAWN,
    },
    MessageStatus.SENDING: {
        MessageStatus.QUEUED,  # refused for now, the carrier is away, or the next rung of the ladder
        MessageStatus.SUBMITTED,
        MessageStatus.UNKNOWN,
        MessageStatus.DELIVERED,
        MessageStatus.UNDELIVERED,
    },
    MessageStatus.UNKNOWN: {
        MessageStatus.QUEUED,  # sent once more
        MessageStatus.SUBMITTED,
        MessageStatus.DELIVERED,
        MessageStatus.UNDELIVERED,
    },
    MessageStatus.SUBMITTED: {MessageStatus.QUEUED, MessageStatus.DELIVERED, MessageStatus.UNDELIVERED},
}


class IllegalMove(TechRescueError):
    """A move the table does not know: a bug of ours, because whatever comes from outside is checked before."""

    def __init__(self, source: MessageStatus, target: MessageStatus) -> None:
        super().__init__(f"a message does not move from {source} to {target}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRules:
    """How patient we are. Seconds."""

    lease_seconds: float = 20  # what a dead sender had in hand is looked for after this, and its phones wait so long
    send_seconds: float = 15  # of it must be left when a send begins: a carrier answers within 13, and that is recorded
    receipt_wait_seconds: float = 60  # an unknown attempt at a carrier that cannot be asked
    unknown_rung_seconds: float = 20  # the same, where another channel can have it
    ask_patience_seconds: float = 60  # so much longer at one that can be asked, and does not answer
    tries: int = 3  # on one rung, when the carrier refuses for now
    retry_seconds: float = 5  # doubled with each try
    served: frozenset[ChannelKind] = frozenset({ChannelKind.SMS})  # channels that have a carrier here
    templated: frozenset[str] = frozenset()  # purposes that may go as a template of Zalo's, by number

    def send_until(self, claimed_at: float) -> float:
        """Until when a send may begin, in the seconds of a steady clock read before the claim."""
        return claimed_at + self.lease_seconds - self.send_seconds


class Message(NamedTuple):
    """What the rules look at; text and address are elsewhere. A tuple, as each of its moves makes a new one."""

    id: UUID
    status: MessageStatus
    channels: tuple[ChannelKind, ...]
    is_question: bool  # an offer: sent a second time when nobody knows whether it left
    not_before: datetime
    not_after: datetime
    rung: int = 0
    attempts: int = 0
    resends: int = 0
    attempt_id: UUID | None = None
    lease_until: datetime | None = None
    climb_at: datetime | None = None  # submitted, and nobody has shown that it was read: then the next channel has it
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    reason: FailureReason | None = None

    @property
    def channel(self) -> ChannelKind:
        return self.channels[self.rung]


class News(StrEnum):
    """What others must hear of a move."""

    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Moved:
    message: Message
    news: tuple[News, ...] = ()
    retry_at: datetime | None = None  # with FAILED: not before
    climbed: str | None = None  # why the next channel has it


def begin(message: Message, attempt_id: UUID, now: datetime, rules: SendingRules) -> Message:
    """queued → sending. The caller has checked not_before and not_after in the same statement that locked the row."""
    until = now + timedelta(seconds=rules.lease_seconds)
    return _to(message, MessageStatus.SENDING, attempt_id=attempt_id, attempts=message.attempts + 1, lease_until=until)


def submitted(message: Message, now: datetime) -> Moved:
    """The carrier said it has taken the running attempt over. Late words of a message that moved on change nothing."""
    if message.status not in IN_FLIGHT:
        return Moved(message)
    return Moved(_to(message, MessageStatus.SUBMITTED, lease_until=None, submitted_at=now), (News.SUBMITTED,))


def delivered(message: Message, now: datetime) -> Moved:
    """A delivery can arrive before we recorded the submission (Kannel: 1 before 8): then both are told, in order."""
    if message.status in ENDED or message.attempt_id is None:
        return Moved(message)
    first = () if message.status is MessageStatus.SUBMITTED else (News.SUBMITTED,)
    at = message.submitted_at or now
    return Moved(_ended(message, MessageStatus.DELIVERED, now, submitted_at=at), (*first, News.DELIVERED))


def refused(message: Message, now: datetime, rules: SendingRules, *, permanent: bool) -> Moved:
    """The carrier said no: again on this rung, on the next one, or never."""
    if message.status not in IN_FLIGHT and message.status is not MessageStatus.SUBMITTED:
        return Moved(message)
    if not permanent and message.attempts < rules.tries:
        wait = timedelta(seconds=rules.retry_seconds * 2 ** (message.attempts - 1))
        if now + wait < message.not_after:
            return Moved(_again(message, now + wait))
    return climb(message, now, rules, FailureReason.UNDELIVERABLE, why="refused")


def turned_away(message: Message, now: datetime) -> Moved:
    """The route refused what another one of this channel may take: at once, and on this rung."""
    return Moved(_again(message, now)) if message.status in IN_FLIGHT else Moved(message)


def not_taken(message: Message, again_at: datetime) -> Moved:
    """The carrier is away and surely has nothing: back to the queue, and the attempt does not count."""
    if message.status not in IN_FLIGHT:
        return Moved(message)
    return Moved(_again(message, again_at, attempts=message.attempts - 1))


def lost(message: Message, now: datetime, rules: SendingRules) -> Moved:
    """The lease is over, or the carrier gave no answer: nobody knows. A receipt may still tell until `lease_until`."""
    if message.status is not MessageStatus.SENDING:
        return Moved(message)
    is_last = next_rung(message.channels, message.rung, rules.served) is None
    until = now + timedelta(seconds=rules.receipt_wait_seconds if is_last else rules.unknown_rung_seconds)
    return Moved(_to(message, MessageStatus.UNKNOWN, lease_until=until))


def never_seen(message: Message, now: datetime) -> Moved:
    """The carrier was asked and never saw the attempt: it did not leave us, so it is simply sent."""
    return not_taken(message, now)


def given_up(message: Message, now: datetime, rules: SendingRules) -> Moved:
    """No receipt came and the carrier cannot be asked: the next channel has it; at the end of the ladder an offer is sent once
    more, and anything else is told by a person."""
    if message.status is not MessageStatus.UNKNOWN:
        return Moved(message)
    if next_rung(message.channels, message.rung, rules.served) is not None and now < message.not_after:
        return climb(message._replace(resends=1), now, rules, FailureReason.UNKNOWN, why="unknown")
    if message.is_question and message.resends == 0 and now < message.not_after:
        return Moved(_again(message, now, resends=1))
    return failed(message, FailureReason.UNKNOWN, now)


def waited(message: Message, now: datetime, rules: SendingRules) -> Moved:
    """Nobody has shown within its time that it was read. A receipt of the earlier attempt still counts."""
    if message.status is not MessageStatus.SUBMITTED or message.climb_at is None or message.climb_at > now:
        return Moved(message)
    if next_rung(message.channels, message.rung, rules.served) is None or now >= message.not_after:
        return rested(message)
    return climb(message, now, rules, FailureReason.UNDELIVERABLE, why="time")


def rested(message: Message) -> Moved:
    """It stays where it is: it was read, answered, or said otherwise since."""
    return Moved(message._replace(climb_at=None))


def failed(message: Message, reason: FailureReason, now: datetime, *, retry_at: datetime | None = None) -> Moved:
    if message.status in ENDED:
        return Moved(message)
    return Moved(_ended(message, MessageStatus.UNDELIVERED, now, reason=reason), (News.FAILED,), retry_at)


def by_receipt(message: Message, attempt_id: UUID, status: ReceiptStatus, now: datetime, rules: SendingRules) -> Moved:
    """A receipt of this message. Of an earlier attempt only a delivery counts: the person has the text."""
    if status is ReceiptStatus.DELIVERED:
        return delivered(message, now)
    if attempt_id != message.attempt_id or message.status in NOT_LEFT:
        return Moved(message)
    if status in {ReceiptStatus.BUFFERED, ReceiptStatus.ACCEPTED}:
        return submitted(message, now)
    return refused(message, now, rules, permanent=True)


def superseded(message: Message, now: datetime) -> Moved:
    """A newer text says what stands now. Nobody hears of it: nothing has failed."""
    return Moved(_ended(message, MessageStatus.WITHDRAWN, now)) if message.status in NOT_LEFT else Moved(message)


def unaffordable(message: Message, now: datetime, rules: SendingRules) -> Moved:
    """A further try that there is no money for: the next rung, which may cost nothing, or a person."""
    rung = next_rung(message.channels, message.rung, rules.served)
    if rung is None:
        return failed(message, FailureReason.BUDGET, now)
    return Moved(message._replace(rung=rung, attempts=0, not_before=now))


def climb(message: Message, now: datetime, rules: SendingRules, reason: FailureReason, *, why: str) -> Moved:
    """To the next channel, with a fresh count of tries; `reason` is said where there is none."""
    rung = next_rung(message.channels, message.rung, rules.served)
    if rung is None or now >= message.not_after:
        return failed(message, reason, now)
    return Moved(_again(message, now, rung=rung, attempts=0), climbed=why)


def _again(message: Message, at: datetime, **also: Any) -> Message:
    return _to(message, MessageStatus.QUEUED, not_before=at, lease_until=None, **also)


def _ended(message: Message, status: MessageStatus, now: datetime, **also: Any) -> Message:
    return _to(message, status, lease_until=None, ended_at=now, **also)


def _to(message: Message, target: MessageStatus, **changes: Any) -> Message:
    if target not in MOVES.get(message.status, frozenset()):
        raise IllegalMove(message.status, target)
    return message._replace(status=target, climb_at=None, **changes)
