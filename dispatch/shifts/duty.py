"""On duty, off duty, on a break: what somebody may say, until when it holds, and what it does to what they are asked; no I/O.

The end of a break is a moment that is compared with the clock whenever somebody is looked for: nothing has to fire for them to be
back. What they have accepted stays theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.jobs.answering import after_wave
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead
from dispatch.jobs.job import withdrawn_wave
from dispatch.jobs.offer import OFF_DUTY, moved
from shared.errors import Invalid
from shared.events.assignments import OfferKind, OfferStatus
from shared.events.duty import Duty
from shared.events.registry import EventType

LONGEST_BREAK_MINUTES: Final = 12 * 60  # who is away for longer is off duty, and says so when they are back


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of themselves, at `said_at`. `minutes` belong to a break, and to nothing else."""

    duty: Duty
    minutes: int | None = None
    said_at: datetime | None = None  # None: now

    def until(self, now: datetime) -> datetime | None:
        """The end of a break; None: there is none, or they are on duty."""
        return None if self.minutes is None else (self.said_at or now) + timedelta(minutes=self.minutes)


def wish(duty: Duty, minutes: int | None, said_at: datetime | None = None) -> Wish:
    """Raises Invalid."""
    if (duty is Duty.BREAK) != (minutes is not None):
        raise Invalid("minutes", "belong to a break: give them with it, and only with it")
    if minutes is not None and not 1 <= minutes <= LONGEST_BREAK_MINUTES:
        raise Invalid("minutes", f"must be 1 to {LONGEST_BREAK_MINUTES}; who is away for longer is off")
    return Wish(duty, minutes, said_at)


def take_back(case: Case, away: Collection[UUID], leads: Sequence[Lead]) -> int:
    """What these people are being asked is asked of others, at once. They may be asked again later: they have refused nothing.

    Nobody is written to about it: the answer to their own word says what holds. Says how many offers that were.
    """
    asked = [offer for offer in case.having(OfferKind.VISIT, OfferStatus.PENDING) if offer.responder_id in away]
    gone = [case.put(moved(offer, OfferStatus.WITHDRAWN, now=case.now, reason=OFF_DUTY)) for offer in asked]
    if gone and not case.having(OfferKind.VISIT, OfferStatus.PENDING):
        case.job = withdrawn_wave(case.job)
    for offer in gone:
        case.tell(EventType.OFFER_WITHDRAWN, offer=offer, reason=OFF_DUTY)
    if gone:
        after_wave(case, leads)
    return len(gone)
