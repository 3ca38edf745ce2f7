"""A trouble and an address in one line with no "ở" between them: both are heard, and an address alone loses nothing."""

import pytest

from shared.geo.communes import COMMUNES
from tests.unit.intake.test_talk_as_people_do import LISTENER, RealTalking


@pytest.mark.parametrize(
    ("said", "address", "category"),
    [
        ("may in hong phuong Giang Vo toi la Tu", "phuong Giang Vo", "equipment"),
        ("không vào được dịch vụ công, 12 Kim Mã phường Ba Đình", "12 Kim Mã phường Ba Đình", "portal_login"),
        ("5 Giảng Võ phường Giảng Võ, wifi yếu", "5 Giảng Võ phường Giảng Võ", "network_outage"),
        ("phường Giảng Võ máy in hỏng", "phường Giảng Võ", "equipment"),
        ("12 Kim Mã phường Ba Đình, chữ ký số lỗi", "12 Kim Mã phường Ba Đình", "digital_signature"),
    ],
)
def test_a_trouble_beside_an_address_is_heard_as_both(said: str, address: str, category: str) -> None:
    talk = RealTalking()
    heard = LISTENER.listen(said, talk.state, at=talk.now)
    assert heard.category == category
    assert heard.place is not None
    assert heard.place.address == address


def test_an_address_alone_is_kept_whole() -> None:
    talk = RealTalking()
    for commune in COMMUNES:
        said = f"số 9 ngõ 35 Hàng Mã, {commune.name}, Hà Nội"
        heard = LISTENER.listen(said, talk.state, at=talk.now)
        assert heard.place is not None, said
        assert heard.place.address == said
