"""Which calls look like one fault: near each other, about the same, within a while, and each in one group only."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.faults.grouping import Call, GroupRules, Known, proposals
from shared.categories import CATEGORIES, FAULTS
from shared.errors import Misconfigured
from tests.support.dispatching import NOW

RULES = GroupRules(radius_m=250, window_seconds=3600, least=2, most=5)
METRE = 1 / 111_000  # of latitude


def a_call(*, metres: float = 0, minutes: float = 0, fault: str = "network") -> Call:
    """So far to the north of the first, so long after it."""
    return Call(job_id=uuid4(), fault=fault, lat=21.03 + metres * METRE, lon=105.83, at=NOW + timedelta(minutes=minutes))


def a_group(*, metres: float = 0, minutes: float = 0, size: int = 2) -> Known:
    at = NOW + timedelta(minutes=minutes)
    return Known(group_id=uuid4(), fault="network", lat=21.03 + metres * METRE, lon=105.83, last_called_at=at, size=size)


def found(*calls: Call, known: tuple[Known, ...] = (), rules: GroupRules = RULES) -> list[tuple[UUID | None, set[UUID]]]:
    return [(one.group_id, {call.job_id for call in one.calls}) for one in proposals(calls, known, rules)]


def test_two_calls_about_the_same_nearby_look_like_one_fault() -> None:
    first, second = a_call(), a_call(metres=200, minutes=30)
    assert found(second, first) == [(None, {first.job_id, second.job_id})]


@pytest.mark.parametrize(
    "other", [a_call(metres=300), a_call(minutes=61), a_call(fault="equipment")], ids=["far", "late", "other"]
)
def test_what_is_far_or_late_or_about_something_else_does_not(other: Call) -> None:
    assert found(a_call(), other) == []


def test_a_group_lies_around_its_first_caller_and_does_not_wander() -> None:
    calls = [a_call(metres=200 * step, minutes=step) for step in range(4)]
    assert found(*calls) == [(None, {calls[0].job_id, calls[1].job_id}), (None, {calls[2].job_id, calls[3].job_id})]


def test_the_next_caller_belongs_to_the_group_that_is_there_as_long_as_people_call() -> None:
    group, late, later = a_group(), a_call(minutes=50), a_call(minutes=100)
    assert found(late, later, known=(group,)) == [(group.group_id, {late.job_id, later.job_id})]
    assert found(later, known=(group,)) == []  # alone it comes too late


def test_of_two_groups_the_nearer_is_joined_and_one_that_is_full_is_not() -> None:
    near, far = a_group(metres=100), a_group(metres=-200)
    call = a_call(metres=20)
    assert found(call, known=(far, near)) == [(near.group_id, {call.job_id})]
    full = a_group(metres=100, size=RULES.most)
    assert found(call, known=(far, full)) == [(far.group_id, {call.job_id})]


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 120)), max_size=30))
def test_nobody_is_in_two_groups_and_no_group_is_too_small_or_too_large(spread: list[tuple[int, int]]) -> None:
    calls = [a_call(metres=metres, minutes=minutes) for metres, minutes in spread]
    groups = proposals(calls, (), RULES)
    members = [call.job_id for group in groups for call in group.calls]
    assert len(members) == len(set(members))
    assert all(RULES.least <= len(group.calls) <= RULES.most for group in groups)


def test_whoever_helps_with_one_call_about_a_fault_can_help_with_all() -> None:
    needs: dict[str, set[tuple[str, ...]]] = {}
    for category, fault in FAULTS.items():
        needs.setdefault(fault, set()).add(CATEGORIES[category].skills)
    assert all(len(skills) == 1 for skills in needs.values())


@pytest.mark.parametrize("nonsense", [{"radius_m": -1}, {"window_seconds": 0}, {"least": 1}, {"most": 1}])
def test_rules_that_make_no_sense_are_refused(nonsense: dict[str, float]) -> None:
    with pytest.raises(Misconfigured):
        GroupRules(**nonsense)  # type: ignore[arg-type]


def test_in_a_storm_the_largest_are_proposed_and_the_next_look_finds_the_others() -> None:
    rules = GroupRules(radius_m=250, window_seconds=3600, least=2, most=5, at_once=2)
    calls = [a_call(metres=1000 * place, minutes=place) for place in range(4) for _ in range(2 + place)]
    first = found(*calls, rules=rules)
    assert [len(jobs) for _, jobs in first] == [5, 4]
    proposed = set().union(*(jobs for _, jobs in first))
    assert [len(jobs) for _, jobs in found(*(call for call in calls if call.job_id not in proposed), rules=rules)] == [3, 2]
