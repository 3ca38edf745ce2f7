"""Whoever asks for help for somebody near to them is asked on which number that person is asked before anybody comes."""

import pytest

from intake.conversations.behalf import behalf_in
from intake.conversations.conversation import Ask
from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE
from tests.unit.intake.test_talk_as_people_do import RealTalking

FOR_MOTHER = "mẹ tôi không đăng nhập được VNeID"


def told(trouble: str = FOR_MOTHER, **talking: object) -> RealTalking:
    talk = RealTalking(**talking)  # type: ignore[arg-type]
    for text in (trouble, "chưa", PLACE, "Hùng"):
        talk.writes(text)
    return talk


def test_the_number_of_the_visited_is_asked_for_and_read_back_and_filed() -> None:
    talk = told()
    assert talk.state.asking is Ask.WHOM
    talk.restarts()
    assert "Tên: Hùng (nhờ giúp mẹ tôi, 0987654321)" in talk.writes("0987654321")
    talk.restarts()
    talk.writes("1")
    (filed,) = talk.filed
    assert (filed.draft.behalf, filed.draft.for_other, filed.draft.visited_phone) == ("mẹ tôi", True, "+84987654321")
    assert filed.draft.phone is None, "the filer is called on the number that writes"


SAID = {
    "1": True,
    "đúng rồi": True,
    "không có số": True,
    "không có": True,
    "bà không có điện thoại ạ": True,
    "cho mẹ tôi": True,
    "phải, mẹ em": True,
    "người khác": True,
    "yes, for my mother": True,
    "she has no phone": True,
    "she doesn't have a mobile phone": True,
    "2": False,
    "không": False,
    "chính tôi": False,
    "không, cho tôi": False,
    "for me": False,
}


@pytest.mark.parametrize(("said", "for_other"), SAID.items())
def test_without_a_number_the_desk_calls_and_who_means_themselves_says_so(said: str, for_other: bool) -> None:
    talk = told()
    answer = talk.writes(said)
    assert talk.state.asking is Ask.RIGHT
    assert (talk.state.draft.for_other, talk.state.draft.visited_phone) == (for_other, None)
    assert ("mẹ tôi)" in answer) is for_other


@pytest.mark.parametrize("said", ["không, cho mẹ tôi", "no, for my mother", "không phải cho tôi, cho mẹ", "I don't have time"])
def test_an_answer_that_may_mean_either_is_asked_about(said: str) -> None:
    talk = told()
    talk.writes(said)
    assert (talk.state.asking, talk.state.draft.for_other) == (Ask.WHOM, None)


def test_after_the_own_number_the_other_one_is_not_taken_for_it() -> None:
    talk = told(channel=TalkChannel.WEB, own_number=False)
    talk.writes("0912345678")
    assert talk.state.asking is Ask.WHOM
    talk.writes("số của mẹ là 0987654321")
    assert (talk.state.draft.phone, talk.state.draft.visited_phone) == ("+84912345678", "+84987654321")


def test_a_number_of_theirs_that_was_told_at_once_is_not_the_filers() -> None:
    talk = told("mẹ tôi không đăng nhập được VNeID, số mẹ tôi là 0987654321")
    talk.writes("0987654321")
    assert (talk.state.draft.phone, talk.state.draft.visited_phone) == (None, "+84987654321")


@pytest.mark.parametrize("words", [("sai rồi, số của mẹ là 0987654322",), ("2", "4", "0987654322")])
def test_a_wrong_number_is_theirs_who_are_asked_before_anybody_comes(words: tuple[str, ...]) -> None:
    talk = told()
    for text in ("0987654321", *words):
        talk.writes(text)
    assert (talk.state.draft.phone, talk.state.draft.visited_phone) == (None, "+84987654322")


@pytest.mark.parametrize(
    "words", [("sai rồi, mẹ tôi mất, cần làm giấy khai tử",), ("2", "1", "mẹ tôi mất, cần làm giấy khai tử")]
)
def test_when_it_turns_out_that_they_died_nobody_is_asked_there(words: tuple[str, ...]) -> None:
    talk = told()
    for text in ("0987654321", *words):
        talk.writes(text)
    draft = talk.state.draft
    assert (draft.category, draft.for_other, draft.visited_phone) == ("death", None, None)


def test_a_wrong_name_asks_for_whom_it_is_anew() -> None:
    talk = told()
    for text in ("0987654321", "2", "3", "Hưng"):
        talk.writes(text)
    assert (talk.state.asking, talk.state.draft.visited_phone) == (Ask.WHOM, None)


def test_where_nobody_was_named_the_version_before_goes_on() -> None:
    """It reads no draft with a field that it does not know."""
    young = {"behalf", "for_other", "visited_phone"}
    assert young.isdisjoint(told("máy in hỏng").kept()["draft"])
    assert "behalf" in told().kept()["draft"]


@pytest.mark.parametrize("trouble", ["mẹ tôi mất, tôi cần làm giấy khai tử", "có người gọi bảo em chuyển tiền cho vợ em"])
def test_who_died_or_was_named_by_swindlers_is_nobody_to_visit(trouble: str) -> None:
    talk = told(trouble)
    assert talk.state.asking is not Ask.WHOM


@pytest.mark.parametrize(
    ("text", "behalf"),
    [
        ("mẹ tôi không vào được VNeID", "mẹ tôi"),
        ("bo me em khong vao duoc", "bo me em"),
        ("nhờ giúp bà ngoại của cháu với", "bà ngoại của cháu"),
        ("bác hàng xóm bị khóa tài khoản", "bác hàng xóm"),
        ("my mother cannot log in", "my mother"),
        ("bố mẹ tôi bị khóa tài khoản", "bố mẹ tôi"),
        ("vợ chồng tôi không vào được", None),
        ("tôi là bà Minh", None),
        ("MẸ TÔI KHÔNG VÀO ĐƯỢC", "MẸ TÔI"),
        ("Mẹ Tôi bị khóa tài khoản", "Mẹ Tôi"),
        ("bỏ em ra", None),
        ("mà em không hiểu", None),
        ("nhà tôi mất mạng", None),
    ],
)
def test_somebody_near_is_heard(text: str, behalf: str | None) -> None:
    assert behalf_in(text) == behalf
