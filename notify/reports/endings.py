"""How a round ended; a closing that somebody confirmed stands apart from one that nobody contradicted. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from notify.reports.facts import Facts
from notify.sla.rounds import Reached
from shared.events.assignments import Outcome
from shared.service_levels import CLOSED_BY_SILENCE

VOUCHED_FOR: Final = "incident_over"  # the reason of an ending that the resident has said themselves


class Ending(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"  # solved, and the resident says so
    UNCONFIRMED = "unconfirmed"  # solved, says the helper, and three days of silence have closed it
    AWAITING = "awaiting"  # solved, says the helper; the three days run
    REOPENED = "reopened"  # solved, said the helper; the resident says no
    SECOND_VISIT = "second_visit"  # goes on in the next round
    UNREACHED = "unreached"  # nobody opened, or a wrong address
    HANDED_OFF = "handed_off"  # to an office, or to the city desk
    CANCELLED = "cancelled"  # before, or at the door


_BY_OUTCOME: Final = {
    Outcome.ABSENT: Ending.UNREACHED,
    Outcome.WRONG_ADDRESS: Ending.UNREACHED,
    Outcome.SECOND_VISIT: Ending.SECOND_VISIT,
    Outcome.NEEDS_VISIT: Ending.SECOND_VISIT,
    Outcome.REFUSED: Ending.CANCELLED,
    Outcome.UNSAFE: Ending.HANDED_OFF,
    Outcome.NEEDS_OFFICE: Ending.HANDED_OFF,
    "handed_off": Ending.HANDED_OFF,
    "cancelled": Ending.CANCELLED,
}


def ending_of(facts: Facts, as_of: datetime) -> Ending:
    if facts.round.closed_at is None:
        return Ending.OPEN
    done_at = facts.round.reached.get(Reached.DONE)
    if facts.round.outcome in _BY_OUTCOME or done_at is None:
        return _BY_OUTCOME.get(facts.round.outcome or "", Ending.CANCELLED)
    return _of_solved(facts, done_at, as_of)


def _of_solved(facts: Facts, done_at: datetime, as_of: datetime) -> Ending:
    """The first word of the resident afterwards counts; a later round has words of its own."""
    confirmed = min((at for at in facts.confirmed_at if at >= done_at), default=None)
    reopened = min((at for at in facts.reopened_at if at >= done_at), default=None)
    if reopened is not None and (confirmed is None or reopened < confirmed):
        return Ending.REOPENED
    if confirmed is not None or facts.done_reason == VOUCHED_FOR:
        return Ending.CONFIRMED
    return Ending.UNCONFIRMED if as_of - done_at >= CLOSED_BY_SILENCE else Ending.AWAITING
