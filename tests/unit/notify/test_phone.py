"""The queue of one phone: one question open, visits first, numbers that mean one thing; and which question an answer means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from notify.answers.matching import match
from notify.answers.reading import Choice, JobWord
from notify.answers.verdicts import AskBack, Doubled, NoQuestion, ToJob, ToQuestion, ToWords, UnknownNumber
from notify.phone import RANK, JobOnPhone, Phone, ask, close_offer, end_job, expire, promote, take_job
from notify.question import (
    MOVES,
    AskedOffer,
    IllegalQuestionMove,
    Question,
    QuestionStatus,
    answered,
    meaning,
    moved,
    only_asked,
    submitted,
    told_by,
    without,
)
from shared.events.assignments import OfferKind
from shared.events.messages import Answer

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
VISIT, ESCALATION = OfferKind.VISIT, OfferKind.ESCALATION


def an_offer(**changes: object) -> AskedOffer:
    offer = AskedOffer(
        offer_id=uuid4(),
        request_id=uuid4(),
        job_id=uuid4(),
        city="hanoi",
        category="vneid_login",
        commune_code="00004",
        lease_seconds=180,
        not_after=NOW + timedelta(minutes=10),
        message_id=None,
    )
    return offer._replace(**changes)  # type: ignore[arg-type]


def a_phone() -> Phone:
    return Phone(id=uuid4())


def asked(phone: Phone, kind: OfferKind = VISIT, at: datetime = NOW) -> Question:
    """A question whose text is with the carrier, if it has its turn."""
    question = ask(phone, an_offer(not_after=at + timedelta(minutes=10)), kind, at)
    if question.status is QuestionStatus.OPEN:
        phone.put(question._replace(asked_at=at))
    return phone.questions[question.id]


def a_job(question: Question) -> JobOnPhone:
    offer = question.offers[0]
    return JobOnPhone(
        job_id=offer.job_id, offer_id=offer.offer_id, request_id=offer.request_id, city="hanoi", number=0, began_at=NOW
    )


@pytest.mark.parametrize("source", list(QuestionStatus))
@pytest.mark.parametrize("target", list(QuestionStatus))
def test_every_pair_of_question_states(source: QuestionStatus, target: QuestionStatus) -> None:
    question = ask(a_phone(), an_offer(), VISIT, NOW)._replace(status=source)
    if target in MOVES.get(source, ()):
        assert moved(question, target, NOW).status is target
    else:
        with pytest.raises(IllegalQuestionMove):
            moved(question, target, NOW)


def test_codes_go_round_and_never_mean_two_things() -> None:
    phone = a_phone()
    first = asked(phone)
    assert first.code == 10
    for _ in range(89):
        ask(phone, an_offer(), VISIT, NOW)
    assert len({question.code for question in phone.questions.values()}) == 90
    assert [ask(phone, an_offer(), VISIT, NOW).code for _ in range(2)] == [300, 301], "a storm needs more than two digits"
    close_offer(phone, first.offers[0].offer_id, QuestionStatus.EXPIRED, NOW)
    assert ask(phone, an_offer(), VISIT, NOW).code == 10


def test_the_job_keeps_the_code_of_its_question() -> None:
    phone = a_phone()
    question = asked(phone)
    close_offer(phone, question.offers[0].offer_id, QuestionStatus.ANSWERED, NOW)
    job = take_job(phone, a_job(question))
    assert job.number == question.code
    assert take_job(phone, a_job(question)) == job
    assert asked(phone).code == question.code + 1
    end_job(phone, job.job_id, NOW)
    assert phone.live_jobs == []


def test_a_visit_comes_first_and_what_was_read_keeps_its_code() -> None:
    phone = a_phone()
    unread = ask(phone, an_offer(), ESCALATION, NOW)
    asked(phone)
    assert phone.questions[unread.id].status is QuestionStatus.WAITING
    other = a_phone()
    read = asked(other, ESCALATION)
    visit = asked(other)
    assert other.questions[read.id].status is QuestionStatus.PAUSED
    assert match(Choice(True, read.code), other, NOW) == ToQuestion(other.questions[read.id], Answer.ACCEPT, None)
    close_offer(other, visit.offers[0].offer_id, QuestionStatus.EXPIRED, NOW)
    assert other.open_question is not None
    assert other.open_question.id == read.id


def test_the_lease_runs_from_the_text_and_is_capped() -> None:
    phone = a_phone()
    question, message = ask(phone, an_offer(), VISIT, NOW), uuid4()
    question = told_by(question, question.offers[0].offer_id, message)
    assert submitted(question, message, NOW + timedelta(minutes=1)).expires_at == NOW + timedelta(minutes=4)
    assert submitted(question, message, NOW + timedelta(minutes=9)).expires_at == NOW + timedelta(minutes=10)


def test_a_question_that_was_asked_and_nothing_else_is_told_from_one_that_changed() -> None:
    message = uuid4()
    question = told_by(ask(a_phone(), offer := an_offer(), VISIT, NOW), offer.offer_id, message)
    handed_over = submitted(question, message, NOW)
    assert only_asked(question, handed_over)
    elsewhere = moved(handed_over, QuestionStatus.PAUSED, NOW), without(handed_over, offer.offer_id, NOW)
    for other in (*elsewhere, answered(handed_over, Answer.ACCEPT, NOW), handed_over._replace(thanked=True)):
        assert not only_asked(question, other)


def test_time_over_opens_the_next() -> None:
    phone = a_phone()
    first, second = asked(phone), ask(phone, an_offer(), VISIT, NOW)
    expire(phone, first.id, NOW)
    assert phone.open_question is not None
    assert phone.open_question.id == first.id, "not yet"
    expire(phone, first.id, NOW + timedelta(minutes=11))
    assert phone.open_question.id == second.id


def test_a_bare_yes_counts_when_nothing_else_was_asked_lately() -> None:
    phone = a_phone()
    old = asked(phone)
    close_offer(phone, old.offers[0].offer_id, QuestionStatus.EXPIRED, NOW)
    new = asked(phone, at=NOW + timedelta(minutes=14))
    assert match(Choice(True), phone, NOW + timedelta(minutes=14, seconds=59)) == AskBack((new.code,))
    assert match(Choice(True), phone, NOW + timedelta(minutes=15, seconds=1)) == ToQuestion(new, Answer.ACCEPT, None)


def test_a_bare_yes_to_nothing_is_no_answer() -> None:
    phone = a_phone()
    assert match(Choice(True), phone, NOW) == NoQuestion()
    ask(phone, an_offer(), VISIT, NOW)
    assert isinstance(match(Choice(True), phone, NOW), ToQuestion), "an answer can be faster than the record of the send"


def test_the_code_of_a_question_that_nobody_has_read_is_unknown() -> None:
    phone = a_phone()
    asked(phone)
    waiting = ask(phone, an_offer(), VISIT, NOW)
    assert match(Choice(True, waiting.code), phone, NOW) == UnknownNumber()


@pytest.mark.parametrize("how", [QuestionStatus.EXPIRED, QuestionStatus.WITHDRAWN])
def test_a_late_answer_finds_its_question_for_a_day(how: QuestionStatus) -> None:
    phone = a_phone()
    question = asked(phone)
    close_offer(phone, question.offers[0].offer_id, how, NOW)
    found = match(Choice(True, question.code), phone, NOW + timedelta(hours=23))
    assert isinstance(found, ToQuestion)
    assert match(Choice(True, question.code), phone, NOW + timedelta(hours=25)) == UnknownNumber()
    phone.put(answered(found.question, found.answer, NOW))
    assert isinstance(match(Choice(True, question.code), phone, NOW + timedelta(hours=1)), Doubled)


def test_no_after_yes_is_a_release_once_the_job_is_theirs() -> None:
    phone = a_phone()
    question = answered(asked(phone), Answer.ACCEPT, NOW)
    phone.put(question)
    assert match(Choice(False, question.code), phone, NOW) == ToQuestion(question, Answer.DECLINE, None)
    job = take_job(phone, a_job(question))
    assert match(Choice(False, question.code), phone, NOW) == ToJob(job, Answer.RELEASE)


def test_job_words_need_a_number_when_there_are_two() -> None:
    phone = a_phone()
    assert match(JobWord(Answer.DONE), phone, NOW) == ToWords(read_too=True)
    assert match(JobWord(Answer.DONE, 44), phone, NOW) == UnknownNumber()
    one = take_job(phone, a_job(asked(phone)))
    assert match(JobWord(Answer.DONE), phone, NOW) == ToJob(one, Answer.DONE)
    two = take_job(phone, replace(a_job(asked(phone)), job_id=uuid4()))
    assert match(JobWord(Answer.DONE), phone, NOW) == AskBack((one.number, two.number), jobs=True)
    assert match(JobWord(Answer.DONE, two.number), phone, NOW) == ToJob(two, Answer.DONE)


@pytest.mark.parametrize(
    ("kind", "yes", "answer"),
    [
        (VISIT, True, Answer.ACCEPT),
        (VISIT, False, Answer.DECLINE),
        (ESCALATION, True, Answer.ACCEPT),
        (ESCALATION, False, Answer.CITY_DESK),
    ],
)
def test_what_one_and_two_mean(kind: OfferKind, yes: bool, answer: Answer) -> None:
    assert meaning(kind, yes=yes) is answer


class PhoneMachine(RuleBasedStateMachine):
    """Whatever happens on a phone, in any order."""

    offers = Bundle("offers")

    def __init__(self) -> None:
        super().__init__()
        self.phone = a_phone()
        self.now = NOW

    @rule(target=offers, kind=st.sampled_from(list(OfferKind)))
    def a_question(self, kind: OfferKind) -> AskedOffer:
        self.now += timedelta(seconds=30)
        return ask(self.phone, an_offer(not_after=self.now + timedelta(minutes=5)), kind, self.now).offers[-1]

    @rule()
    def the_text_leaves(self) -> None:
        question = self.phone.open_question
        if question is not None:
            self.phone.put(question._replace(asked_at=question.asked_at or self.now))

    @rule(
        offer=consumes(offers), how=st.sampled_from([QuestionStatus.EXPIRED, QuestionStatus.WITHDRAWN, QuestionStatus.ANSWERED])
    )
    def dispatch_decides(self, offer: AskedOffer, how: QuestionStatus) -> None:
        close_offer(self.phone, offer.offer_id, how, self.now)

    @rule(yes=st.booleans(), code=st.one_of(st.none(), st.integers(10, 30)))
    def an_answer(self, yes: bool, code: int | None) -> None:
        verdict = match(Choice(yes, code), self.phone, self.now)
        if isinstance(verdict, ToQuestion):
            assert code is None or verdict.question.code == code
            self.phone.put(answered(verdict.question, verdict.answer, self.now))
            promote(self.phone, self.now)

    @rule(offer=offers)
    def the_job_is_theirs(self, offer: AskedOffer) -> None:
        question = self.phone.question_of(offer.offer_id)
        assert question is not None
        take_job(self.phone, replace(a_job(question), job_id=offer.job_id, offer_id=offer.offer_id))

    @rule()
    def time_passes(self) -> None:
        self.now += timedelta(minutes=6)
        for id_ in list(self.phone.questions):
            expire(self.phone, id_, self.now)

    @invariant()
    def at_most_one_is_open_and_none_waits_for_nothing(self) -> None:
        live = [question for question in self.phone.questions.values() if question.live]
        opened = [question for question in live if question.status is QuestionStatus.OPEN]
        assert len(opened) == (1 if live else 0)

    @invariant()
    def numbers_mean_one_thing(self) -> None:
        numbers = [q.code for q in self.phone.questions.values() if q.live] + [job.number for job in self.phone.live_jobs]
        assert len(numbers) == len(set(numbers))

    @invariant()
    def what_can_wait_never_keeps_waiting_what_comes_first(self) -> None:
        opened = self.phone.open_question
        if opened is not None:
            assert all(RANK[q.kind] >= RANK[opened.kind] for q in self.phone.questions.values() if q.live)


TestPhone = PhoneMachine.TestCase
TestPhone.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_a_drill_is_in_nobodys_way() -> None:
    """It is open for days; whoever answers anything else has answered it, too."""
    phone = a_phone()
    drill = asked(phone, OfferKind.DRILL)
    assert match(Choice(yes=True), phone, NOW) == ToQuestion(drill, Answer.ACCEPT, None)
    job = JobOnPhone(job_id=uuid4(), offer_id=uuid4(), request_id=uuid4(), city="hanoi", number=40, began_at=NOW, asked="going")
    phone.jobs[job.job_id] = job
    assert match(Choice(yes=True), phone, NOW) == ToJob(job, Answer.GOING)
    phone.jobs.clear()
    visit = asked(phone, VISIT)
    assert match(Choice(yes=True), phone, NOW) == ToQuestion(visit, Answer.ACCEPT, None)
    assert match(Choice(yes=True, code=drill.code), phone, NOW) == ToQuestion(phone.questions[drill.id], Answer.ACCEPT, None)
