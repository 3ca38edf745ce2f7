"""What one phone is asked: the queue of its questions, the numbers they carry, and the jobs it has taken. Pure.

At most one question is open. Offers to go somewhere come before escalations, then come visits to oneself, then shifts; what is
pushed aside keeps its code. Codes of questions and numbers of jobs come out of one row: none ever means two things.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from notify import short_numbers
from notify.question import AskedOffer, Question, QuestionStatus, moved, without
from shared.events.assignments import OfferKind
from shared.ids import uuid7

# Which question of a phone comes first. What can wait a day gives way to what somebody needs now.
RANK: Final = {
    OfferKind.VISIT: 0,
    OfferKind.ESCALATION: 1,
    OfferKind.CONSENT: 2,
    OfferKind.CANCEL: 2,
    OfferKind.MOVE: 2,
    OfferKind.SHIFT: 3,
    OfferKind.INCIDENT: 4,
    OfferKind.SESSION: 4,
    OfferKind.FIXED: 4,
    OfferKind.DRILL: 5,
    OfferKind.SURVEY: 6,
}


class AskedBack(StrEnum):
    """What we could not tell from their words about a visit. Who was asked the one may still be asked the other."""

    OUTCOME = "outcome"  # what came of it?
    LATE = "late"  # by how much?
    ABSENT = "absent"  # nobody at home, or somebody of the team?
    COMING = "coming"  # "tôi không đến được": do they give it back?


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOnPhone:
    """An accepted job and the number this person calls it by."""

    job_id: UUID
    offer_id: UUID
    request_id: UUID
    city: str
    number: int
    began_at: datetime
    ended_at: datetime | None = None
    asked: str | None = None  # what we last asked about it, by its number: going, well (aftercare.Asked); None: nothing open
    asked_back: tuple[AskedBack, ...] = ()  # what they meant, each once; a second time it is passed on


@dataclass(slots=True, kw_only=True)
class Phone:
    """A working copy of everything open on one phone, held under its row lock. `changed_*` say what has to be saved."""

    id: UUID
    last_code: int = short_numbers.FIRST - 1  # the last of two digits
    questions: dict[UUID, Question] = field(default_factory=dict)
    jobs: dict[UUID, JobOnPhone] = field(default_factory=dict)
    talk_asked_at: datetime | None = None  # when intake's conversation asked something here, if that was its last word
    talk_asked_before: datetime | None = None  # … and the time before, on the same channel
    talk_asked_over: str | None = None  # … in the conversation of this channel
    talk_text_id: UUID | None = None  # … with this text: over what it left, and when, its attempts say
    talk_text_before: UUID | None = None
    texts_left: Mapping[UUID, Sequence[tuple[str, datetime]]] = field(default_factory=dict)  # of questions, and of these texts
    changed_questions: set[UUID] = field(default_factory=set)
    changed_jobs: set[UUID] = field(default_factory=set)

    @property
    def open_question(self) -> Question | None:
        return next((question for question in self.questions.values() if question.status is QuestionStatus.OPEN), None)

    @property
    def live_jobs(self) -> list[JobOnPhone]:
        return [job for job in self.jobs.values() if job.ended_at is None]

    def put(self, question: Question) -> None:
        if self.questions.get(question.id) != question:
            self.questions[question.id] = question
            self.changed_questions.add(question.id)

    def question_of(self, offer_id: UUID) -> Question | None:
        return next((q for q in self.questions.values() if any(offer.offer_id == offer_id for offer in q.offers)), None)


def ask(phone: Phone, offer: AskedOffer, kind: OfferKind, now: datetime) -> Question:
    """A new question, or for a lead one more offer in the question that is still live. Opens it, or puts it in the queue."""
    shared = _shared_escalation(phone) if kind is OfferKind.ESCALATION else None
    if shared is not None:
        later = max(shared.expires_at, offer.not_after)
        question = shared._replace(offers=(*shared.offers, offer), expires_at=later)
        phone.put(question)
        return question
    alone = not any(question.live for question in phone.questions.values())
    question = Question(
        id=uuid7(),
        kind=kind,
        code=_next_number(phone),
        status=QuestionStatus.OPEN if alone else QuestionStatus.WAITING,
        created_at=now,
        expires_at=offer.not_after,
        offers=(offer,),
    )
    phone.put(question)
    if not alone:
        _make_way(phone, question, now)
        promote(phone, now)
    return phone.questions[question.id]


def close_offer(phone: Phone, offer_id: UUID, status: QuestionStatus, now: datetime) -> Question | None:
    """Dispatch has decided about this offer. Its question ends with its last offer, and the next in the queue opens."""
    question = phone.question_of(offer_id)
    if question is None:
        return None
    question = without(question, offer_id, now)
    if question.live and not question.open_offers:
        question = moved(question, status, now)
    phone.put(question)
    promote(phone, now)
    return question


def expire(phone: Phone, question_id: UUID, now: datetime) -> None:
    """The time of this question is over and nobody said so: the queue must not stand still."""
    question = phone.questions.get(question_id)
    if question is not None and question.live and question.expires_at <= now:
        phone.put(moved(question, QuestionStatus.EXPIRED, now))
        promote(phone, now)


def promote(phone: Phone, now: datetime) -> None:
    """Opens the first in the queue if nothing is open: by rank, then the oldest; of shifts the one to be answered first."""
    waiting = [question for question in phone.questions.values() if question.live]
    if not waiting or phone.open_question is not None:
        return
    first = min(waiting, key=lambda question: (RANK[question.kind], _turn(question), question.id))
    phone.put(moved(first, QuestionStatus.OPEN, now))


def take_job(phone: Phone, job: JobOnPhone) -> JobOnPhone:
    """The job gets the code of its question as its number where that is free; taking it twice changes nothing."""
    known = phone.jobs.get(job.job_id)
    if known is not None and known.ended_at is None:
        return known
    question = phone.question_of(job.offer_id)
    number = question.code if question is not None and question.code not in _numbers_in_use(phone) else _next_number(phone)
    taken = replace(job, number=number)
    phone.jobs[job.job_id] = taken
    phone.changed_jobs.add(job.job_id)
    return taken


def end_job(phone: Phone, job_id: UUID, now: datetime) -> JobOnPhone | None:
    job = phone.jobs.get(job_id)
    if job is None or job.ended_at is not None:
        return job
    phone.jobs[job_id] = replace(job, ended_at=now)
    phone.changed_jobs.add(job_id)
    return job


def ask_about(phone: Phone, job_id: UUID, question: str | None) -> None:
    """A question by the number of the job, or, None, its answer: it has no place in the queue, for its number names it."""
    _change_job(phone, job_id, asked=question)


def note_asked_back(phone: Phone, job_id: UUID, what: AskedBack) -> None:
    job = phone.jobs.get(job_id)
    if job is not None and what not in job.asked_back:
        _change_job(phone, job_id, asked_back=(*job.asked_back, what))


def _change_job(phone: Phone, job_id: UUID, **changes: object) -> None:
    job = phone.jobs.get(job_id)
    if job is not None and job.ended_at is None:
        phone.jobs[job_id] = replace(job, **changes)  # type: ignore[arg-type]
        phone.changed_jobs.add(job_id)


def _make_way(phone: Phone, question: Question, now: datetime) -> None:
    """What comes first pushes an open question aside: back into the queue, or paused if its text may have been read.

    Of two about shifts the one that has to be answered sooner: a place that is open for minutes does not wait a day.
    """
    current = phone.open_question
    if current is not None and _before(question, current):
        aside = QuestionStatus.WAITING if current.asked_at is None else QuestionStatus.PAUSED
        phone.put(moved(current, aside, now))


def _turn(question: Question) -> datetime:
    return question.expires_at if question.kind is OfferKind.SHIFT else question.created_at


def _before(question: Question, current: Question) -> bool:
    both_shifts = question.kind is current.kind is OfferKind.SHIFT
    return RANK[question.kind] < RANK[current.kind] or (both_shifts and question.expires_at < current.expires_at)


def _shared_escalation(phone: Phone) -> Question | None:
    return next((q for q in phone.questions.values() if q.live and q.kind is OfferKind.ESCALATION), None)


def _numbers_in_use(phone: Phone) -> set[int]:
    questions: Iterable[int] = (question.code for question in phone.questions.values() if question.live)
    return {*questions, *(job.number for job in phone.live_jobs)}


def _next_number(phone: Phone) -> int:
    number = short_numbers.next_number(phone.last_code, _numbers_in_use(phone))
    if number <= short_numbers.LAST:
        phone.last_code = number
    return number
