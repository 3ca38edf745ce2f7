"""Words about the conversation before anything was told: they are no trouble, and none of them goes into a request."""

import pytest

from intake.conversations.conversation import Ask
from intake.conversations.saying import Line
from tests.unit.intake.test_talk_as_people_do import RealTalking


@pytest.mark.parametrize("said", ["sai rồi", "sai roi", "không đúng", "Sai rồi em ạ"])
def test_that_something_is_wrong_before_anything_was_told_is_no_trouble(said: str) -> None:
    talk = RealTalking()
    talk.writes(said)
    assert talk.state.asking is Ask.TROUBLE
    assert talk.state.draft.is_empty
    talk.writes("máy in hỏng")
    assert talk.state.draft.trouble == "máy in hỏng"


def test_the_trouble_behind_a_correction_is_heard_without_it() -> None:
    talk = RealTalking()
    talk.writes("sai rồi, máy in hỏng")
    assert talk.state.draft.trouble == "máy in hỏng"
    other = RealTalking()
    other.writes("không đúng mật khẩu VNeID")
    assert other.state.draft.trouble == "không đúng mật khẩu VNeID"


def test_a_yes_before_the_wish_to_cancel_changes_nothing() -> None:
    talk = RealTalking()
    talk.writes("ừ hủy")
    assert talk.lines[-1].line is Line.CANCELLED
    assert talk.state.draft.is_empty
