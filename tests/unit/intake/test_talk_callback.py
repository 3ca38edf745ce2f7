"""Who wants to be called is called, and the conversation goes on: as people say it, with and without marks, in English too."""

from uuid import UUID

import pytest

from intake.conversations.calling import not_called
from intake.conversations.conversation import Ask, Conversation, Stage
from intake.conversations.heard import Intent
from intake.conversations.intents import intent_of
from intake.conversations.saying import Line, Say
from intake.conversations.steps import Command, Step
from shared.events.conversations import TalkChannel
from shared.folding import folded
from tests.support.talking import NOON, PLACE, TROUBLE, Talking
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
    *("gọi lại số 0912345678 giúp tôi", "gọi vào số 0912 345 678 nhé", "nhờ gọi lại theo số 0987654321"),
    *("máy không dùng được nhờ gọi lại cho tôi", "đúng rồi gọi lại cho tôi nhé", "đang dùng máy thì lỗi, gọi lại cho tôi"),
    *("có người gọi lại cho tôi được không", "sao không có người gọi lại cho tôi", "hồ sơ chưa xong, gọi lại cho tôi"),
    *("ngân hàng khoá thẻ, nhờ em gọi lại cho bác", "Công an gọi đòi tiền. Nhờ gọi lại cho tôi", "please call me back"),
    *("I don't get it, call me", "call me at 0912345678", "I want a callback", "phone me please", "call back please"),
]
NO_WISHES = [
    *("hôm qua có người gọi cho tôi bảo chuyển tiền", "đừng gọi lại cho tôi", "không cần gọi lại cho tôi", "don't call me back"),
    *("con tôi nhắn zalo vay tiền mà gọi lại không nghe máy", "tôi gọi lại cho chị ấy không được", "call me Lan"),
    *("gọi lại số đó thì không ai nghe", "he said he would call me", "gọi tôi là Lan", "điện thoại không gọi được"),
    *("Số lạ 0988123456 gọi lại cho tôi nói trúng thưởng, có phải lừa đảo không", "Số lạ 0988.123.456 gọi lại cho tôi"),
    *("Công an giả số 0988123456 gọi vào số này đòi tôi chuyển tiền", "công an gọi lại cho tôi bảo chuyển tiền"),
    *("Bệnh viện bảo sẽ gọi lại cho tôi", "They call me back and ask for my code", "nó cứ gọi lại cho tôi suốt"),
    *("gọi lại cho tôi bảo chuyển khoản", "tôi gọi lại số 0912345678 không ai nghe", "the bank said they would call me back"),
    "bên công an nhờ tôi gọi lại số 0988123456",
    *("em đừng gọi lại cho tôi nữa", "đừng có gọi lại cho tôi"),
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


@pytest.mark.timeout(10)
@pytest.mark.parametrize("said", ["0912345678 " * 150, "em " * 600, "công an bị " * 180, "nó số " * 300])
def test_a_long_message_is_read_in_one_way_only(said: str) -> None:
    assert intent_of(f"nó nhờ {said}rồi x gọi lại số này") is Intent.CALLBACK


STORY = "Bị lừa đảo trúng thưởng, số 0988123456 mạo danh công an, gọi lại cho tôi ngay"
TOLD = "Số lạ 0988123456 gọi lại cho tôi nói trúng thưởng, có phải lừa đảo không"


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("story", [STORY, TOLD, "Công an giả số 0988123456 gọi vào số này đòi tôi chuyển tiền, đây là lừa đảo"])
def test_the_number_in_a_story_is_never_called_nor_the_requests(story: str, own: bool) -> None:
    talk = RealTalking(own_number=own)
    talk.writes(story)
    assert talk.state.draft.category == "fraud", "what happened is heard"
    assert set(talk.calls) <= {None}
    for text in ("gọi lại cho tôi", "nhờ gọi lại cho tôi"):
        talk.writes(text)
    assert set(talk.calls) <= {None}
    assert talk.state.draft.phone is None
    assert own or talk.state.asking is Ask.CALL, "they are asked for theirs"


def test_a_call_somebody_tells_of_answers_no_question_for_a_number() -> None:
    talk = RealTalking(own_number=False)
    talk.writes("gọi lại cho tôi")
    talk.writes("số lạ 0988123456 gọi đòi tôi chuyển tiền")
    assert talk.commands == []


@pytest.mark.parametrize(
    "said",
    [
        *("gọi lại cho tôi vào số 0912 345 678", "gọi lại số 0912345678 giúp tôi", "call me back at 0912345678 please"),
        *(
            "gọi lại cho tôi nhé, số của tôi 0912345678",
            "Số của tôi 0912345678, gọi lại cho tôi nhé",
            "nhờ gọi lại theo số 0912345678",
        ),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_the_number_behind_the_wish_or_said_to_be_theirs_is_called(said: str, own: bool) -> None:
    talk = RealTalking(own_number=own)
    talk.writes(said)
    assert (talk.calls, talk.state.stage) == (["+84912345678"], Stage.IDLE)


def test_a_number_said_to_be_theirs_is_called_where_the_wish_stands_behind_it() -> None:
    talk = RealTalking(own_number=False)
    talk.writes("sđt của em 0912345678 gọi lại cho em")
    assert talk.calls == ["+84912345678"]


def test_a_number_elsewhere_in_the_message_is_not_called() -> None:
    talk = RealTalking()
    talk.writes("0988123456 đã nhắn tin, nhờ em gọi lại cho tôi")
    assert talk.calls == [None]


def test_a_wish_before_any_number_is_kept_until_one_is_told() -> None:
    talk = Talking(own_number=False)
    for text in ("gọi lại cho tôi", TROUBLE, PLACE, "Lan"):
        talk.writes(text)
    assert (talk.state.asking, talk.commands) == (Ask.PHONE, [])
    talk.restarts()
    assert "0912345678" in talk.writes("0912 345 678")
    assert (talk.commands, talk.calls, talk.state.asking) == ([Command.CALL_BACK], ["+84912345678"], Ask.RIGHT)
    talk.writes("đúng")
    assert (talk.commands, talk.state.stage) == ([Command.CALL_BACK, Command.FILE], Stage.IDLE)


def test_a_number_that_came_unasked_may_be_anybodys_so_a_person_has_it_with_the_request() -> None:
    talk = Talking(own_number=False)
    for text in ("gọi lại cho tôi", f"{TROUBLE}, bệnh viện 0988123456 nhắn tin", PLACE, "Lan"):
        talk.writes(text)
    assert talk.state.asking is Ask.RIGHT
    talk.writes("đúng")
    assert (talk.calls, talk.commands, talk.state.stage) == ([], [Command.FILE, Command.HAND_OVER], Stage.WITH_PERSON)


def test_a_wish_beside_the_number_that_was_asked_for_is_both() -> None:
    talk = Talking(own_number=False)
    for text in (TROUBLE, PLACE, "Lan", "nhờ gọi lại cho tôi số 0912 345 678"):
        talk.writes(text)
    assert (talk.calls, talk.state.asking, talk.state.draft.phone) == (["+84912345678"], Ask.RIGHT, "+84912345678")


@pytest.mark.parametrize("then", [None, TROUBLE])
def test_who_asked_to_be_called_and_falls_silent_is_a_persons(then: str | None) -> None:
    talk = Talking(own_number=False)
    for text in ("gọi lại cho tôi", then):
        if text is not None:
            talk.writes(text)
    talk.passes(hours=6)
    assert (talk.commands, talk.state.stage) == ([Command.HAND_OVER], Stage.WITH_PERSON)
    assert Line.FAREWELL not in {say.line for say in talk.lines}


@pytest.mark.parametrize("no", ["không", "hủy"])
def test_who_takes_the_wish_back_is_no_persons(no: str) -> None:
    talk = Talking(own_number=False)
    talk.writes("gọi lại cho tôi")
    talk.writes(no)
    talk.passes(days=9)
    assert talk.commands == []


def test_whether_to_cancel_is_asked_again_after_a_wish_to_be_called() -> None:
    talk = Talking(open_codes=("TR-7K3M-92QX",))
    talk.writes("hủy yêu cầu")
    said = talk.writes("gọi lại cho tôi")
    assert (talk.state.asking, "TR-7K3M-92QX" in said) == (Ask.CANCEL, True)
    talk.writes("1")
    assert talk.commands == [Command.CALL_BACK, Command.CANCEL_REQUEST]


def test_what_cannot_be_called_a_person_has_and_the_warnings_stay() -> None:
    before = Conversation(id=UUID(int=1), channel=TalkChannel.ZALO, stage=Stage.LISTENING, asking=Ask.PLACE)
    says = (Say(Line.NO_SECRETS), Say(Line.CALL_BACK), Say(Line.FRAUD), Say(Line.ASK_PLACE))
    step = not_called(Step(before, says, Command.CALL_BACK), NOON)
    assert [say.line for say in step.says] == [Line.NO_SECRETS, Line.TO_PERSON, Line.FRAUD]
    assert (step.command, step.talk.stage, step.talk.asking) == (Command.HAND_OVER, Stage.WITH_PERSON, None)


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
