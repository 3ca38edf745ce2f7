"""Who doubts us is told who we are and how to find out; what they were telling stands, and a story of fraud stays one."""

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.saying import Line
from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE
from tests.unit.intake.test_talk_as_people_do import FRAUD, RealTalking

DOUBTS = [
    *("có mất tiền không", "Có mất tiền không ạ?", "co mat phi ko", "có miễn phí không em", "mất bao nhiêu tiền"),
    *("các bạn là ai", "Em là ai vậy?", "mày là ai", "đây là ai thế", "bạn là người hay máy", "TechRescue là gì"),
    *("có phải lừa đảo không", "Đây có phải lừa đảo không em?", "đây có phải thật không", "có thật không"),
    *("sao biết không phải lừa", "làm sao tôi biết các bạn không phải lừa đảo", "chào em, các bạn là ai? Có phải lừa đảo không?"),
]
ENGLISH = ["who are you", "Who are you?", "is it free", "is this a scam?", "how do I know this is not a scam"]
STORIES = [
    *("có người lừa tôi", "bị lừa đảo trên mạng", "có phải tôi bị lừa không ạ, vừa chuyển tiền xong", "tôi bị mất tiền"),
    *("có người gọi bảo là công an, có phải lừa đảo không", "somebody called me, is this a scam"),
]


@pytest.mark.parametrize("said", DOUBTS)
def test_who_doubts_us_is_answered_and_every_question_stands(said: str) -> None:
    talk = RealTalking()
    assert "cần giúp việc gì" in talk.writes(said)
    assert talk.state.draft.is_empty
    for answer, ask in (("máy in hỏng", Ask.PLACE), (PLACE, Ask.NAME), ("Lan", Ask.RIGHT)):
        question = talk.writes(answer).splitlines()[-1]
        before = talk.state.draft
        assert talk.state.asking is ask
        for _ in range(3):  # it may be asked as often as they like
            answered = talk.writes(said)
            assert "1022" in answered
            assert "không bao giờ hỏi mã OTP, mật khẩu, số thẻ hay tiền" in answered
            assert answered.endswith(question)
        assert (talk.state.draft, talk.state.asking, talk.state.strikes) == (before, ask, 0)
    talk.writes("1")
    assert [one.draft.trouble for one in talk.filed] == ["máy in hỏng"]


@pytest.mark.parametrize("said", ENGLISH)
def test_who_doubts_us_in_english_is_answered_in_it(said: str) -> None:
    talk = RealTalking()
    answered = talk.writes(said)
    assert "We never ask for codes, passwords, cards or money." in answered
    assert "What do you need help with?" in answered
    assert talk.state.draft.is_empty


@pytest.mark.parametrize("said", STORIES)
def test_who_tells_of_a_swindler_is_heard(said: str) -> None:
    talk = RealTalking()
    talk.writes(said)
    assert Line.WHO_WE_ARE not in {one.line for one in talk.lines}
    assert said in (talk.state.draft.trouble or "")


def test_in_a_story_of_fraud_the_question_is_about_the_caller_and_who_we_are_is_still_told() -> None:
    talk = RealTalking()
    talk.writes(FRAUD)
    talk.writes("có phải lừa đảo không")
    assert Line.WHO_WE_ARE not in {one.line for one in talk.lines}
    talk.writes("các bạn là ai")
    assert talk.lines[-2].line is Line.WHO_WE_ARE
    assert FRAUD in (talk.state.draft.trouble or "")


def test_who_asks_after_all_is_filed_is_asked_nothing() -> None:
    talk = RealTalking(channel=TalkChannel.SMS)
    for text in ("máy in hỏng", PLACE, "Lan", "1"):
        talk.writes(text)
    assert talk.writes("có mất tiền không").endswith("1022.")
    assert (talk.state.stage, talk.state.asking, len(talk.filed)) == (Stage.IDLE, None, 1)


@pytest.mark.parametrize(
    "said",
    [
        "hỏi lắm thế",
        "Sao phải cho địa chỉ?",
        "sao lại hỏi số điện thoại",
        "cần địa chỉ để làm gì",
        "hỏi làm gì",
        "why do you ask",
    ],
)
def test_who_asks_why_we_ask_is_told_and_asked_again(said: str) -> None:
    talk = RealTalking(own_number=False)
    for answer, ask in (("máy in hỏng", Ask.PLACE), (PLACE, Ask.NAME), ("Lan", Ask.PHONE)):
        talk.writes(answer)
        before = talk.state.draft
        talk.writes(said)
        talk.writes(said)
        assert [one.line for one in talk.lines[-4::2]] == [Line.WHY_WE_ASK] * 2
        assert (talk.state.draft, talk.state.asking, talk.state.strikes) == (before, ask, 0)


@pytest.mark.parametrize(("said", "name"), [("Hồi Lâm", "Hồi Lâm"), ("Sáo", "Sáo"), ("chị Thế", "chị Thế")])
def test_a_name_is_no_question(said: str, name: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, said):
        talk.writes(text)
    assert talk.state.draft.name == name
