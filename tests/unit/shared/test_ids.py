"""Ids sort by the time they were made, one by one and many at once."""

from shared.ids import uuid7, uuid7s


def test_many_at_once_are_in_order_between_those_before_and_after() -> None:
    before = uuid7()
    many = uuid7s(5000)
    assert many == sorted(many)
    assert len({before, *many}) == 5001
    assert {(one.version, one.variant) for one in many} == {(7, before.variant)}
    assert before.int >> 80 <= many[0].int >> 80


def test_none_at_all_is_an_empty_list() -> None:
    assert uuid7s(0) == []
