""" "1 hủy, 2 giữ" is answered in its own words, and who says not to cancel keeps what they have."""

from datetime import timedelta

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.steps import Command
from tests.support.talking import PLACE, TROUBLE, Talking


def asked_whether() -> Talking:
    talk = Talking()
    for text in (TROUBLE, PLACE, "Lan", "1", "hủy yêu cầu"):
        talk.writes(text)
    assert talk.state.asking is Ask.CANCEL
    return talk


@pytest.mark.parametrize(
    "said", ["hủy", "Hủy đi em", "huỷ bỏ", "hủy yêu cầu", "thôi không cần nữa", "hủy TR-7K3M-92QX", "cancel it"]
)
def test_to_cancel_is_yes(said: str) -> None:
    talk = asked_whether()
    assert "TR-7K3M-92QX" in talk.writes(said)
    assert Command.CANCEL_REQUEST in talk.commands


@pytest.mark.parametrize(
    "said",
    [
        *("giữ", "Giữ lại nhé", "giữ nguyên", "giu lai yeu cau", "không hủy", "thôi không hủy nữa", "đừng hủy em ơi"),
        *("thôi giữ lại", "không hủy yêu cầu", "keep it", "don't cancel it", "khong, giu lai", "thôi khỏi hủy"),
    ],
)
def test_to_keep_is_no(said: str) -> None:
    talk = asked_whether()
    assert "TR-7K3M-92QX" in talk.writes(said)
    assert (talk.state.stage, talk.state.asking, Command.CANCEL_REQUEST in talk.commands) == (Stage.IDLE, None, False)


@pytest.mark.parametrize("said", ["thôi", "Thôi ạ", "khỏi", "thôi không sao", "thôi không biết có nên hủy", "đúng hủy"])
def test_a_word_that_may_mean_either_is_asked_about_and_then_a_persons(said: str) -> None:
    talk = asked_whether()
    assert "hủy yêu cầu TR-7K3M-92QX ạ?" in talk.writes(said)
    talk.writes(said)
    assert (talk.state.stage, Command.CANCEL_REQUEST in talk.commands) == (Stage.WITH_PERSON, False)


def test_another_code_is_another_question() -> None:
    talk = Talking(open_codes=("TR-7K3M-92QX", "TR-ABCD-2345"))
    talk.writes("HUY TR-7K3M-92QX")
    assert "hủy yêu cầu TR-ABCD-2345 ạ?" in talk.writes("HUY TR-ABCD-2345")
    assert "Đã hủy yêu cầu TR-ABCD-2345" in talk.writes("hủy")


def test_the_same_word_sent_twice_before_it_was_asked_is_no_answer() -> None:
    talk = asked_whether()
    assert talk.state.asked_at is not None
    assert "hủy yêu cầu TR-7K3M-92QX ạ?" in talk.writes("hủy", at=talk.state.asked_at - timedelta(seconds=1))
    assert Command.CANCEL_REQUEST not in talk.commands


@pytest.mark.parametrize("said", ["không hủy yêu cầu nhé", "thôi không hủy nữa"])
def test_who_says_unasked_not_to_cancel_is_not_asked_whether_to(said: str) -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE, "Lan", "1", said):
        talk.writes(text)
    assert talk.state.asking is None
