"""How helpers say what came of a visit, and which visit a word means on a phone that has some."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from notify.answers.matching import match
from notify.answers.reading import Choice, JobWord, Unclear, parse
from notify.answers.verdicts import AskBack, AskOutcome, Doubled, Help, NoQuestion, ToJob, ToQuestion, ToWords
from notify.phone import AskedBack, Phone, ask_about, note_asked_back, take_job
from notify.question import answered
from shared.events.messages import Answer
from tests.unit.notify.test_phone import NOW, a_job, a_phone, asked

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "answer", "number"),
    [
        ("14 xong", Answer.DONE, 14),
        ("ok em xong roi 14", Answer.DONE, 14),
        ("Em báo xong việc 14 ạ", Answer.DONE, 14),
        ("da xong", Answer.DONE, None),
        ("vắng nhà 14", Answer.ABSENT, 14),
        ("14 vắng", Answer.ABSENT, 14),
        ("vang nha 14", Answer.ABSENT, 14),
        ("14 khong co ai o nha", Answer.ABSENT, 14),
        ("ko gap ai", Answer.ABSENT, None),
        ("Nobody home 14", Answer.ABSENT, 14),
        ("sai dia chi 14", Answer.WRONG_ADDRESS, 14),
        ("14 địa chỉ sai rồi ạ", Answer.WRONG_ADDRESS, 14),
        ("khong tim thay nha 14", Answer.WRONG_ADDRESS, 14),
        ("wrong address", Answer.WRONG_ADDRESS, None),
        ("người dân từ chối 14", Answer.REFUSED, 14),
        ("ho khong can nua 14", Answer.REFUSED, 14),
        ("khong can nua 14", Answer.REFUSED, 14),
        ("KHONG AN TOAN 14", Answer.UNSAFE, 14),
        ("14 nguy hiểm", Answer.UNSAFE, 14),
        ("nguy hiem, xin hen lai 14", Answer.UNSAFE, 14),
        ("cần cơ quan 14", Answer.NEEDS_OFFICE, 14),
        ("14 phai len phuong", Answer.NEEDS_OFFICE, 14),
        ("CO QUAN 14", Answer.NEEDS_OFFICE, 14),
        ("needs an office 14", Answer.NEEDS_OFFICE, 14),
        ("hẹn lại 14", Answer.SECOND_VISIT, 14),
        ("14 em hen lai nhe", Answer.SECOND_VISIT, 14),
        ("second visit 14", Answer.SECOND_VISIT, 14),
        ("ổn", Answer.WELL, None),
        ("14 den", Answer.ON_SCENE, 14),
        ("SOS", Answer.SOS, None),
        ("sos!!! khong ai giup", Answer.SOS, None),
        ("14 SOS", Answer.SOS, 14),
        ("cứu", Answer.SOS, None),
        ("cứu em với", Answer.SOS, None),
    ],
)
def test_a_word_is_understood_in_any_order(text: str, answer: Answer, number: int | None) -> None:
    assert parse(text) == JobWord(answer, number)


@pytest.mark.parametrize("text", ["xong 14 nhung phai hen lai", "xong 14 15", "14 vắng hay sai dia chi"])
def test_two_meanings_are_unclear(text: str) -> None:
    assert isinstance(parse(text), Unclear)


@pytest.mark.parametrize(
    "text",
    [
        "chua xong 14",
        "xong chua",
        "14 sap xong",
        "khong nguy hiem",
        "bao gio xong",
        "em nghien cuu them",
        "co gi nguy hiem khong",
    ],
)
def test_a_denied_word_is_no_answer(text: str) -> None:
    assert parse(text) is None


def busy(*, jobs: int = 1) -> Phone:
    """A phone that took jobs an hour ago."""
    phone = a_phone()
    for _ in range(jobs):
        question = answered(asked(phone), Answer.ACCEPT, NOW)
        phone.put(question)
        take_job(phone, replace(a_job(question), job_id=uuid4()))
    return phone


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("14 vang nha", Answer.ABSENT),
        ("vang 14", Answer.ABSENT),
        ("vang nha 14", Answer.ABSENT),
        ("tu choi 14", Answer.TURNED_DOWN),
        ("2 14", Answer.RELEASE),
        ("14 xong", Answer.DONE),
        ("xong", Answer.DONE),
        ("vắng nhà", Answer.ABSENT),
    ],
)
def test_of_a_visit_one_has_a_yes_without_marks_means_nobody_there(text: str, answer: Answer) -> None:
    phone = busy()
    number = str(phone.live_jobs[0].number)
    assert match(parse(text.replace("14", number)), phone, LATER) == ToJob(phone.live_jobs[0], answer)


def test_a_yes_said_again_right_after_the_first_is_not_an_absence() -> None:
    phone = busy()
    assert isinstance(match(parse(f"vang {phone.live_jobs[0].number}"), phone, NOW + timedelta(minutes=1)), Doubled)


def test_to_an_open_question_it_is_a_yes() -> None:
    phone = busy()
    question = asked(phone, at=LATER)
    assert match(parse("vang nha"), phone, LATER) == ToQuestion(question, Answer.ACCEPT, None)
    assert match(parse(f"{question.code} vang nha"), phone, LATER) == ToQuestion(question, Answer.ACCEPT, None)


@pytest.mark.parametrize("text", ["vang", "vang nha", "xong nhung phai hen lai"])
def test_what_may_mean_two_things_is_asked_once(text: str) -> None:
    phone = busy()
    assert match(parse(text), phone, LATER) == AskOutcome(phone.live_jobs[0])
    note_asked_back(phone, phone.live_jobs[0].job_id, AskedBack.OUTCOME)
    assert match(parse(text), phone, LATER) == NoQuestion()


def test_with_two_visits_the_number_is_asked_for() -> None:
    phone = busy(jobs=2)
    assert match(parse("khong gap ai"), phone, LATER) == AskBack(tuple(job.number for job in phone.live_jobs), jobs=True)


def test_without_a_visit_a_word_is_answered_and_read_by_a_person() -> None:
    assert match(parse("hen lai"), a_phone(), LATER) == ToWords(read_too=True)
    assert match(parse("xong nhung phai hen lai"), a_phone(), LATER) == NoQuestion()


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("going", "1 14", Answer.GOING),
        ("going", "1", Answer.GOING),
        ("going", "có", Answer.GOING),
        ("going", "vang 14", Answer.GOING),
        ("going", "2 14", Answer.RELEASE),
        ("well", "1 14", Answer.WELL),
        ("well", "ok", Answer.WELL),
        ("well", "ổn 14", Answer.WELL),
        ("well", "14 vang nha", Answer.ABSENT),
    ],
)
def test_what_we_asked_about_a_visit_is_answered_by_its_number(question: str, text: str, answer: Answer) -> None:
    phone = busy()
    ask_about(phone, phone.live_jobs[0].job_id, question)
    text = text.replace("14", str(phone.live_jobs[0].number))
    assert match(parse(text), phone, LATER) == ToJob(phone.live_jobs[0], answer)


def test_not_well_is_a_call_for_help() -> None:
    phone = busy()
    ask_about(phone, phone.live_jobs[0].job_id, "well")
    assert match(Choice(False), phone, LATER) == Help((phone.live_jobs[0],))


def test_a_bare_yes_is_asked_back_while_another_question_is_open() -> None:
    phone = busy()
    job = phone.live_jobs[0]
    ask_about(phone, job.job_id, "well")
    offer = asked(phone, at=LATER)
    assert match(Choice(True), phone, LATER) == AskBack(tuple(sorted((job.number, offer.code))))


def test_sos_with_a_wrong_number_is_heard_all_the_same() -> None:
    phone = busy(jobs=2)
    first, second = phone.live_jobs
    assert match(parse(f"SOS {second.number}"), phone, LATER) == Help((second,))
    assert match(parse("SOS 99"), phone, LATER) == Help((first, second))
    assert match(parse("SOS"), a_phone(), LATER) == Help(())
