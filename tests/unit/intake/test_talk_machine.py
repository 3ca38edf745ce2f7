"""Conversations as people have them: in any order, with mistakes, silences and second thoughts; always to an end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intake.conversations.conversation import Ask, Stage
from intake.conversations.steps import Command
from tests.support.talking import PLACE, TROUBLE, Talking


def test_a_request_told_piece_by_piece() -> None:
    talk = Talking()
    assert "cần giúp việc gì" in talk.writes("chào em")
    assert "ở đâu" in talk.writes(TROUBLE)
    assert "tên" in talk.writes(PLACE)
    right = talk.writes("Lan")
    assert right.startswith("Em hiểu là: Không đăng nhập được VNeID")
    assert "12 Kim Mã, phường Ba Đình" in right
    assert "Tên: Lan" in right
    assert right.endswith("Đúng không ạ? 1 đúng, 2 sửa.")
    assert talk.writes("1") == "", "the confirmation of the filing goes to this very number"
    assert talk.state.code == "TR-7K3M-92QX"
    (filed,) = talk.filed
    assert (filed.draft.category, filed.draft.commune_code, filed.draft.name) == ("vneid_login", "00004", "Lan")
    assert talk.state.draft.is_empty, "what was told is with the request now, and nowhere else"


def test_a_request_told_in_one_breath() -> None:
    talk = Talking(own_number=False)
    right = talk.writes(
        f"Chào em, tôi là Nguyễn Thị Lan, ở {PLACE}, không đăng nhập được VNeID từ sáng, số điện thoại 0912 345 678"
    )
    assert "Đúng không ạ?" in right, "nothing is asked that was said"
    assert "Tên: Nguyễn Thị Lan." in right
    assert "Điện thoại: 0912345678" in right
    talk.writes("đúng rồi em")
    assert talk.filed[0].draft.phone == "+84912345678"
    assert "gửi tới số 0912345678" in talk.said[-1], "the phrase goes to the number, not into a chat that may be anybody's"


@pytest.mark.parametrize("order", ["tpn", "ptn", "npt", "nptx"])
def test_in_any_order(order: str) -> None:
    talk = Talking()
    pieces = {"t": TROUBLE, "p": f"địa chỉ là {PLACE}", "n": "tôi tên là Lan", "x": "cảm ơn em"}
    for letter in order:
        talk.writes(pieces[letter])
    assert talk.state.asking is Ask.RIGHT
    assert (talk.state.draft.category, talk.state.draft.commune_code, talk.state.draft.name) == ("vneid_login", "00004", "Lan")


def test_only_an_account_without_a_number_is_asked_for_one() -> None:
    talk = Talking(own_number=False)
    for text in (TROUBLE, PLACE, "Lan"):
        answer = talk.writes(text)
    assert "Số điện thoại nào" in answer
    assert "em chưa hiểu" in talk.writes("để xem đã")
    assert "Em hỏi để có người tìm được mình" in talk.writes("hỏi làm gì")
    assert "Đúng không ạ?" in talk.writes("0912345678")


@pytest.mark.parametrize("said", ["đúng rồi", "vâng", "1"])
def test_a_yes_to_whether_it_is_there_says_where_it_is(said: str) -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    asked = replace(
        talk.state.draft, address="xa quang", communes=("10072",), place_question="Có phải bác ở xã Quảng Bị không ạ?"
    )
    talk.state = replace(talk.state, asking=Ask.WHICH_PLACE, draft=asked)
    assert "tên" in talk.writes(said)
    assert (talk.state.draft.commune_code, talk.state.draft.place_is_open) == ("10072", False)


@pytest.mark.parametrize(
    ("said", "field", "right"),
    [
        ("sai rồi, địa chỉ là 5 Láng Hạ, phường Đống Đa", "address", "5 Láng Hạ, phường Đống Đa"),
        ("sai rồi, tôi tên là Hoa", "name", "Hoa"),
    ],
)
def test_sai_roi_with_what_is_right(said: str, field: str, right: str) -> None:
    talk = confirmed()
    assert "Đúng không ạ?" in talk.writes(said)
    assert getattr(talk.state.draft, field) == right
    talk.writes("1")
    assert getattr(talk.filed[0].draft, field) == right


def test_sai_roi_without_it_is_asked_what_is_wrong() -> None:
    talk = confirmed()
    assert "Sai chỗ nào" in talk.writes("sai rồi")
    assert "ở đâu" in talk.writes("2")
    assert "Đúng không ạ?" in talk.writes("5 Láng Hạ, phường Đống Đa")
    assert "Số điện thoại nào" in (talk.writes("2") and talk.writes("4")), "another number than one's own may be called"
    assert "0987654321" in talk.writes("0987654321")


def test_thoi_before_the_request_ends_it_and_after_it_asks_first() -> None:
    talk = confirmed()
    assert "chưa gửi yêu cầu nào" in talk.writes("thôi")
    assert (talk.state.stage, talk.filed) == (Stage.OVER, [])
    talk = confirmed()
    talk.writes("1")
    assert "hủy yêu cầu TR-7K3M-92QX ạ?" in talk.writes("thôi không cần nữa")
    assert "giữ nguyên" in talk.writes("2")
    talk.writes("huỷ yêu cầu")
    assert "Đã hủy yêu cầu TR-7K3M-92QX" in talk.writes("1")
    assert Command.CANCEL_REQUEST in talk.commands


def test_from_an_account_without_a_number_nobody_cancels() -> None:
    talk = Talking(own_number=False)
    for text in (TROUBLE, PLACE, "Lan", "0912345678", "1"):
        talk.writes(text)
    assert "muốn hủy yêu cầu" in talk.writes("hủy yêu cầu"), "the clerk asks the registered number"
    assert Command.CANCEL_REQUEST not in talk.commands


@pytest.mark.parametrize(
    "said", ["gặp người thật", "cho gặp nhân viên", "noi chuyen voi nguoi", "I want to talk to a person", "nhân viên"]
)
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_person_is_one_word_away(said: str, before: int) -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE, "Lan")[:before]:
        talk.writes(text)
    talk.writes(said)
    assert (talk.state.stage, talk.commands[-1]) == (Stage.WITH_PERSON, Command.HAND_OVER)
    assert talk.writes("alo?").startswith(("Dạ, việc của mình đang ở chỗ nhân viên", "A person has what you told us"))
    assert talk.writes("có ai không?") == "", "once: the machine keeps out of it"


def test_a_person_is_one_word_away_also_beside_a_code() -> None:
    talk = Talking()
    assert "nhân viên" in talk.writes("cho gặp người thật, mã của tôi là TR-7K3M-92QX")
    assert (talk.state.stage, talk.state.owner) == (Stage.WITH_PERSON, "hotline")


@pytest.mark.parametrize("before", [(), ("gặp người thật",), (TROUBLE,)])
def test_a_cry_is_answered_whoever_has_the_conversation_and_whatever_stands_beside_it(before: tuple[str, ...]) -> None:
    talk = Talking()
    for text in before:
        talk.writes(text)
    assert "113" in talk.writes("cứu tôi với, mã TR-7K3M-92QX")
    assert (talk.state.stage, talk.state.owner) == (Stage.WITH_PERSON, "city_desk"), "nobody waits a quarter of an hour for that"


def test_who_wants_a_person_while_the_clerk_is_at_it_has_the_code_and_then_a_person() -> None:
    talk = confirmed()
    talk.is_away = True
    talk.writes("1")
    assert "nhân viên" in talk.writes("gặp người thật")
    assert talk.state.stage is Stage.FILING, "the clerk finds what it has begun"
    talk.restarts()
    talk.clerk_comes_back()
    assert (talk.state.stage, talk.state.code, talk.commands[-1]) == (Stage.WITH_PERSON, "TR-7K3M-92QX", Command.HAND_OVER)


def test_which_of_several_requests_is_cancelled_they_say_themselves() -> None:
    talk = Talking(open_codes=("TR-7K3M-92QX", "TR-ABCD-2345"))
    asked = talk.writes("thôi")
    assert "TR-7K3M-92QX" in asked
    assert "TR-ABCD-2345" in asked
    assert "Anh/chị muốn hủy yêu cầu nào?" in asked, "nobody is told that nothing was sent"
    assert "hủy yêu cầu TR-ABCD-2345 ạ?" in talk.writes("HUY TR-ABCD-2345")
    assert "Đã hủy yêu cầu TR-ABCD-2345" in talk.writes("1")


def test_the_code_of_somebody_else_cancels_nothing() -> None:
    talk = Talking(open_codes=("TR-7K3M-92QX",))
    assert "không tìm thấy mã" in talk.writes("hủy yêu cầu TR-ABCD-2345")
    assert talk.state.asking is None


def test_who_cries_for_help_is_told_whom_to_call_and_a_person_has_it() -> None:
    talk = Talking()
    assert "113" in talk.writes("cứu tôi với")
    assert talk.commands == [Command.HAND_OVER]


def test_who_is_not_understood_twice_is_given_to_a_person() -> None:
    talk = Talking()
    assert "chưa hiểu" in talk.writes("asdf")
    assert talk.state.stage is Stage.LISTENING
    assert "nhân viên" in talk.writes("qwer")
    assert talk.commands == [Command.HAND_OVER]


def test_what_is_understood_in_between_makes_good_what_was_not() -> None:
    talk = Talking()
    talk.writes("asdf")
    talk.writes(TROUBLE)
    assert talk.writes("??? !!! 99") != ""
    assert talk.state.stage is Stage.LISTENING


def test_how_it_stands_is_told_and_the_open_question_asked_again() -> None:
    talk = confirmed()
    talk.writes("1")
    assert talk.writes("đến đâu rồi") == "Yêu cầu TR-7K3M-92QX: Đang tìm người hỗ trợ."
    talk.writes("Máy in ở nhà hỏng, không in được hồ sơ")
    assert talk.writes("tình trạng").splitlines()[0] == "Yêu cầu TR-7K3M-92QX: Đang tìm người hỗ trợ."
    assert len(talk.said[-1].splitlines()) == 2, "and what is open is asked again"


def test_no_code_is_asked_for_and_one_that_is_sent_is_refused() -> None:
    talk = Talking()
    answer = talk.writes("mã OTP của tôi là 482913")
    assert "Xin đừng gửi mã OTP" in answer
    assert "482913" not in str(talk.heard[-1]), "masked before anything is made of it"
    answer = talk.writes(f"{TROUBLE}, số thẻ 4111 1111 1111 1111")
    assert "Xin đừng gửi" in answer
    assert "ở đâu" in answer, "what else was said is understood"
    assert "4111" not in str(talk.state)


def test_english_is_answered_in_english_from_then_on() -> None:
    talk = Talking()
    assert "What do you need help with?" in talk.writes("hello, can you help me please")
    talk.writes("VNeID login failure, I cannot log in")
    assert "Where are you?" in talk.said[-1]
    assert "What is your name?" in talk.writes("Phường Ba Đình")


def test_a_figure_that_was_written_before_the_question_is_no_answer_to_it() -> None:
    talk = Talking()
    for text in (TROUBLE, PLACE):
        talk.writes(text)
    early = talk.now
    talk.now += timedelta(seconds=30)
    talk.writes("Lan")
    assert talk.writes("1", at=early) == ""
    assert (talk.state.stage, talk.filed) == (Stage.CONFIRMING, [])
    talk.writes("1")
    assert len(talk.filed) == 1


def test_silence_is_reminded_of_once_then_goodbye_and_nothing_is_lost() -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    assert "còn đó không" in talk.passes(minutes=16)
    assert talk.passes(hours=3) == ""
    assert "dừng ở đây" in talk.passes(hours=2)
    assert talk.state.stage is Stage.ASLEEP
    talk.passes(days=2)
    welcome = talk.writes(PLACE)
    assert "Em vẫn nhớ" in welcome
    assert talk.state.draft.category == "vneid_login"
    talk.passes(days=30)
    assert talk.state.stage is Stage.OVER
    assert talk.state.draft.is_empty


def test_a_handover_waits_for_as_long_as_nobody_looks() -> None:
    talk = Talking()
    talk.writes("gặp người thật")
    talk.passes(days=9)
    assert talk.state.stage is Stage.WITH_PERSON
    assert talk.state.reminders >= 9
    assert talk.state.wake_at is not None


def test_what_cannot_be_filed_a_person_has() -> None:
    talk = confirmed(refuses=True)
    assert "chuyển cho nhân viên" in talk.writes("1")
    assert talk.state.stage is Stage.WITH_PERSON


def test_a_shared_place_is_a_place() -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    talk.writes("", point=(21.035, 105.814))
    assert talk.state.asking is Ask.NAME
    talk.writes("Vị trí / location: 21.035000, 105.814000")
    assert talk.state.draft.point == (21.035, 105.814)


def test_a_flood_is_not_answered() -> None:
    talk = Talking()
    for _ in range(60):
        talk.writes("?")
    answered = len(talk.said)
    for _ in range(40):
        talk.writes("?")
    assert len(talk.said) == answered
    talk.now += timedelta(minutes=16)
    assert talk.writes("?") != ""


def confirmed(**how: bool) -> Talking:
    """All is told, and the question is whether it is right."""
    talk = Talking(**how)
    for text in (TROUBLE, PLACE, "Lan"):
        talk.writes(text)
    assert talk.state.asking is Ask.RIGHT
    return talk
