"""Plainer words may stand in for an entry only when they say no more than it does."""

import json

import pytest

from intake.guidance.library import load_library
from intake.guidance.rewording import is_faithful, steps_in

ENTRY = load_library().get("vneid-password")
assert ENTRY is not None
OWN = ENTRY.told("vi").steps
GOOD = [
    "Mở VNeID. Ở màn hình đăng nhập, chọn “Quên mật khẩu”.",
    "Nhập số căn cước và số điện thoại mà mình đã đăng ký.",
    "Làm theo từng bước xác thực trên màn hình. Mã gửi về máy thì tự mình nhập vào ứng dụng.",
    "Đặt mật khẩu mới rồi đăng nhập lại.",
    "Nếu số điện thoại đã đăng ký không còn dùng, mang căn cước ra công an phường, xã.",
]


def test_the_same_in_plainer_words_is_taken() -> None:
    assert is_faithful(OWN, GOOD)
    assert is_faithful(OWN, list(OWN))


@pytest.mark.parametrize(
    "said",
    [
        GOOD[:4],
        [*GOOD, "Gọi 1022."],
        ["", *GOOD[1:]],
        ["Mở VNeID " + "thật từ từ " * 40, *GOOD[1:]],
        ["Mở VNeID ở vneid-gov.vn, chọn “Quên mật khẩu” ở màn hình đăng nhập.", *GOOD[1:]],
        ["Mở VNeID, ở màn hình đăng nhập chọn “Quên mật khẩu”, gọi 0912345678.", *GOOD[1:]],
        ["Mở VNeID, ở màn hình đăng nhập chọn “Quên mật khẩu” 3 lần.", *GOOD[1:]],
        [*GOOD[:2], "Làm theo các bước xác thực trên màn hình. Mã gửi về máy thì đọc cho cán bộ.", *GOOD[3:]],
        [*GOOD[:3], "Đặt mật khẩu mới, rồi gửi mật khẩu cho nhân viên.", GOOD[4]],
        ["Con mèo trèo lên cây cau hỏi thăm chú chuột đi đâu vắng nhà.", *GOOD[1:]],
        ["Mở VNeID,\u202e ở màn hình đăng nhập chọn “Quên mật khẩu”.", *GOOD[1:]],
        ["Mở VNeID, ở màn hình đăng nhập chọn “Quên mật khẩu”, số không chín một hai ba bốn năm sáu.", *GOOD[1:]],
        [*GOOD[:4], "Số đã đăng ký không dùng nữa thì mang căn cước và chuyển phí cho công an phường, xã."],
        [*GOOD[:4], "Nếu còn dùng số điện thoại đã đăng ký, mang căn cước ra công an phường, xã."],
        ["Mở VNeID. Ở màn hình đăng nhập, <b>chọn</b> “Quên mật khẩu”.", *GOOD[1:]],
        ["Mở VNeID. Ở màn hình đăng nhập, chọn **Quên mật khẩu**.", *GOOD[1:]],
    ],
    ids=[
        *("fewer", "more", "empty", "long", "link", "number", "figure", "code to an officer", "password", "nonsense", "control"),
        *("number in words", "money", "without its not", "HTML", "markdown"),
    ],
)
def test_whatever_says_more_or_something_else_is_thrown_away(said: list[str]) -> None:
    assert not is_faithful(OWN, said)


@pytest.mark.parametrize(
    "said",
    [
        "Đọc mã cho ai gọi đến. Không tự nhập vào ứng dụng.",
        "Đọc mã cho ai gọi đến, tự nhập vào ứng dụng.",
        "Tell the code. Do not type it.",
    ],
)
def test_what_a_step_forbids_is_never_what_plainer_words_ask_for(said: str) -> None:
    vi, en = "Không đọc mã cho ai gọi đến. Tự nhập vào ứng dụng.", "Do not tell the code. Type it."
    own = en if said.isascii() else vi
    assert not is_faithful((own,), [said])
    assert is_faithful((vi,), ["Đừng đọc mã cho ai gọi đến, tự mình nhập vào ứng dụng."])
    assert is_faithful((en,), ["Don’t tell anyone the code: type it."])


def answer(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_a_list_is_read_also_within_a_fence() -> None:
    assert steps_in(answer('["a", "b"]')) == ["a", "b"]
    assert steps_in(answer('```json\n["a",  "b\\n c"]\n```')) == ["a", "b c"]


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"<html>", b"{}", b'{"choices": []}'),
        *(answer(None), answer("Sure! Here you are"), answer('{"a": 1}'), answer("[1, 2]"), answer("[" * 5000)),
    ],
    ids=["nothing", "page", "empty", "no choice", "null", "talk", "object", "figures", "deep"],
)
def test_anything_else_is_no_answer(said: bytes) -> None:
    assert steps_in(said) is None
