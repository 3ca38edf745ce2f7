"""Where a channel reaches one person: at their number, or at an account. Pure; what it opens is in clear: never log it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notify.accounts.account import PURPOSE
from notify.letter import Letter
from notify.sending.ladder import BY_NUMBER
from notify.store import Line
from shared.events.contract import ChannelKind
from shared.phones import may_be_texted
from shared.security.sealing import DataKey
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_DENIED

log = logger()


@dataclass(frozen=True, slots=True)
class Known:
    """What a claim looks at: one person's line, the keys there are, and when they were sent an SMS."""

    line: Line | None
    keys: Mapping[UUID, DataKey]
    sent: Sequence[datetime]
    now: datetime
    stopped: bool = False  # where the line is not at hand: its owner wants no texts

    @property
    def wants_none(self) -> bool:
        return self.stopped or (self.line is not None and self.line.stopped_at is not None)


def address(letter: Letter, known: Known, channel: ChannelKind) -> str | None:
    """None: this channel does not reach them."""
    return _number(letter, known, channel) if channel in BY_NUMBER else _account(known, channel)


def _number(letter: Letter, known: Known, channel: ChannelKind) -> str | None:
    key, sealed = known.keys.get(letter.key_id), letter.sealed_address
    number = key.open(sealed, purpose="phone").decode() if key is not None and sealed is not None else None
    if number is not None and channel is ChannelKind.SMS and not may_be_texted(number):
        NOTIFY_DENIED.labels("destination", "failed").inc()
        log.warning("notify.destination.refused", purpose=letter.purpose)
        return None
    return number


def _account(known: Known, channel: ChannelKind) -> str | None:
    account = known.line.accounts.get(channel) if known.line is not None else None
    key = known.keys.get(account.address.key_id) if account is not None else None
    return None if account is None or key is None else key.open(account.address, purpose=PURPOSE).decode()
