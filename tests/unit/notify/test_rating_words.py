"""A mark for the help, as people write it; and what must never be taken for one."""

from datetime import timedelta

import pytest

from notify.answers.rating_words import rating
from notify.phone import Phone, promote, take_job
from notify.question import Question, QuestionStatus, answered
from shared.events.assignments import OfferKind
from shared.events.messages import Answer
from tests.unit.notify.test_phone import NOW, a_job, a_phone, asked


def a_survey() -> tuple[Phone, Question]:
    phone = a_phone()
    return phone, asked(phone, OfferKind.SURVEY)


@pytest.mark.parametrize(
    ("text", "score", "why"),
    [
        ("5 10 nhanh", 5, "nhanh"),
        ("5 nhanh", 5, "nhanh"),
        ("4", 4, None),
        ("1 10", 1, None),
        ("2 10 đến muộn", 2, "đến muộn"),
        ("1 chậm quá", 1, "chậm quá"),
        ("1", 1, None),
        ("3 sao, tạm được", 3, "tạm được"),
        ("5/5 cảm ơn em", 5, "cảm ơn em"),
        (" 4.  Tốt\n", 4, "Tốt"),
    ],
)
def test_what_people_write_is_a_mark_and_why(text: str, score: int, why: str | None) -> None:
    phone, survey = a_survey()
    said = rating(text, phone, NOW)
    assert said is not None
    assert (said.question.id, said.score, said.why) == (survey.id, score, why)


@pytest.mark.parametrize(
    "text", ["6 tốt", "0", "5 11 nhanh", "tốt lắm", "50 người đang chờ", "có", "5nhanh", "5 " + "a" * 400, ""]
)
def test_what_is_no_mark_is_left_to_others(text: str) -> None:
    phone, _ = a_survey()
    assert rating(text, phone, NOW) is None


def test_without_a_survey_nothing_is_a_mark() -> None:
    phone = a_phone()
    asked(phone, OfferKind.FIXED)
    assert rating("5 10 nhanh", phone, NOW) is None


def test_while_something_else_waits_only_the_code_says_that_it_is_a_mark() -> None:
    phone, survey = a_survey()
    visit = asked(phone)
    assert rating("5 nhanh", phone, NOW) is None
    assert rating("1", phone, NOW) is None
    assert rating(f"5 {visit.code}", phone, NOW) is None
    found = rating(f"5 {survey.code}", phone, NOW)
    assert found is not None
    take_job(phone, a_job(phone.questions[visit.id]))
    phone.put(answered(phone.questions[visit.id], Answer.ACCEPT, NOW))
    assert rating("4 việc nữa", phone, NOW) is None, "they are at work"


def test_a_second_yes_to_the_question_before_is_no_bad_mark() -> None:
    phone = a_phone()
    fixed = asked(phone, OfferKind.FIXED)
    phone.put(answered(fixed, Answer.FIXED, NOW))
    promote(phone, NOW)
    asked(phone, OfferKind.SURVEY, NOW + timedelta(minutes=1))
    for text in ("1", "2"):
        assert rating(text, phone, NOW + timedelta(minutes=2)) is None
    for text, score in (("1 kém", 1), ("5", 5)):
        said = rating(text, phone, NOW + timedelta(minutes=2))
        assert said is not None
        assert said.score == score
    late = rating("1", phone, NOW + timedelta(minutes=20))
    assert late is not None


def test_the_code_of_a_survey_is_understood_for_a_day() -> None:
    phone, survey = a_survey()
    phone.put(answered(survey, Answer.RATED, NOW))
    assert phone.questions[survey.id].status is QuestionStatus.ANSWERED
    changed = rating("3 10", phone, NOW + timedelta(hours=23))
    assert changed is not None
    assert rating("3", phone, NOW + timedelta(hours=1)) is None
    assert rating("3 10", phone, NOW + timedelta(hours=25)) is None
