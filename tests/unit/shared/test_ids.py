"""Ids sort by the time they were made, one by one and many at once."""

import time

import pytest

from shared.ids import uuid7, uuid7s

SECOND = 1_000_000_000


def test_many_at_once_are_in_order_between_those_before_and_after() -> None:
    before = uuid7()
    many = uuid7s(5000)
    assert many == sorted(many)
    assert len({before, *many}) == 5001
    assert {(one.version, one.variant) for one in many} == {(7, before.variant)}
    assert before.int >> 80 <= many[0].int >> 80


def test_what_is_made_within_one_millisecond_is_in_order_too() -> None:
    """Texts to one phone leave in the order of their ids."""
    made = [one for _ in range(200) for one in (uuid7(), *uuid7s(20), uuid7())]
    assert made == sorted(made)


def test_a_clock_that_is_set_back_a_little_brings_no_smaller_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = uuid7(), time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 30 * SECOND)
    assert before < uuid7() < uuid7s(1)[0]


def test_after_a_clock_that_was_far_ahead_ids_say_the_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what is kept by the age of its id would be kept for as long as the clock was wrong."""
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 3600 * SECOND)
    uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    assert uuid7().int >> 80 == now // 1_000_000


def test_none_at_all_is_an_empty_list() -> None:
    assert uuid7s(0) == []
