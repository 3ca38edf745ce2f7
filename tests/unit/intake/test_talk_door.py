"""Words of somebody at whose door a visitor stands, and what of them is kept."""

import pytest

from intake.conversations.door_words import GONE, at_the_door
from shared.security.phrases import FIRST, SECOND


@pytest.mark.parametrize(
    "text",
    ["ÁM HIỆU hoa sen", "am hieu: hoa sen", "Họ nói ám hiệu là hoa sen", "TR-7K3M-92QX ám hiệu hoa sen", "passphrase hoa sen"],
)
def test_what_the_visitor_said_is_compared_and_not_kept(text: str) -> None:
    said, kept = at_the_door(text)
    assert said == "hoa sen"
    assert "hoa sen" not in kept


@pytest.mark.parametrize(
    "text",
    ["Có người lạ ở trước cửa nhà tôi", "người lạ", "nguoi la dang go cua", "kẻ giả danh ở ngoài", "a stranger at my door"],
)
def test_whoever_shall_not_come_in_needs_no_phrase(text: str) -> None:
    assert at_the_door(text) == (GONE, text)


@pytest.mark.parametrize(
    "text",
    [
        "Ám hiệu của tôi là gì?",
        "am hieu la gi vay",
        "Ám hiệu hôm nay là gì",
        "Tài khoản của tôi bị giả danh",
        "Có tin nhắn lạ",
        "Máy in không chạy",
        "ám hiệu",
    ],
)
def test_other_matters_check_nobody(text: str) -> None:
    assert at_the_door(text) == (None, text)


def test_every_phrase_there_is_is_heard_whole() -> None:
    unheard = [
        said
        for first in FIRST
        for second in SECOND
        for said in (f"{first} {second}",)
        if any(at_the_door(form.format(said))[0] != said for form in ("ám hiệu {}", "họ nói ám hiệu là {}"))
    ]
    assert unheard == []
