"""“Try this first”: what may be offered, how it is quoted, and which answers are clear."""

import pytest

from intake.guidance.library import load_library
from intake.guidance.offering import Outcome, answer_of, offer, offered

LIBRARY = load_library()


def test_what_is_offered_quotes_its_entry_and_asks_whether_it_helped() -> None:
    entry = offer("em quen mat khau vneid", "vneid_login")
    assert entry is not None
    text = offered(entry, "vi")
    assert text.splitlines()[0] == "Anh/chị thử cách này trước nhé: Lấy lại mật khẩu VNeID."
    assert [line for line in text.splitlines() if line[0].isdigit()] == [
        f"{number}. {step}" for number, step in enumerate(entry.told("vi").steps, start=1)
    ]
    assert "Không đọc mã OTP cho bất kỳ ai." in text
    assert "(Theo hướng dẫn vneid-password, cập nhật ngày 27/11/2026.)" in text
    assert text.endswith("Được chưa ạ? 1 được rồi, 2 chưa. Cần người giúp: nhắn “gặp người”.")
    assert "Did it help? Answer 1" in offered(entry, "en")


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("có người tự xưng công an gọi bảo cài VNeID", "fraud"),
        ("bộ phận một cửa mất mạng", "network_outage"),
        ("bố tôi mất ở nhà, báo tử ở đâu", "death"),
        ("thông báo lưu trú 2.001159", None),
        ("tôi bị mất điện thoại, trong đó có vneid", "vneid_device_change"),
        ("chuyện này không ai viết", "vneid_login"),
    ],
    ids=["fraud", "outage", "death", "procedure", "lost", "unknown"],
)
def test_where_minutes_count_or_nothing_fits_nothing_is_offered(said: str, category: str | None) -> None:
    found = offer(said, category)
    assert found is None or found.id == "guest-notice"


@pytest.mark.parametrize("said", ["1", " 1. ", "Được rồi ạ", "duoc roi", "xong rồi!", "yes", "works"])
def test_a_clear_yes_helped(said: str) -> None:
    assert answer_of(said) is Outcome.HELPED


@pytest.mark.parametrize("said", ["2", "chưa", "Vẫn chưa được", "van loi", "no", "khong duoc"])
def test_a_clear_no_did_not(said: str) -> None:
    assert answer_of(said) is Outcome.NOT_HELPED


@pytest.mark.parametrize(
    "said",
    ["gặp người thật", "3", "", "12", "tôi được cấp thẻ rồi nhưng chưa kích hoạt", "1 27", "vâng", "ok", "dạ"],
)
def test_anything_else_is_for_the_conversation(said: str) -> None:
    assert answer_of(said) is None
