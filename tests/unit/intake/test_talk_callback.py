"""Who wants to be called is called, and the conversation goes on: as people say it, with and without marks, in English too."""

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.heard import Intent
from intake.conversations.intents import intent_of
from intake.conversations.saying import Line
from intake.conversations.steps import Command
from shared.folding import folded
from tests.support.talking import PLACE, TROUBLE, Talking
from tests.unit.intake.test_talk_as_people_do import RealTalking

WISHES = [
    *(
        "gọi lại cho tôi",
        "Em gọi lại cho bác nhé",
        "nhờ cháu gọi cho bác",
        "gọi lại giúp em với",
        "gọi điện lại cho tôi",
        "gọi lại",
    ),
    *("gọi điện cho tôi", "Gọi lại nhé", "gọi lại cho anh nhé", "nhờ tổng đài gọi lại", "nhờ nhân viên gọi lại cho bà"),
    *("cho tôi xin cuộc gọi lại", "tôi muốn được gọi lại", "gọi vào số này", "gọi lại số này giúp", "gọi tôi với", "gọi điện"),
    *("không biết làm, gọi lại cho tôi", "liên hệ lại với tôi qua điện thoại", "sao không ai gọi lại cho tôi", "xin gọi lại"),
    *("có thể gọi cho tôi được không", "muốn nhân viên gọi cho tôi", "Gọi lại cho tôi số 0912 345 678"),
    *("call me back", "call me", "please call me", "Can you call me?", "could someone call me back please", "give me a call"),
    *("I don't get it, call me", "call me at 0912345678", "I want a callback", "phone me please", "call back please"),
]
NO_WISHES = [
    *("hôm qua có người gọi cho tôi bảo chuyển tiền", "đừng gọi lại cho tôi", "không cần gọi lại cho tôi", "don't call me back"),
    *("con tôi nhắn zalo vay tiền mà gọi lại không nghe máy", "tôi gọi lại cho chị ấy không được", "call me Lan"),
    *("gọi lại số đó thì không ai nghe", "he said he would call me", "gọi tôi là Lan", "điện thoại không gọi được"),
]


@pytest.mark.parametrize("said", WISHES)
def test_a_wish_to_be_called_is_heard_with_and_without_marks(said: str) -> None:
    assert intent_of(said) is intent_of(folded(said)) is Intent.CALLBACK


@pytest.mark.parametrize("said", NO_WISHES)
def test_a_story_about_calls_is_none(said: str) -> None:
    assert Intent.CALLBACK not in {intent_of(said), intent_of(folded(said))}


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_the_number_that_writes_is_called_and_the_question_stands(before: int) -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE, "Lan")[:before]:
        talk.writes(text)
    asked = talk.state.asking
    assert "sẽ gọi lại số này" in talk.writes("gọi lại cho tôi")
    assert (talk.commands, talk.calls) == ([Command.CALL_BACK], [None])
    assert talk.state.asking is asked
    assert talk.state.stage is not Stage.WITH_PERSON


def test_an_account_without_a_number_is_asked_for_one_and_what_was_told_goes_on() -> None:
    talk = Talking(own_number=False)
    talk.writes(TROUBLE)
    assert "vào số nào" in talk.writes("gọi lại cho tôi")
    assert talk.commands == []
    said = talk.writes("0912 345 678")
    assert ("0912345678" in said, "ở đâu" in said) == (True, True)
    assert (talk.commands, talk.calls) == ([Command.CALL_BACK], ["+84912345678"])
    for text in (PLACE, "Lan"):
        talk.writes(text)
    assert talk.state.asking is Ask.RIGHT, "the number is known by now"


def test_who_gives_no_number_is_asked_no_further() -> None:
    talk = Talking(own_number=False)
    talk.writes("gọi lại cho tôi")
    talk.writes("không")
    assert (talk.state.stage, talk.state.asking, talk.commands) == (Stage.IDLE, None, [])


def test_a_number_in_the_wish_is_the_one_and_where_a_number_was_asked_for_it_is_the_answer() -> None:
    talk = Talking()
    assert "0912345678" in talk.writes("Gọi lại cho tôi số 0912 345 678")
    assert talk.calls == ["+84912345678"]
    other = Talking(own_number=False)
    for text in (TROUBLE, PLACE, "Lan", "gọi cho tôi số 0912 345 678"):
        other.writes(text)
    assert (other.state.asking, other.state.draft.phone, other.commands) == (Ask.RIGHT, "+84912345678", [])


def test_what_is_told_beside_the_wish_is_heard() -> None:
    talk = RealTalking()
    said = talk.writes("Không đăng nhập được VNeID, gọi lại cho tôi nhé")
    assert talk.commands == [Command.CALL_BACK]
    assert ("ở đâu" in said, talk.state.draft.category) == (True, "vneid_login")


def test_the_wish_alone_is_no_trouble() -> None:
    talk = RealTalking()
    for said in ("gọi lại cho tôi", "nhờ nhân viên gọi lại cho tôi với ạ"):
        talk.writes(said)
    assert (talk.state.stage, talk.state.draft.is_empty) == (Stage.IDLE, True)
    assert [say.line for say in talk.lines].count(Line.CALL_BACK) == 2
