"""Numbers that must never be kept are masked however they are written; phone numbers and ordinary figures stay."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.masking import Mask, mask, mask_message, speaks_of_code

MASKED = {
    "mã OTP là 123 456": f"mã OTP là {Mask.CODE}",
    "OTP:12-34-56": f"OTP:{Mask.CODE}",
    "otp 1 2 3 4 5 6": f"otp {Mask.CODE}",
    "123456 la ma xac thuc": f"{Mask.CODE} la ma xac thuc",
    "mã xác nhận gửi về 0912345678 là 654321": f"mã xác nhận gửi về 0912345678 là {Mask.CODE}",
    "Mật khẩu VNeID 12345678": f"Mật khẩu VNeID {Mask.CODE}",
    "passcode 246810": f"passcode {Mask.CODE}",
    "thẻ 4111 1111 1111 1111, cvv 123": f"thẻ {Mask.CARD}, cvv {Mask.CODE}",
    "4111-1111-1111-1111": Mask.CARD,
    "cccd 001203004567": f"cccd {Mask.CITIZEN_ID}",
    "CCCD: 001 203 004 567": f"CCCD: {Mask.CITIZEN_ID}",
    "căn cước 001.203.004.567 ạ": f"căn cước {Mask.CITIZEN_ID} ạ",
    "số định danh 0912 3456 7812": f"số định danh {Mask.CITIZEN_ID}",
    "cmnd 012345678": f"cmnd {Mask.CITIZEN_ID}",
    "CMND 912345678": f"CMND {Mask.CITIZEN_ID}",
    "chứng minh thư số 12345678": f"chứng minh thư số {Mask.CITIZEN_ID}",
    "001203004567, 0912345678": f"{Mask.CITIZEN_ID}, 0912345678",
    "0912345678 001203004567": f"0912345678 {Mask.CITIZEN_ID}",
    "１２３４５６７８９０１２": Mask.CITIZEN_ID,
    "stk 19034567890123 Techcombank": f"stk {Mask.ACCOUNT} Techcombank",
    "số tài khoản 0912345678 MB": f"số tài khoản {Mask.ACCOUNT} MB",
    "chuyển khoản 1903 4567 89": f"chuyển khoản {Mask.ACCOUNT}",
    "1903456789": Mask.ACCOUNT,
    "sđt 0912345678 cccd 001203004567 otp 123456": f"sđt 0912345678 cccd {Mask.CITIZEN_ID} otp {Mask.CODE}",
}

KEPT = [
    "",
    "Không đăng nhập được VNeID",
    "gọi 0912 345 678 hoặc 024 3825 1234",
    "+84 912 345 678",
    "+84 24 3825 1234",
    "số cũ 01691234567",
    "tổng đài 19001022",
    "tôi mất tài khoản, gọi lại 0912345678",
    "số nhà 12 ngõ 345 phố Huế, tầng 3",
    "ngày 12.05.2024 14.30 nộp hồ sơ",
    "mã hồ sơ 000.00.01.H26-240512-0001",
    "sinh năm 1950",
    "quầy 2, máy in HP 1102",
]


@pytest.mark.parametrize("text", MASKED)
def test_a_number_that_must_not_be_kept_is_masked(text: str) -> None:
    assert mask(text) == MASKED[text]


@pytest.mark.parametrize("text", KEPT)
def test_an_ordinary_number_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text", ["482913", "48 29 13", "dạ 482913 ạ", "bốn tám hai chín một ba", "4111 1111", "7704", "001203 004567"]
)
def test_a_message_that_is_nothing_but_a_code_is_one_whatever_stood_in_the_message_before(text: str) -> None:
    assert digits_left(mask_message(text)) == ""
    assert mask_message(text) != text


@pytest.mark.parametrize(
    "text",
    [
        *("1", "12", "1022", "1950", "0912345678", "18001234", "ngõ 1234", "số nhà 4829", "482913 không vào được"),
        *("35/12", "2/35/12", "28/11", "2/9/1945", "14:30", "500.000", "2.000.000"),
    ],
)
def test_a_message_that_says_anything_else_is_masked_like_any_text(text: str) -> None:
    assert mask_message(text) == mask(text) == text


@pytest.mark.parametrize("text", ["hoa1987", "Hoa@1987", "hoa88", "dạ hoa1987 ạ", "“hoa1987”", "Hoa@hong."])
def test_after_a_word_for_it_a_lone_word_that_looks_like_a_password_is_one(text: str) -> None:
    assert mask_message(text, after_code=True) == re.sub(r"[Hh]oa[@\w]+", Mask.CODE, text)
    assert mask_message(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "12A",
        "P1204",
        "12A/5",
        "35/12",
        "14:30",
        "2.000.000",
        "TR-7K2M-9QXA",
        "iPhone12",
        "lan@gmail.com",
        "8h30",
        "50k",
        "Hàng Bông",
        "vâng",
        "OK!",
    ],
)
def test_what_answers_another_question_stays_also_after_a_word_for_a_code(text: str) -> None:
    assert mask_message(text, after_code=True) == text


@pytest.mark.parametrize(
    "text", ["em không nhận được mã OTP", "mật khẩu của em là", "mk em là:", "your code is 123", "otp", "3 số sau thẻ"]
)
def test_who_names_a_code_or_a_password_may_write_it_next(text: str) -> None:
    assert speaks_of_code(text)


@pytest.mark.parametrize("text", ["điện thoại em hết pin", "pin laptop chai", "pass qua cửa", "em cần 6 số cuối cccd", "205"])
def test_a_battery_a_gate_and_the_end_of_another_number_name_no_code(text: str) -> None:
    assert not speaks_of_code(text)


def test_after_a_word_for_it_a_day_of_birth_may_be_the_password() -> None:
    assert mask_message("02/09/1945", after_code=True) == Mask.CODE


def test_each_number_of_a_long_text_is_judged_by_the_words_beside_it() -> None:
    once = "mã OTP là 482913. Nhà tôi ở ngõ 345 phố Huế, gọi 0912345678 nhé, cảm ơn. "
    assert mask(once * 1400) == once.replace("482913", Mask.CODE) * 1400


SEPARATOR = st.sampled_from(["", " ", ".", "-", " - ", "·"])
WORDS = st.sampled_from(["Không vào được VNeID", "giúp mẹ tôi với", "máy báo lỗi", "Xin chào", "gửi hồ sơ mãi không được"])


@st.composite
def written(draw: st.DrawFn, digits: str) -> str:
    """The digits in groups of any size, one separator throughout."""
    separator = draw(SEPARATOR)
    groups, rest = [], digits
    while rest:
        size = draw(st.integers(min_value=1, max_value=len(rest)))
        groups.append(rest[:size])
        rest = rest[size:]
    return separator.join(groups)


def digits_left(text: str) -> str:
    return "".join(re.findall(r"\d", text))


CITIZEN_IDS = st.builds(
    "0{}{}{}".format, st.sampled_from(["01", "25", "34", "79"]), st.sampled_from("0123"), st.from_regex(r"\d{8}", fullmatch=True)
)


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from("4569")) + draw(st.from_regex(r"[0-9]{14}", fullmatch=True))
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(body))
    return body + str(-total % 10)


@given(st.data(), CITIZEN_IDS, WORDS, WORDS)
def test_no_citizen_id_is_left_however_it_is_grouped(data: st.DataObject, number: str, before: str, after: str) -> None:
    text = f"{before} cccd {data.draw(written(number))} {after}"
    assert digits_left(mask(text)) == ""


@given(st.from_regex(r"[0-9]{12}", fullmatch=True).filter(lambda n: not re.match(r"84(?:0|2)", n)), WORDS)
def test_twelve_digits_in_one_piece_are_masked_without_any_hint(number: str, before: str) -> None:
    assert digits_left(mask(f"{before} {number}")) == ""


@given(st.data(), cards(), WORDS)
def test_no_card_number_is_left(data: st.DataObject, number: str, before: str) -> None:
    separator = data.draw(st.sampled_from(["", " ", "-", "."]))
    grouped = separator.join(number[i : i + 4] for i in range(0, 16, 4))
    assert digits_left(mask(f"{before} thẻ {grouped}")) == ""


@given(
    st.data(),
    st.from_regex(r"[0-9]{4,8}", fullmatch=True),
    st.sampled_from(["mã OTP là", "otp", "ma xac thuc:", "MÃ XÁC NHẬN", "mật khẩu"]),
)
def test_no_one_time_code_is_left(data: st.DataObject, code: str, hint: str) -> None:
    assert digits_left(mask(f"{hint} {data.draw(written(code))}")) == ""


@pytest.mark.parametrize("hint", ["mã OTP là", "otp:", "MÃ XÁC NHẬN -", "mật khẩu", "mã số"])
def test_a_code_of_round_figures_is_no_sum_right_behind_its_hint(hint: str) -> None:
    assert digits_left(mask(f"{hint} 1.000")) == digits_left(mask(f"{hint} 250,000")) == ""
    lost = f"{hint} 482913, bị trừ 250.000"
    assert digits_left(mask(lost)) == "250000"


def test_a_code_that_looks_like_a_service_number_is_a_code_beside_its_hint_alone() -> None:
    assert digits_left(mask("mã OTP là 18001234")) == ""
    assert mask("gọi 18001234 không ai nghe máy") == "gọi 18001234 không ai nghe máy"


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), WORDS, st.sampled_from(["", " ", "."]))
def test_a_phone_number_stays_readable(number: str, before: str, separator: str) -> None:
    text = f"{before}, gọi {separator.join((number[:4], number[4:7], number[7:]))}"
    assert mask(text) == text


@given(st.text(alphabet="0123456789 .-otpcd số:", max_size=60))
def test_masking_never_fails_and_never_adds_digits(text: str) -> None:
    assert set(digits_left(mask(text))) <= set(digits_left(text))
    assert len(digits_left(mask(text))) <= len(digits_left(text))
