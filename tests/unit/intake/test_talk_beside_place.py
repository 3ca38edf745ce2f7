"""A trouble and an address in one line with no "ở" between them: both are heard, and an address alone loses nothing. And what is
asked about a place is answered as people do."""

from dataclasses import replace

import pytest

from intake.conversations.conversation import Ask
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


WHICH = "Nay là phường Giảng Võ hay phường Ô Chợ Dừa?"


def asked_which(address: str = "12 ngõ 5") -> RealTalking:
    talk = RealTalking()
    talk.writes("máy in hỏng")
    draft = replace(talk.state.draft, address=address, communes=("00025", "00190"), place_question=WHICH)
    talk.state = replace(talk.state, asking=Ask.WHICH_PLACE, draft=draft)
    return talk


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *[(said, "00025") for said in ("Giảng Võ", "giang vo", "ở Giảng Võ ạ", "dạ phường Giảng Võ nhé")],
        *[(said, "00190") for said in ("Ô Chợ Dừa", "o cho dua", "là ô chợ dừa em ơi")],
    ],
)
def test_one_of_the_wards_that_were_named_is_named(said: str, code: str) -> None:
    talk = asked_which()
    talk.writes(said)
    assert (talk.state.draft.commune_code, talk.state.draft.place_is_open) == (code, False)
    assert talk.state.asking is Ask.NAME


def test_a_figure_names_no_ward_and_is_asked_about_again() -> None:
    talk = asked_which()
    assert WHICH in talk.writes("1")
    assert (talk.state.draft.commune_code, talk.state.draft.place_is_open) == (None, False)


@pytest.mark.parametrize("said", ["không phải Giảng Võ", "5 Giảng Võ"])
def test_a_street_or_a_no_is_not_taken_for_the_ward(said: str) -> None:
    talk = asked_which()
    talk.writes(said)
    assert talk.state.draft.commune_code is None
