"""Who is meant by a name somebody typed on an old phone; nobody is guessed."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.jobs.going import Found, Teammate, Want, told_apart, which_two, who_goes
from tests.support.dispatching import sealed

TEAMMATES = UUID(int=7)


def teammate(name: str, id_: str = "", *, vetted: bool = True, present: bool = True) -> Teammate:
    external_id = id_ or name
    return Teammate(
        id=uuid5(TEAMMATES, external_id), external_id=external_id, box=sealed(), name=name, vetted=vetted, present=present
    )


LAN = teammate("Nguyễn Thị Lan", "TV-1")
TUAN = teammate("Trần Anh Tuấn", "TV-2")
LAN_ANH = teammate("Lê Lan Anh", "TV-3")
AWAY = teammate("Phạm Hồng", "TV-4", present=False)
NEW = teammate("Đỗ Mai", "TV-5", vetted=False)
TEAM = [LAN, TUAN, AWAY, NEW]


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("LAN", LAN),
        ("lan", LAN),
        ("chi lan", LAN),
        ("chị Lan", LAN),
        ("Nguyễn Thị Lan", LAN),
        ("nguyen thi lan", LAN),
        ("NGUYEN LAN", LAN),
        ("thị", LAN),
        ("anh Tuan", TUAN),
        ("ANH TUAN", TUAN),
        ("Anh", TUAN),
        ("TV 2", TUAN),
        ("tv2", TUAN),
        ("TV-2", TUAN),
        ("ｌａｎ", LAN),
    ],
)
def test_a_name_is_known_without_marks_and_case_on_any_of_its_words(said: str, person: Teammate) -> None:
    assert who_goes(said, TEAM) == Found(person)


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("Bình", Want.UNKNOWN),
        ("Lan Bình", Want.UNKNOWN),
        ("La", Want.UNKNOWN),
        ("Lan Lan", Want.UNKNOWN),
        ("?", Want.UNKNOWN),
        ("Hồng", Want.ABSENT),
        ("mai", Want.NOT_VETTED),
        ("Đỗ Mai", Want.NOT_VETTED),
    ],
)
def test_who_is_not_there_or_not_vetted_or_not_of_the_team_goes_nowhere(said: str, want: Want) -> None:
    assert who_goes(said, TEAM) == Found(want=want)


def test_two_of_one_name_are_asked_about_and_told_apart_by_their_whole_names() -> None:
    found = who_goes("Lan", [*TEAM, LAN_ANH])
    assert (found.want, found.several) == (Want.AMBIGUOUS, (LAN, LAN_ANH))
    assert told_apart(found.several) == ["Nguyễn Thị Lan", "Lê Lan Anh"]
    assert who_goes("Thị Lan", [*TEAM, LAN_ANH]) == Found(LAN)


def test_two_whose_whole_names_read_the_same_are_told_apart_by_the_rosters_id() -> None:
    twin = teammate("Nguyễn Thị Lân", "TV-9")
    found = who_goes("NGUYEN THI LAN", [LAN, twin])
    assert told_apart(found.several) == ["Nguyễn Thị Lan (TV-1)", "Nguyễn Thị Lân (TV-9)"]
    assert who_goes("TV 9", [LAN, twin]) == Found(twin)
    assert who_goes("Lân", [LAN, twin]) == Found(twin), "who writes the marks means them"


def test_an_address_that_may_be_a_part_of_the_name_is_not_decided_for_anybody() -> None:
    anh_lan = teammate("Trần Anh Lan", "TV-8")
    assert who_goes("ANH LAN", [LAN, anh_lan]).want is Want.AMBIGUOUS


def test_only_who_is_alone_needs_no_naming() -> None:
    assert who_goes(None, [LAN, AWAY, NEW]) == Found(LAN)
    assert who_goes(None, TEAM) == Found(want=Want.NEEDED)
    assert who_goes(None, [AWAY, NEW]) == Found(want=Want.NEEDED)
    assert who_goes("Tuấn", [LAN, AWAY, NEW]) == Found(want=Want.UNKNOWN), "somebody else was named: that is not Lan"


@given(said=st.text(max_size=60))
def test_whatever_is_typed_only_who_may_go_is_found(said: str) -> None:
    found = who_goes(said, TEAM)
    assert found.person in {None, LAN, TUAN}
    assert (found.person is None) == (found.want is not None)


MINH = teammate("Trần Minh", "TV-6")
LAN_MINH = teammate("Phạm Lan Minh", "TV-7")


@pytest.mark.parametrize(
    "said",
    [
        "LAN MINH",
        "minh lan",
        "Lan và Minh",
        "Nguyễn Thị Lan, Trần Minh",
        "chị Lan với anh Minh",
        "TV-1 TV-6",
        "lan + minh",
        "lan cung minh",
    ],
)
def test_two_names_are_two_people_wherever_one_ends(said: str) -> None:
    found = which_two(said, [LAN, TUAN, MINH])
    assert {one.id for one in (found.person, found.partner) if one} == {LAN.id, MINH.id}


@pytest.mark.parametrize(
    ("said", "team", "want"),
    [
        ("LAN", [LAN, TUAN, MINH], Want.TWO),
        ("LAN LAN", [LAN, TUAN, MINH], Want.UNKNOWN),
        ("LAN HOA", [LAN, TUAN, MINH], Want.UNKNOWN),
        ("LAN HONG", [LAN, TUAN, AWAY, MINH], Want.UNKNOWN),
        ("LAN MINH", [LAN, TUAN, LAN_MINH, MINH], Want.AMBIGUOUS),
        ("LAN MINH", [LAN, MINH, LAN_ANH], Want.AMBIGUOUS),
        (None, [LAN, TUAN, MINH], Want.NEEDED),
        (None, [LAN, AWAY, NEW], Want.TOO_FEW),
        ("LAN MINH", [LAN], Want.TOO_FEW),
    ],
)
def test_what_is_wanted_until_two_are_known(said: str | None, team: list[Teammate], want: Want) -> None:
    found = which_two(said, team)
    assert (found.want, found.person, found.partner) == (want, None, None)


def test_two_who_are_the_only_ones_need_no_naming() -> None:
    found = which_two(None, [LAN, TUAN, AWAY, NEW])
    assert (found.person, found.partner) == (LAN, TUAN)
