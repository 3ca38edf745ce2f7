"""A name after a number: which job it belongs to, and when it is none."""

from datetime import timedelta

from notify.answers.matching import match
from notify.answers.reading import Choice, Naming
from notify.answers.verdicts import AskBack, Doubled, NoQuestion, ToJob, ToQuestion
from notify.phone import end_job, take_job
from notify.question import answered
from shared.events.assignments import OfferKind
from shared.events.messages import Answer
from tests.unit.notify.test_phone import NOW, a_job, a_phone, asked

LAN = Naming(10, "LAN")


def test_a_name_belongs_to_the_job_of_that_number() -> None:
    phone = a_phone()
    job = take_job(phone, a_job(asked(phone)))
    lan = Naming(job.number, "LAN")
    assert match(lan, phone, NOW) == ToJob(job, Answer.NAMED, "LAN")
    end_job(phone, job.job_id, NOW)
    assert match(lan, phone, NOW) == NoQuestion()


def test_a_name_right_after_the_yes_is_not_lost_before_dispatch_has_spoken() -> None:
    phone = a_phone()
    question = answered(asked(phone), Answer.ACCEPT, NOW)
    phone.put(question)
    assert match(LAN, phone, NOW) == ToJob(question.offers[0], Answer.NAMED, "LAN")
    assert match(Choice(True, 10, "LAN"), phone, NOW) == ToJob(question.offers[0], Answer.NAMED, "LAN")
    assert match(Choice(True, 10), phone, NOW) == Doubled(question)


def test_a_name_that_reads_like_an_answer_is_one_only_before_the_yes() -> None:
    phone = a_phone()
    question, hong, nhan = asked(phone), Choice(False, 10, or_name="Hồng"), Choice(True, 10, or_name="nhận")
    assert match(hong, phone, NOW) == ToQuestion(question, Answer.DECLINE, None)
    assert match(nhan, phone, NOW) == ToQuestion(question, Answer.ACCEPT, None)
    phone.put(answered(question, Answer.ACCEPT, NOW))
    job = take_job(phone, a_job(question))
    assert match(hong, phone, NOW) == ToJob(job, Answer.NAMED, "Hồng")
    assert match(Choice(False, 10), phone, NOW) == ToJob(job, Answer.RELEASE)


def test_a_name_is_no_yes() -> None:
    phone = a_phone()
    asked(phone)
    assert match(LAN, phone, NOW) == AskBack((10,))


def test_a_number_of_nothing_is_any_text() -> None:
    assert match(Naming(12, "Hàng Bạc"), a_phone(), NOW) == NoQuestion()
    phone = a_phone()
    phone.put(answered(asked(phone), Answer.DECLINE, NOW))
    assert match(LAN, phone, NOW + timedelta(minutes=1)) == NoQuestion()


def test_a_lead_names_whom_they_send_also_after_they_said_mine() -> None:
    phone = a_phone()
    question = answered(asked(phone, OfferKind.ESCALATION), Answer.ACCEPT, NOW)
    phone.put(question)
    job = take_job(phone, a_job(question))
    assert job.number == 10
    assert match(LAN, phone, NOW) == ToQuestion(question, Answer.ASSIGN, "LAN")
