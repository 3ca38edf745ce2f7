"""What a broadcast may say: nothing that looks like the fraud it warns of, and within the price of three parts."""

import pytest

from notify.broadcasts.broadcast import BroadcastKind
from notify.broadcasts.words import TEMPLATES, Template, free, from_template
from notify.sms_text import BUDGET_PARTS, count_parts
from notify.templates.render import placeholders
from shared.errors import Invalid

GOOD = "Từ 27/11/2026 đến 30/11, nhà văn hóa phường Hàng Bạc mở cửa 8:00-17:00. Cần gì xin gọi 1022."


def test_free_words_say_who_speaks_and_what_we_never_ask_for() -> None:
    words = free(GOOD, "The house of culture is open from 8:00.")
    assert words.vi == f"TechRescue: {GOOD} Tổng đài 1022 không bao giờ hỏi OTP hay tiền."
    assert words.en == "TechRescue: The house of culture is open from 8:00. 1022 never asks for an OTP or for money."
    assert "1022 8" in free("Gọi 1022 8 10 20.", "x").vi
    assert free("TechRescue xin báo.", "x").vi.startswith("TechRescue xin báo. ")


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Mở cửa lúc 8:00", "Mở cửa lúc 8:00."), ("Mở cửa lúc 8:00.", "Mở cửa lúc 8:00."), ("Có ai ở nhà?", "Có ai ở nhà?"),
        ("Chào, ", "Chào."), ("Mang theo:", "Mang theo."), ("Miễn phí!", "Miễn phí!"), ("(Miễn phí.)", "(Miễn phí.)"),
        ("Mở đến chiều…", "Mở đến chiều..."), ("Gọi 1022 -", "Gọi 1022."), ("ở “Nhà văn hóa”", "ở “Nhà văn hóa”."),
    ],
)  # fmt: skip
def test_what_is_said_ends_before_the_line_about_codes_begins(said: str, stands: str) -> None:
    assert free(said, "x").vi == f"TechRescue: {stands} Tổng đài 1022 không bao giờ hỏi OTP hay tiền."
    assert free("x", said).en == f"TechRescue: {stands} 1022 never asks for an OTP or for money."


@pytest.mark.parametrize(
    "said",
    [
        "Xem tại http://example.org", "Mo www ngay", "xem bit.ly/abc", "xem zalo.me", "viết thư a@b", "xem bit。ly nhé",
        "gọi 0912 345 678", "gọi 024.3825.1234", "gọi 84912345678", "gọi 1022 3825 1234", "STK 19001234567",
        "Đọc mã xác nhận cho chúng tôi", "Gửi OTP", "đổi mật khẩu", "Chuyển khoản trước", "", "   ", "x" * 401,
        "xem evil . com", "xem bit[.]ly", "xem tinyurl com", "xem evil chấm com", "gọi không chín một hai ba bốn năm sáu bảy",
    ],
)  # fmt: skip
def test_what_a_fraud_would_say_is_refused_in_both_languages(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        free(said, "Good words.")
    assert refused.value.field == "text.vi"
    with pytest.raises(Invalid):
        free(GOOD, said)


def test_a_text_that_would_cost_a_fourth_part_is_refused() -> None:
    assert count_parts(free("Ầ" * 380, "a").vi) == BUDGET_PARTS, "without its marks it fits"
    with pytest.raises(Invalid):
        free("{" * 300, "a")


@pytest.mark.parametrize("template", Template)
def test_every_template_fits_with_the_longest_fields(template: Template) -> None:
    kind, vietnamese, english = TEMPLATES[template]
    assert placeholders(vietnamese) == placeholders(english)
    words = from_template(template, dict.fromkeys(placeholders(vietnamese), "Ậ" * 60), kind)
    assert {count_parts(text) <= BUDGET_PARTS for text in (words.vi, words.en)} == {True}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, BroadcastKind.OUTAGE), ({"service": ""}, BroadcastKind.OUTAGE), ({"service": "a" * 61}, BroadcastKind.OUTAGE),
        ({"service": "x", "venue": "y"}, BroadcastKind.OUTAGE), ({"service": "bit.ly"}, BroadcastKind.OUTAGE),
        ({"service": "VNeID"}, BroadcastKind.CAMPAIGN),
    ],
)  # fmt: skip
def test_fields_must_fit_their_template_and_keep_the_rules(fields: dict[str, str], kind: BroadcastKind) -> None:
    with pytest.raises(Invalid):
        from_template(Template.OUTAGE_KNOWN, fields, kind)
