"""One question to one phone: its states, what it asks about, and what an answer does to it. Pure; the queue is in phone.py.

    waiting → open → answered
       ↑        ↓↑
       └───── paused ──→ expired | withdrawn        (every live state may end so)

A closed question still understands its code: a late yes may win an open job, and that is for dispatch to say.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from shared.errors import TechRescueError
from shared.events.assignments import OfferKind
from shared.events.messages import Answer


class QuestionStatus(StrEnum):
    WAITING = "waiting"  # behind another question of this phone; its text has not left
    OPEN = "open"  # the one question of this phone; a bare "1" may mean it
    PAUSED = "paused"  # asked, then an offer came before it; its code still counts
    ANSWERED = "answered"
    EXPIRED = "expired"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # there is nothing left to answer


# In place of a category: what a lead is asked about a frozen visit.
SUSPICIOUS_VISIT: Final = "suspicious_visit"  # a false helper may stand at the door
UNSAFE_VISIT: Final = "unsafe_visit"  # the helper says that it is not safe there

LIVE: Final = frozenset({QuestionStatus.WAITING, QuestionStatus.OPEN, QuestionStatus.PAUSED})

_ENDS: Final = frozenset({QuestionStatus.ANSWERED, QuestionStatus.EXPIRED, QuestionStatus.WITHDRAWN})
MOVES: Final = {
    QuestionStatus.WAITING: {QuestionStatus.OPEN, *_ENDS},
    QuestionStatus.OPEN: {QuestionStatus.WAITING, QuestionStatus.PAUSED, *_ENDS},
    QuestionStatus.PAUSED: {QuestionStatus.OPEN, *_ENDS},
    QuestionStatus.EXPIRED: {QuestionStatus.ANSWERED},
}


class IllegalQuestionMove(TechRescueError):
    def __init__(self, source: QuestionStatus, target: QuestionStatus) -> None:
        super().__init__(f"a question does not move from {source} to {target}")


class AskedOffer(NamedTuple):
    """One offer that a question is about. `message_id`: which text tells of it; None: a call task does."""

    offer_id: UUID
    request_id: UUID
    job_id: UUID
    city: str
    category: str
    commune_code: str
    lease_seconds: float
    not_after: datetime
    message_id: UUID | None
    closed_at: datetime | None = None


class Question(NamedTuple):
    id: UUID
    kind: OfferKind
    code: int
    status: QuestionStatus
    created_at: datetime
    expires_at: datetime
    offers: tuple[AskedOffer, ...]
    asked_at: datetime | None = None
    closed_at: datetime | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None
    thanked: bool = False

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def may_be_known(self) -> bool:
        """Can this person have read it? An open one counts before its submission is recorded: answers can be that fast."""
        return self.status is not QuestionStatus.WAITING or self.asked_at is not None

    @property
    def open_offers(self) -> tuple[AskedOffer, ...]:
        return tuple(offer for offer in self.offers if offer.closed_at is None)


def moved(question: Question, target: QuestionStatus, now: datetime) -> Question:
    if target not in MOVES.get(question.status, frozenset()):
        raise IllegalQuestionMove(question.status, target)
    return question._replace(status=target, closed_at=now if target in _ENDS else None)


# What a no and a yes of a resident mean.
OF_RESIDENTS: Final = {
    OfferKind.INCIDENT: (Answer.BROKEN, Answer.WORKS),
    OfferKind.SESSION: (Answer.STAYS_AWAY, Answer.COMES),
    OfferKind.CONSENT: (Answer.NOT_AGREED, Answer.AGREED),
    OfferKind.FIXED: (Answer.NOT_FIXED, Answer.FIXED),
    OfferKind.CANCEL: (Answer.KEEPS_ON, Answer.CALLS_OFF),
    OfferKind.MOVE: (Answer.STAYS, Answer.MOVES),
}


def meaning(kind: OfferKind, *, yes: bool) -> Answer:
    if kind in OF_RESIDENTS:
        return OF_RESIDENTS[kind][yes]
    if yes:
        return Answer.ACCEPT
    return Answer.CITY_DESK if kind is OfferKind.ESCALATION else Answer.DECLINE


def answered(question: Question, answer: Answer, now: datetime) -> Question:
    """The answer is kept, whatever state it finds: dispatch decides what a late one is worth."""
    # A no to an offer stays one: a yes after it is dispatch's to refuse each time, never ours to thank for as said already.
    refused = question.kind is OfferKind.VISIT and question.answer is Answer.DECLINE
    noted = question._replace(answer=Answer.DECLINE if refused else answer, answered_at=now)
    if question.live or question.status is QuestionStatus.EXPIRED:
        return moved(noted, QuestionStatus.ANSWERED, now)
    return noted


def submitted(question: Question, message_id: UUID, now: datetime) -> Question:
    """A text of this question is with the carrier: the leases of the offers it tells of run from here, capped by not_after."""
    told = [offer for offer in question.open_offers if offer.message_id == message_id]
    ends = [min(now + timedelta(seconds=offer.lease_seconds), offer.not_after) for offer in told]
    asked_at = question.asked_at or now
    if not ends or not question.live:
        return question._replace(asked_at=asked_at)
    later = [question.expires_at] if question.asked_at is not None else []
    return question._replace(asked_at=asked_at, expires_at=max(ends + later))


def only_asked(before: Question, after: Question) -> bool:
    """Between the two it was handed over, and nothing else."""
    answers = (before.answer, before.answered_at, before.thanked) == (after.answer, after.answered_at, after.thanked)
    return answers and before.status is after.status and before.offers == after.offers


def without(question: Question, offer_id: UUID, now: datetime) -> Question:
    """This offer is no longer to be answered; a question without any is withdrawn by the caller, who says how it ended."""
    offers = tuple(
        offer._replace(closed_at=now) if offer.offer_id == offer_id and offer.closed_at is None else offer
        for offer in question.offers
    )
    return question._replace(offers=offers)


def told_by(question: Question, offer_id: UUID, message_id: UUID) -> Question:
    """This message is the one that tells of the offer."""
    offers = tuple(o._replace(message_id=message_id) if o.offer_id == offer_id else o for o in question.offers)
    return question._replace(offers=offers)


def told_only_by(question: Question, message_id: UUID | None) -> Question:
    """The question as this one message sees it."""
    offers = tuple(offer for offer in question.offers if offer.message_id == message_id)
    return question if offers == question.offers else question._replace(offers=offers)
