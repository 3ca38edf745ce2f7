"""What is read back to somebody is a sentence, also where their own was long, or ended in points of its own."""

import pytest

from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE, TROUBLE, Talking

LONG = "Máy in không in được, đã khởi động lại nhiều lần rồi mà vẫn không được."


@pytest.mark.parametrize(("channel", "told"), [(TalkChannel.SMS, LONG), (TalkChannel.ZALO, " và ".join([LONG] * 9))])
def test_what_had_to_be_cut_ends_in_three_points(channel: TalkChannel, told: str) -> None:
    talk = Talking(channel)
    talk.writes(told)
    talk.writes(PLACE)
    read_back = talk.writes("Nguyễn Văn An")
    assert "..." in read_back
    assert "...." not in read_back
    assert ",..." not in read_back


def test_a_trouble_that_ends_in_a_point_gets_no_second_one() -> None:
    talk = Talking(TalkChannel.SMS)
    talk.writes(f"{TROUBLE}.")
    talk.writes(PLACE)
    read_back = talk.writes("Nguyễn Văn An")
    assert TROUBLE in read_back
    assert ".." not in read_back
