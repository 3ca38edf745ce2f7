"""A call to the hotline, put together from what its telephone system says of it. Pure.

What is said comes doubled, late and in any order. So a call is a handful of earliest moments: the same events give the same call,
however they came.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

ANSWER_SECONDS: Final = 20.0  # the hotline's promise: four of five calls are answered within it
_LAST: Final = "\uffff"  # behind every name: of two moments that are the same the one that says more counts


class CallEvent(StrEnum):
    """What a telephone system says. A closed set: it is the contract."""

    RINGING = "ringing"  # somebody waits
    ANSWERED = "answered"  # an operator has taken it
    ENDED = "ended"  # it is over; without an answer before it: the caller has hung up
    MISSED = "missed"  # it rang out, or nobody was there
    ABANDONED = "abandoned"  # the caller hung up while waiting


class CallOutcome(StrEnum):
    ANSWERED = "answered"
    MISSED = "missed"
    ABANDONED = "abandoned"


LOST: Final = {CallEvent.MISSED: CallOutcome.MISSED, CallEvent.ABANDONED: CallOutcome.ABANDONED}


class CallState(StrEnum):
    RINGING = "ringing"
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """All moments are the telephone system's, but for `silent_at`."""

    id: UUID
    contact_point_id: UUID | None = None  # None: a hidden number
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    operator: str | None = None
    ended_at: datetime | None = None
    lost_at: datetime | None = None
    lost: CallOutcome | None = None
    silent_at: datetime | None = None  # ours: nothing was heard of it any more, so nobody has answered it

    @property
    def outcome(self) -> CallOutcome | None:
        """None: it goes on, as far as anybody knows. Somebody who has answered counts for more than a word that nobody has."""
        if self.answered_at is not None:
            return CallOutcome.ANSWERED
        if self.lost is not None:
            return self.lost
        if self.ended_at is not None:
            return CallOutcome.ABANDONED
        return None if self.silent_at is None else CallOutcome.MISSED

    @property
    def unanswered_at(self) -> datetime | None:
        """Since when it is a call that somebody has to return."""
        return None if self.answered_at is not None else self.lost_at or self.ended_at or self.silent_at

    @property
    def state(self) -> CallState:
        if self.ended_at is not None or self.unanswered_at is not None:
            return CallState.OVER
        return CallState.RINGING if self.answered_at is None else CallState.TALKING

    @property
    def began_at(self) -> datetime | None:
        known = [at for at in (self.rang_at, self.answered_at, self.ended_at, self.lost_at) if at is not None]
        return min(known, default=self.silent_at)

    @property
    def wait_seconds(self) -> float | None:
        """From the first ring to the answer; None: not answered, or nobody said when it rang."""
        if self.answered_at is None or self.rang_at is None:
            return None
        return max(0.0, (self.answered_at - self.rang_at).total_seconds())


def heard(call: Call, event: CallEvent, at: datetime, operator: str | None = None) -> Call:
    """The call after one more word; the same word again changes nothing."""
    match event:
        case CallEvent.RINGING:
            return replace(call, rang_at=_earliest(call.rang_at, at))
        case CallEvent.ENDED:
            return replace(call, ended_at=_earliest(call.ended_at, at))
        case CallEvent.ANSWERED:
            at, operator = _first((call.answered_at, call.operator), (at, operator))
            return replace(call, answered_at=at, operator=operator)
        case CallEvent.MISSED | CallEvent.ABANDONED:
            at, lost = _first((call.lost_at, call.lost), (at, LOST[event]))
            return replace(call, lost_at=at, lost=None if lost is None else CallOutcome(lost))


def fallen_silent(call: Call, now: datetime) -> Call:
    """It rang, and nothing came after it: a word was lost on the way, and the caller must not be."""
    return call if call.state is not CallState.RINGING else replace(call, silent_at=now)


def _earliest(known: datetime | None, told: datetime) -> datetime:
    return told if known is None else min(known, told)


def _first(known: tuple[datetime | None, str | None], told: tuple[datetime, str | None]) -> tuple[datetime, str | None]:
    at, word = known
    if at is None:
        return told
    return min((at, word), told, key=lambda one: (one[0], one[1] or _LAST))


def call_of(row: Any) -> Call:
    fields = {name: row[name] for name in Call.__slots__}
    return Call(**{**fields, "lost": CallOutcome(row["lost"]) if row["lost"] else None})
