"""A callback: somebody rang and nobody took it, or asked to be called. An owner and a clock, always, until it is over. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from intake.hotline.settings import HotlineSettings
from shared.errors import NotYours, Refused

HOTLINE: Final = "hotline"  # owns what no operator has: whoever is free takes it
CITY_DESK: Final = "city_desk"  # owns what the hotline did not get done


class Reason(StrEnum):
    MISSED_CALL = "missed_call"
    ASKED = "asked"  # they want to be called
    CHAT = "chat"  # a conversation that wants a person's voice
    PASS_PHRASE = "pass_phrase"  # noqa: S105 - a reason; it is told only on a call to the registered number
    CHANGE = "change"  # somebody wants to move or cancel a visit: the registered number has to agree
    NOT_FIXED = "not_fixed"


class CallbackStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"  # one operator is calling, until the lease ends
    ENDED = "ended"  # the outcome says how


class CallbackOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    ANSWERED = "answered"  # they rang again, and somebody took it
    FILED = "filed"  # their request came by itself


SAID: Final = (CallbackOutcome.REACHED, CallbackOutcome.NO_ANSWER, CallbackOutcome.WRONG_NUMBER)  # what an operator may say


class CallbackTaken(Refused):
    def __init__(self) -> None:
        super().__init__("callback_taken", "another operator is calling them; take another one from the list")


class CallbackOver(Refused):
    def __init__(self) -> None:
        super().__init__("callback_over", "nothing is left to do: they were reached, rang again, or filed a request")


class NotTaken(NotYours):
    def __init__(self) -> None:
        super().__init__("callback_not_taken", "take it first, so that nobody else calls the same person: POST …/take")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What the rows of one number say: calls to return, and when somebody last spoke with them or they filed a request."""

    misses: int
    first_at: datetime | None
    last_at: datetime | None
    spoken_at: datetime | None
    filed_at: datetime | None

    @property
    def covered_at(self) -> datetime | None:
        return max((at for at in (self.spoken_at, self.filed_at) if at is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    id: UUID
    contact_point_id: UUID
    reason: Reason
    request_id: UUID | None = None
    conversation_id: UUID | None = None  # in which they asked first
    misses: int  # calls of theirs that nobody took
    asked_at: datetime | None = None
    first_at: datetime  # since when they wait
    last_at: datetime
    status: CallbackStatus = CallbackStatus.OPEN
    owner: str = HOTLINE
    due_at: datetime
    lease_until: datetime | None = None
    held_by: str | None = None  # who took it last and has not said what came of it
    said_by: str | None = None
    outcome: CallbackOutcome | None = None  # of the last try; once it has ended, of all
    tries: int = 0  # that nobody picked up
    raised: int = 0  # how often its time was over and nobody had called
    escalated_at: datetime | None = None
    covers_until: datetime | None = None  # calls until then need no other callback
    opened_at: datetime
    ended_at: datetime | None = None
    version: int = 1

    @property
    def deadline(self) -> datetime:
        """By then something happens to it: somebody has said what came of it, or it goes to whoever is next."""
        return self.lease_until if self.status is CallbackStatus.TAKEN and self.lease_until else self.due_at


def opened(callback_id: UUID, person: UUID, need: Need, now: datetime, settings: HotlineSettings) -> Callback:
    return Callback(
        id=callback_id,
        contact_point_id=person,
        reason=Reason.MISSED_CALL,
        misses=need.misses,
        first_at=need.first_at or now,
        last_at=need.last_at or now,
        due_at=now + timedelta(seconds=settings.due_seconds),
        opened_at=now,
    )


def asked(
    task: Callback, reason: Reason, request_id: UUID | None, now: datetime, *, conversation_id: UUID | None = None
) -> Callback:
    """One number is one task: what they asked for joins what they rang for. A chat knows least of what a call is for: it takes
    the place of no other reason."""
    if task.asked_at is not None:
        known_better = reason is Reason.CHAT and task.reason is not Reason.CHAT
        if known_better or (task.reason, task.request_id) == (reason, request_id or task.request_id):
            return task
    return replace(
        task,
        reason=reason,
        request_id=request_id or task.request_id,
        conversation_id=conversation_id or task.conversation_id,
        asked_at=now,
        last_at=max(task.last_at, now),
        version=task.version + 1,
    )


def settled(task: Callback, need: Need, now: datetime) -> Callback:
    """After one more call of theirs, or a request: counted anew, or over."""
    wanted = task.asked_at is not None and not (need.spoken_at is not None and need.spoken_at >= task.asked_at)
    if not need.misses and not wanted:
        spoken = need.spoken_at is not None and need.spoken_at == need.covered_at
        return _ended(task, CallbackOutcome.ANSWERED if spoken else CallbackOutcome.FILED, need.covered_at or now, now)
    asked_at = task.asked_at if wanted else None
    seen = replace(
        task,
        misses=need.misses,
        asked_at=asked_at,
        reason=task.reason if wanted else Reason.MISSED_CALL,
        conversation_id=task.conversation_id if wanted else None,
        first_at=min(at for at in (need.first_at, asked_at) if at is not None),
        last_at=max(at for at in (need.last_at, asked_at) if at is not None),
    )
    return task if seen == task else replace(seen, version=task.version + 1)


def taken(task: Callback, operator: str, now: datetime, settings: HotlineSettings) -> Callback:
    """Taking what one already has is no change; what another has is refused, until that lease is over."""
    _open(task)
    if task.status is CallbackStatus.TAKEN and task.deadline > now:
        if task.owner != operator:
            raise CallbackTaken
        return task
    return replace(
        task,
        status=CallbackStatus.TAKEN,
        owner=operator,
        held_by=operator,
        lease_until=now + timedelta(seconds=settings.lease_seconds),
        version=task.version + 1,
    )


def said(task: Callback, operator: str, outcome: CallbackOutcome, now: datetime, settings: HotlineSettings) -> Callback:
    """What came of the call. Also after the lease, as long as nobody else has taken it; the same word twice is no change."""
    if task.held_by is None and (task.said_by, task.outcome) == (operator, outcome):
        return task
    if task.ended_at is not None and operator in {task.held_by, task.said_by}:
        return _said_too_late(task, operator, outcome)
    _open(task)
    if task.held_by != operator:
        raise CallbackTaken if task.status is CallbackStatus.TAKEN and task.deadline > now else NotTaken
    heard = replace(task, said_by=operator, held_by=None, outcome=outcome)
    if outcome is not CallbackOutcome.NO_ANSWER:
        return _ended(heard, outcome, max(now, task.last_at), now)
    tries = task.tries + 1
    if tries >= 2 * settings.most_tries:
        return _ended(replace(heard, tries=tries), outcome, max(now, task.last_at), now)
    again = replace(
        heard,
        tries=tries,
        status=CallbackStatus.OPEN,
        owner=_owner(task),
        lease_until=None,
        due_at=now + timedelta(seconds=settings.retry_seconds),
        version=task.version + 1,
    )
    return _raised_to_the_desk(again, now) if tries >= settings.most_tries else again


def _said_too_late(task: Callback, operator: str, outcome: CallbackOutcome) -> Callback:
    """While they talked a request was filed, as a rule by this operator: that ended it, and what they say is true, too."""
    if task.held_by != operator:
        return task
    known = task.outcome if outcome is CallbackOutcome.NO_ANSWER else outcome
    return replace(task, held_by=None, said_by=operator, outcome=known, version=task.version + 1)


def looked(task: Callback, now: datetime, settings: HotlineSettings) -> Callback:
    """A clock has rung: a lease that is over gives it back, what waits for too long goes up. It never ends by a clock."""
    if task.ended_at is not None or _next_look(task, settings) > now:
        return task
    after = task
    if task.status is CallbackStatus.TAKEN:
        after = replace(task, status=CallbackStatus.OPEN, owner=_owner(task), lease_until=None)
    if _escalates_at(after, settings) <= now:
        after = _raised_to_the_desk(replace(after, due_at=now + timedelta(seconds=settings.due_seconds)), now)
    elif after.due_at <= now:
        after = replace(after, raised=after.raised + 1, due_at=now + timedelta(seconds=settings.due_seconds))
    return replace(after, version=task.version + 1)


def next_look(task: Callback, settings: HotlineSettings) -> datetime | None:
    return None if task.ended_at is not None else _next_look(task, settings)


def _next_look(task: Callback, settings: HotlineSettings) -> datetime:
    if task.status is CallbackStatus.TAKEN:
        return task.deadline
    return min(task.due_at, _escalates_at(task, settings))


def _escalates_at(task: Callback, settings: HotlineSettings) -> datetime:
    """Once; then the clock of the desk runs."""
    return task.due_at if task.escalated_at is not None else task.opened_at + timedelta(seconds=settings.escalate_seconds)


def _raised_to_the_desk(task: Callback, now: datetime) -> Callback:
    if task.escalated_at is not None:
        return replace(task, owner=CITY_DESK, raised=task.raised + 1)
    return replace(task, owner=CITY_DESK, escalated_at=now)


def _owner(task: Callback) -> str:
    return HOTLINE if task.escalated_at is None else CITY_DESK


def _open(task: Callback) -> None:
    if task.ended_at is not None:
        raise CallbackOver


def _ended(task: Callback, outcome: CallbackOutcome, covers: datetime, now: datetime) -> Callback:
    return replace(
        task,
        status=CallbackStatus.ENDED,
        outcome=outcome,
        lease_until=None,
        covers_until=covers,
        ended_at=now,
        version=task.version + 1,
    )


def callback_of(row: Any) -> Callback:
    fields = {name: row[name] for name in Callback.__slots__}
    words = {"reason": Reason(row["reason"]), "status": CallbackStatus(row["status"])}
    return Callback(**{**fields, **words, "outcome": CallbackOutcome(row["outcome"]) if row["outcome"] else None})
