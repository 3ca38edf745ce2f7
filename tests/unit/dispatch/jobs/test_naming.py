"""Whom a lead means by a name or a code."""

from uuid import UUID

import pytest

from dispatch.jobs.naming import Known, NotFoundByName, whom

LAN, HOA, TEAM, OTHER_LAN = (UUID(int=place) for place in range(1, 5))
PEOPLE = [
    Known(LAN, "V-12", "Nguyễn Thị Lan"),
    Known(HOA, "V-13", "Đỗ Hòa"),
    Known(TEAM, "TO-1", "Tổ công nghệ số 1"),
    Known(TEAM, "TO-1", "Trần Văn Bình"),  # somebody of the team
    Known(TEAM, "TO-1", None),  # erased
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("LAN", LAN),
        ("lan nguyen", LAN),
        ("Nguyễn Thị Lan", LAN),
        ("do hoa", HOA),
        ("v-13", HOA),
        ("TO-1", TEAM),
        ("tổ công nghệ số 1", TEAM),
        ("bình", TEAM),
        ("Lân Hồ", NotFoundByName.UNKNOWN),
        ("V-1", NotFoundByName.UNKNOWN),
        ("", NotFoundByName.UNKNOWN),
    ],
)
def test_a_name_or_a_code_is_one_person_or_nobody(typed: str, meant: object) -> None:
    assert whom(typed, PEOPLE) == meant


def test_several_of_one_name_are_told_apart_by_the_whole_name() -> None:
    people = [*PEOPLE, Known(OTHER_LAN, "V-14", "Lan")]
    assert whom("thị lan", people) == LAN
    assert whom("lan", people) == OTHER_LAN  # the whole name
    two = [*PEOPLE, Known(OTHER_LAN, "V-14", "Phạm Lan")]
    assert whom("lan", two) is NotFoundByName.AMBIGUOUS
    assert whom("pham lan", two) == OTHER_LAN
