"""“Try this first” in a conversation: offered once, told word for word, and a person or a request is always one word away."""

from dataclasses import replace

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.listening import Listener
from intake.conversations.machine import hear
from intake.conversations.saying import Line
from intake.conversations.sitting import names_code
from intake.conversations.steps import Command, Facts
from intake.conversations.tip import Tip
from intake.conversations.tips import outcome_of
from intake.guidance.library import load_library
from intake.guidance.offering import Outcome, offer, offered
from intake.kinds.suggester import load_suggester
from shared.events.conversations import TalkChannel
from shared.geo.communes import COMMUNES
from tests.support.plain_data import PlainResolver
from tests.support.talking import Talking

LISTENER = Listener(PlainResolver(tuple(COMMUNES)), load_suggester())
SLOW = "điện thoại chậm"
TROUBLE, PLACE = "em quên mật khẩu VNeID", "12 Kim Mã, phường Ba Đình"


class Shelf:
    """What comes with the repository, as a process has it."""

    def tip(self, trouble: str, category: str, language: str) -> Tip | None:
        entry = offer(trouble, category, load_library())
        return None if entry is None else Tip(entry.id, offered(entry, language))


class TipTalking(Talking):
    """`outcomes`: what would be counted, in order."""

    def begin(self) -> None:
        super().begin()
        self.outcomes: list[tuple[str, Outcome]] = []

    def writes(self, text: str, **more: object) -> str:
        heard = LISTENER.listen(text, self.state, at=self.now)
        facts = Facts(own_number=self.own_number, guide=Shelf())
        before = self.state
        step = hear(before, heard, facts, self.now)
        became = outcome_of(before, heard, step)
        if became is not None:
            self.outcomes.append(became)
        return self._take(step)


def test_the_steps_are_told_before_anything_is_asked_and_a_yes_ends_it() -> None:
    talk = TipTalking()
    told = talk.writes(TROUBLE)
    assert "1. Mở VNeID, ở màn hình đăng nhập chọn “Quên mật khẩu”." in told
    assert "(Theo hướng dẫn vneid-password, cập nhật ngày 27/11/2026.)" in told
    assert talk.state.asking is Ask.TRIED
    assert talk.writes("được rồi ạ").startswith("Mừng quá!")
    assert (talk.state.stage, talk.state.draft.is_empty, talk.commands) == (Stage.IDLE, True, [])
    assert talk.outcomes == [("vneid-password", Outcome.OFFERED), ("vneid-password", Outcome.HELPED)]


@pytest.mark.parametrize("said", ["vẫn chưa được em ạ", "chưa cháu ơi", "Không được, bác ạ"])
def test_a_no_may_be_polite(said: str) -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    assert "em ghi yêu cầu" in talk.writes(said)


def test_a_no_goes_on_to_a_request_and_nothing_told_before_is_asked_again() -> None:
    talk = TipTalking()
    talk.writes(f"Chào em, tôi là Nguyễn Thị Lan, ở {PLACE}, không đăng nhập được VNeID từ sáng")
    right = talk.writes("2")
    assert right.startswith("Dạ, vậy em ghi yêu cầu để có người giúp.")
    assert "Em hiểu là:" in right
    talk.writes("đúng")
    assert talk.commands == [Command.FILE]
    assert talk.outcomes[-1] == ("vneid-sign-in-error", Outcome.NOT_HELPED)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("gặp người thật", Outcome.PERSON), ("chưa", Outcome.NOT_HELPED), ("khong duoc", Outcome.NOT_HELPED), ("1", Outcome.HELPED)],
)
def test_one_word_is_enough(said: str, outcome: Outcome) -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    talk.writes(said)
    assert talk.outcomes[-1][1] is outcome
    assert (talk.state.stage is Stage.WITH_PERSON) is (outcome is Outcome.PERSON)


@pytest.mark.parametrize("said", ["vâng", "dạ", "ok em"])
def test_who_only_agrees_to_try_is_asked_again(said: str) -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    assert "1 được rồi, 2 chưa" in talk.writes(said)
    assert talk.state.asking is Ask.TRIED


def test_a_code_that_nobody_should_send_answers_nothing() -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    answer = talk.writes("mã OTP của tôi là 482913")
    assert answer.startswith("Xin đừng gửi mã OTP")
    assert answer.endswith("nhắn “gặp người”.")
    assert talk.state.asking is Ask.TRIED


@pytest.mark.parametrize(("trouble", "names"), [(TROUBLE, True), (SLOW, False)])
def test_only_steps_that_name_a_code_lead_to_one(trouble: str, names: bool) -> None:
    talk = TipTalking()
    talk.writes(trouble)
    (tip,) = [one for one in talk.lines if one.line is Line.TIP]
    assert names_code(tip) is names


def test_who_is_warned_of_a_swindler_is_asked_for_no_code() -> None:
    talk = TipTalking()
    talk.writes("có người xưng công an gọi bắt chuyển tiền")
    (warned,) = [one for one in talk.lines if one.line is Line.FRAUD]
    assert not names_code(warned), "the house they name next would be half a code"


def test_who_tells_where_they_are_instead_goes_on_to_a_request() -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    assert "tên" in talk.writes(PLACE)
    assert talk.state.asking is Ask.NAME
    assert talk.outcomes[-1] == ("vneid-password", Outcome.NOT_HELPED)


def test_it_is_offered_once_for_a_trouble_and_not_by_sms() -> None:
    talk = TipTalking()
    talk.writes(TROUBLE)
    talk.writes("chưa được")
    talk.writes(f"tôi là Lan, {PLACE}, vẫn quên mật khẩu VNeID")
    assert [outcome for _, outcome in talk.outcomes].count(Outcome.OFFERED) == 1
    sms = TipTalking(channel=TalkChannel.SMS)
    assert "Hướng dẫn" not in sms.writes(TROUBLE)
    assert sms.outcomes == []


def test_a_fraud_is_never_told_to_try_something_first() -> None:
    talk = TipTalking()
    talk.writes("có người gọi tự xưng công an phường bảo cài VNeID, nghi lừa đảo")
    assert talk.state.asking is not Ask.TRIED
    assert talk.outcomes == []


def test_without_a_guide_nothing_is_offered() -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    assert talk.state.asking is Ask.PLACE
    assert replace(talk.state.draft, tip=None).trouble
