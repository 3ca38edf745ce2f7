"""What people write who have never talked to a machine: nothing is lost, taken for something else, or answered untruly."""

from dataclasses import replace

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.listening import Listener
from intake.conversations.machine import hear
from intake.conversations.saying import Line
from intake.conversations.steps import Command
from intake.kinds.suggester import load_suggester
from intake.places.resolver import load_resolver
from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE, TROUBLE, Talking

FRAUD = "có người gọi bảo em chuyển tiền"
LISTENER = Listener(load_resolver(), load_suggester())


class RealTalking(Talking):
    """With the resolver and the suggester that a process has."""

    def writes(self, text: str, **_: object) -> str:
        if self.state.stage is Stage.OVER:
            self.begin()
        heard = LISTENER.listen(text, self.state, at=self.now)
        return self._take(hear(self.state, heard, self._facts(), self.now))


@pytest.mark.parametrize("name", ["Huy", "Dũng", "Dung ạ", "anh Khôi", "Bà Vàng", "huy"])
def test_a_name_may_be_a_word(name: str) -> None:
    talk = RealTalking()
    for text in (TROUBLE, PLACE):
        talk.writes(text)
    assert "Đúng không ạ?" in talk.writes(name)
    assert name.removesuffix(" ạ") in (talk.state.draft.name or "")


@pytest.mark.parametrize("name", ["Tài", "Đặng Văn Lâm", "Bà Nguyễn Thị Hợi", "lam", "Dang Thi Nha", "Thế"])
@pytest.mark.parametrize("lead", ["", "tôi là "])
def test_a_name_may_be_spelt_like_a_little_word(lead: str, name: str) -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE):
        talk.writes(text)
    talk.writes(f"{lead}{name}")
    assert talk.state.draft.name == (name if not lead or name != "lam" else None)


@pytest.mark.parametrize("text", ["phường Láng", "ở phường Láng", "không nhớ", "hỏi làm gì", "de lam gi", "toi khong biet"])
def test_what_is_no_name_is_none(text: str) -> None:
    talk = RealTalking()
    for before in ("máy in hỏng", "gần chùa", "chịu", text):
        talk.writes(before)
    assert talk.state.draft.name is None


def test_a_place_that_was_open_is_named_later() -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", "gần chùa", "chịu", "à phường Láng"):
        talk.writes(text)
    assert talk.state.draft.commune_code == "00199"


def test_a_yes_after_all_brings_back_what_was_read() -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE, "Lan", "2"):
        talk.writes(text)
    assert "Đúng không ạ?" in talk.writes("đúng rồi")


def test_none_of_these_kinds_is_an_answer() -> None:
    talk = RealTalking()
    assert "giống việc nào" in talk.writes("nộp hồ sơ trên cổng dịch vụ công 5 ngày chưa thấy trả lời")
    assert "cần giúp việc gì" in talk.writes("không")
    assert talk.state.strikes == 0


@pytest.mark.parametrize("word", ["hủy", "thôi", "Thôi cháu ạ", "khỏi"])
def test_and_the_word_is_still_one(word: str) -> None:
    talk = RealTalking()
    for text in (TROUBLE, PLACE, word):
        talk.writes(text)
    assert talk.state.stage is Stage.OVER


@pytest.mark.parametrize("secret", ["OTP của tôi là 123456", "số thẻ 4111 1111 1111 1111", "căn cước 001085012345"])
def test_a_secret_is_no_trouble_no_place_and_no_name(secret: str) -> None:
    talk = RealTalking()
    assert talk.writes(secret).startswith("Xin đừng gửi")
    assert talk.state.draft.is_empty
    talk.writes(TROUBLE)
    for ask in (Ask.PLACE, Ask.NAME):
        before = talk.state.draft
        assert talk.state.asking is ask
        talk.writes(secret)
        assert (talk.state.draft, talk.state.asking) == (before, ask)
        talk.writes(PLACE)


@pytest.mark.parametrize("channel", [TalkChannel.ZALO, TalkChannel.SMS])
def test_who_may_be_in_the_hands_of_a_swindler_hears_first_what_not_to_do(channel: TalkChannel) -> None:
    talk = RealTalking(channel=channel)
    first = talk.writes(FRAUD)
    assert "113" in first
    assert first.index("Đừng chuyển tiền cho ai") < first.index("ở đâu")
    talk.writes(PLACE)
    assert [one.line for one in talk.lines].count(Line.FRAUD) == 1


def test_who_goes_on_telling_when_asked_for_the_place_has_not_named_one() -> None:
    talk = RealTalking()
    talk.writes(FRAUD)
    assert "ở đâu" in talk.writes("rồi em chuyển 5 triệu rồi")
    assert talk.state.draft.address is None
    assert "5 triệu" in (talk.state.draft.trouble or "")


def test_what_is_sent_twice_is_understood_twice() -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE):
        talk.writes(text)
    assert talk.writes(PLACE) == "Em xin tên anh/chị ạ?"
    assert talk.state.strikes == 0


def test_who_only_ever_repeats_gets_a_person() -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, PLACE, PLACE, PLACE):
        talk.writes(text)
    assert talk.state.stage is Stage.WITH_PERSON


def test_a_name_and_a_number_are_no_address() -> None:
    talk = RealTalking(own_number=False)
    talk.writes(TROUBLE)
    talk.writes("bố con là Trần Bá, số 0905 777 888")
    assert (talk.state.draft.name, talk.state.draft.phone, talk.state.draft.address) == ("Trần Bá", "+84905777888", None)


def test_a_printer_is_a_trouble_though_its_letters_are_two_little_words() -> None:
    talk = RealTalking(channel=TalkChannel.SMS)
    talk.writes("may in o quay mot cua phuong Lang, em la Hanh")
    assert talk.state.draft.category == "equipment"


def test_what_is_filed_a_person_puts_right() -> None:
    talk = filed()
    assert "nhân viên sửa giúp" in talk.writes("sai số rồi, số đúng là 0905777889")
    assert (talk.state.stage, talk.commands[-1]) == (Stage.WITH_PERSON, Command.HAND_OVER)


def test_it_is_not_said_that_nothing_was_sent_when_something_was() -> None:
    talk = filed()
    talk.writes("máy in hỏng")
    answer = talk.writes("hủy yêu cầu")
    assert "chưa gửi" not in answer
    assert "TR-7K3M-92QX vẫn giữ nguyên" in answer
    assert talk.state.draft.is_empty
    assert "hủy yêu cầu TR-7K3M-92QX" in talk.writes("thôi")


def test_what_is_understood_in_between_is_no_second_strike() -> None:
    talk = filed()
    talk.writes("xyz abc")
    talk.writes("cảm ơn cháu")
    talk.writes("xyz abc")
    assert talk.state.stage is not Stage.WITH_PERSON


def test_an_address_of_old_is_read_back_with_what_it_is_now() -> None:
    talk = RealTalking()
    for text in (TROUBLE, "12 Kim Ma, phuong Ba Dinh", "Lan"):
        answer = talk.writes(text)
    assert "Địa chỉ: 12 Kim Ma, phuong Ba Dinh. " in answer, "with or without marks it is the same ward"


def filed() -> RealTalking:
    talk = RealTalking()
    for text in (TROUBLE, PLACE, "Lan", "1"):
        talk.writes(text)
    return talk


def test_to_whoever_talks_with_a_person_the_machine_says_nothing() -> None:
    talk = Talking()
    talk.writes("gặp người thật")
    talk.state = replace(talk.state, owner="Hà")
    talk.restarts()
    assert talk.writes("vâng ạ") == ""


def test_a_question_of_the_version_after_is_asked_anew_in_words_of_this_one() -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    talk.state = replace(talk.state, asking="a question of tomorrow")  # type: ignore[arg-type]
    talk.restarts()
    assert "tên" in talk.writes(PLACE)


@pytest.mark.parametrize("said", ["sai rồi, số 21 hàng bông", "sai tên rồi, là Lam"])
def test_what_is_wrong_and_not_understood_is_asked_and_takes_nothing_away(said: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE):
        talk.writes(text)
    assert talk.writes(said).startswith("Sai chỗ nào ạ?")
    assert (talk.state.draft.trouble, talk.state.draft.category) == ("máy in hỏng", "equipment")


def test_who_asked_where_they_are_wants_to_be_called_has_named_no_place() -> None:
    talk = RealTalking(channel=TalkChannel.WEB, own_number=False)
    talk.writes("máy in hỏng")
    talk.writes("gọi điện cho bác nhé")
    talk.writes("0912345678")
    assert (talk.state.asking, talk.state.draft.address) == (Ask.PLACE, None)


@pytest.mark.parametrize("said", ["thôi để bác tự làm", "thôi để bác nhờ cháu", "con trai tôi sửa được rồi"])
def test_who_manages_without_us_is_let_go(said: str) -> None:
    talk = RealTalking()
    talk.writes("máy in hỏng")
    assert "em dừng ở đây" in talk.writes(said)


@pytest.mark.parametrize("said", ["con trai tôi sửa được rồi mà lại hỏng", "con tôi làm vneid được rồi, còn tôi thì chưa"])
def test_what_somebody_managed_once_stops_nothing(said: str) -> None:
    talk = RealTalking()
    talk.writes("máy in hỏng")
    talk.writes(said)
    assert talk.state.stage is Stage.LISTENING


@pytest.mark.parametrize(("said", "first"), [("I want a human", "We hand you over"), ("mẹ tôi ngã rồi", "Nếu có nguy hiểm")])
def test_a_person_is_one_sentence_away(said: str, first: str) -> None:
    talk = RealTalking()
    assert first in talk.writes(said)
    assert talk.state.stage is Stage.WITH_PERSON


@pytest.mark.parametrize("said", ["đúng rồi cảm ơn cháu", "vâng đúng rồi ạ", "vô trách nhiệm"])
def test_a_yes_and_a_quarrel_are_no_name(said: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, said):
        talk.writes(text)
    assert (talk.state.asking, talk.state.draft.name) == (Ask.NAME, None)


@pytest.mark.parametrize(
    ("said", "ask"),
    [
        ("địa chỉ", Ask.PLACE),
        ("sai tên", Ask.NAME),
        ("dia chi a", Ask.PLACE),
        ("số điện thoại", Ask.PHONE),
        ("việc cần giúp", Ask.TROUBLE),
        ("the address", Ask.PLACE),
    ],
)
def test_what_is_wrong_may_be_said_in_its_own_word(said: str, ask: Ask) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, "Lan", "2", said):
        talk.writes(text)
    assert talk.state.asking is ask
    assert talk.state.draft.trouble == (None if ask is Ask.TROUBLE else "máy in hỏng")


@pytest.mark.parametrize("said", ["sao chưa ai đến", "chưa thấy người đến", "sao khong co ai den"])
def test_who_waits_hears_how_it_stands(said: str) -> None:
    talk = RealTalking(open_codes=("TR-7K3M-92QX",))
    assert "Yêu cầu TR-7K3M-92QX" in talk.writes(said)


@pytest.mark.parametrize(
    "said", ["vâng đúng rồi ạ", "đúng rồi cảm ơn cháu", "dạ vâng đúng rồi", "ok dung roi em nhe", "chuẩn rồi"]
)
def test_a_yes_in_several_words_files(said: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, "Lan", said):
        talk.writes(text)
    assert [one.draft.trouble for one in talk.filed] == ["máy in hỏng"]


@pytest.mark.parametrize("said", ["đúng rồi nhưng số nhà 21", "ok nhưng tên tôi là Lam", "đúng không em", "dạ vâng không đúng"])
def test_a_yes_with_a_but_files_nothing(said: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, "Lan", said):
        talk.writes(text)
    assert talk.filed == []
    assert talk.state.draft.trouble is not None


@pytest.mark.parametrize("said", ["đúng rồi nhưng số nhà 21", "sai rồi, số nhà 21"])
def test_another_house_is_on_the_same_road(said: str) -> None:
    talk = RealTalking()
    for text in ("máy in hỏng", PLACE, "Lan"):
        talk.writes(text)
    commune = talk.state.draft.commune_code
    assert "Địa chỉ: số nhà 21 Kim Mã, phường Ba Đình." in talk.writes(said)
    assert talk.state.draft.commune_code == commune
