"""How a team says who of it is there, and what must never be taken for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.answers.matching import match
from notify.answers.presence_words import PresenceWord, presence_word
from notify.answers.reading import Choice, JobWord, Unclear, parse
from notify.answers.verdicts import AskBack, AskWhoIsAbsent, NoQuestion, ToJob, ToTeam
from notify.phone import AskedBack, note_asked_back, take_job
from shared.events.messages import Answer
from tests.unit.notify.test_phone import NOW, a_job, a_phone, asked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("CO MAT LAN, MINH", PresenceWord(True, "LAN, MINH")),
        ("Có mặt: Lan, Minh", PresenceWord(True, "Lan, Minh")),
        ("có mặt Lan và Minh", PresenceWord(True, "Lan, Minh")),
        ("da em bao co mat chi Lan a", PresenceWord(True, "chi Lan")),
        ("CO MAT TV-3", PresenceWord(True, "TV-3")),
        ("co mat Nguyen Thi Lan + tv2.", PresenceWord(True, "Nguyen Thi Lan, tv2")),
        ("PRESENT Lan, Minh", PresenceWord(True, "Lan, Minh")),
        ("present lan and minh today", PresenceWord(True, "lan, minh")),
        ("VANG LAN", PresenceWord(False, "LAN", sure=False)),
        ("VẮNG Lan", PresenceWord(False, "Lan")),
        ("vắng mặt: Lan, Minh", PresenceWord(False, "Lan, Minh")),
        ("vang mat lan hom nay", PresenceWord(False, "lan")),
        ("ABSENT LAN", PresenceWord(False, "LAN")),
        ("TO VANG LAN", PresenceWord(False, "LAN", of_team=True)),
        ("Tổ vắng Lan, Mai", PresenceWord(False, "Lan, Mai", of_team=True)),
        ("team absent Lan", PresenceWord(False, "Lan", of_team=True)),
    ],
)
def test_who_is_there_is_read_however_it_is_typed(text: str, word: PresenceWord) -> None:
    assert parse(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "có mặt",
        "co mat roi",
        "có mặt lúc 8h",
        "co mat o nha dan",
        "Vâng chị Lan",
        "dạ vâng, Lan",
        "vang Lan khong den duoc",
        "co mat Lan 14",
        "CO MAT LAN, MINH, 5",
        "vắng mặt ạ",
    ],
)
def test_what_is_not_surely_about_the_team_is_not(text: str) -> None:
    assert presence_word(text) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("VANG", Choice(True)),
        ("VANG 14", Choice(True, 14)),
        ("vang nha", Choice(True)),
        ("VẮNG 14", JobWord(Answer.ABSENT, 14)),
        ("14 vắng nhà", JobWord(Answer.ABSENT, 14)),
        ("vang mat 14", JobWord(Answer.ABSENT, 14)),
        ("absent 14", JobWord(Answer.ABSENT, 14)),
        ("absent", JobWord(Answer.ABSENT)),
        ("bà Lan vắng nhà 14", Unclear(14)),
        ("co mat, cuu toi voi", JobWord(Answer.SOS)),
        ("vang SOS", JobWord(Answer.SOS)),
        ("vắng, nguy hiểm", JobWord(Answer.UNSAFE)),
    ],
)
def test_what_came_of_a_visit_stays_what_came_of_a_visit(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    presence_word(text)


SURE = PresenceWord(False, "LAN")
UNSURE = replace(SURE, sure=False)


def test_without_a_visit_and_a_question_it_is_taken_at_its_word() -> None:
    for word in (SURE, UNSURE, PresenceWord(True, "LAN")):
        assert match(word, a_phone(), NOW) == ToTeam(word)


def test_an_absence_with_a_visit_in_hand_is_asked_back_once() -> None:
    phone = a_phone()
    job = take_job(phone, a_job(asked(phone)))
    assert match(SURE, phone, NOW) == AskWhoIsAbsent((job,), "LAN")
    assert match(PresenceWord(True, "LAN"), phone, NOW) == ToTeam(PresenceWord(True, "LAN")), "who is there is no outcome"
    explicit = replace(SURE, of_team=True)
    assert match(explicit, phone, NOW) == ToTeam(explicit)
    note_asked_back(phone, job.job_id, AskedBack.ABSENT)
    assert match(SURE, phone, NOW) == NoQuestion(), "a machine that answers machines must not talk for ever"


def test_with_the_number_of_the_visit_it_is_the_outcome() -> None:
    phone = a_phone()
    job = take_job(phone, a_job(asked(phone)))
    assert match(parse(f"VẮNG {job.number}"), phone, NOW) == ToJob(job, Answer.ABSENT)


def test_what_may_be_a_yes_is_asked_back_while_a_question_is_open() -> None:
    phone = a_phone()
    question = asked(phone)
    assert match(UNSURE, phone, NOW) == AskBack((question.code,))
    assert match(SURE, phone, NOW) == ToTeam(SURE)
