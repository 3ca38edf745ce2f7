"""Gaps: exactly the moments at which nobody of a commune can do something, told again by looking at every minute."""

import time
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispatch.shifts.coverage import ENGINEER, NEEDS, Coverage, Gap, Presence, bits_of, coverage_of
from shared.categories import SKILLS

SINCE = datetime(2026, 11, 26, 2, tzinfo=UTC)
EPOCH = int(SINCE.timestamp())
HOUR = 3600
Person = tuple[int, tuple[str, ...], bool, int, int]  # commune, skills, engineer, from and to in hours from SINCE


def presence_of(*people: Person) -> Presence:
    columns = [
        (commune, bits_of(skills, engineer), EPOCH + starts * HOUR, EPOCH + ends * HOUR)
        for commune, skills, engineer, starts, ends in people
    ]
    commune, needs, starts, ends = np.array(columns, dtype=np.int64).reshape(len(columns), 4).T
    return Presence(commune=commune, needs=needs, starts=starts, ends=ends)


def cover(*people: Person, hours: int = 24, communes: tuple[str, ...] = ("A",), **changes: object) -> Coverage:
    return coverage_of(presence_of(*people), communes, SINCE, SINCE + timedelta(hours=hours), **changes)  # type: ignore[arg-type]


def gaps_of(coverage: Coverage, need: str) -> list[tuple[str, float, float]]:
    hour = timedelta(hours=1)
    return [
        (gap.commune_code, (gap.starts_at - SINCE) / hour, (gap.ends_at - SINCE) / hour)
        for gap in coverage.gaps
        if gap.need == need
    ]


def test_nobody_at_all_is_one_gap_of_everything() -> None:
    coverage = cover(communes=("A", "B"))
    assert len(coverage.gaps) == 2 * len(NEEDS)
    assert gaps_of(coverage, "vneid") == [("A", 0, 24), ("B", 0, 24)]
    assert coverage.gap_hours() == dict.fromkeys(SKILLS, 48.0)
    assert coverage.without_engineer() == ["A", "B"]


def test_a_gap_is_what_lies_between_before_and_after() -> None:
    coverage = cover((0, ("vneid",), False, 2, 5), (0, ("vneid", "portal"), False, 4, 8), (0, ("vneid",), False, 10, 12))
    assert gaps_of(coverage, "vneid") == [("A", 0, 2), ("A", 8, 10), ("A", 12, 24)]
    assert gaps_of(coverage, "portal") == [("A", 0, 4), ("A", 8, 24)]


def test_windows_that_touch_or_stand_in_each_other_leave_no_gap() -> None:
    coverage = cover((0, ("fraud",), False, 0, 20), (0, ("fraud",), False, 3, 5), (0, ("fraud",), False, 20, 24))
    assert gaps_of(coverage, "fraud") == []


def test_what_lies_outside_counts_only_as_far_as_it_reaches_in() -> None:
    coverage = cover((0, ("network",), False, -9, 3), (0, ("network",), False, 20, 99), (0, ("network",), False, 30, 40))
    assert gaps_of(coverage, "network") == [("A", 3, 20)]


def test_a_neighbour_is_no_coverage() -> None:
    coverage = cover((1, ("network",), False, 0, 24), communes=("A", "B"))
    assert gaps_of(coverage, "network") == [("A", 0, 24)]


def test_a_commune_has_an_engineer_when_one_is_there_at_some_time() -> None:
    coverage = cover((0, (), True, 3, 4), (1, ("network",), False, 0, 24), communes=("A", "B"))
    assert coverage.without_engineer() == ["B"]
    assert ENGINEER not in coverage.gap_hours()


def test_one_skill_alone_can_be_asked_for() -> None:
    coverage = cover((0, ("portal",), False, 0, 6), needs=("portal",))
    assert {gap.need for gap in coverage.gaps} == {"portal"}
    assert gaps_of(coverage, "portal") == [("A", 6, 24)]


def test_a_skill_that_no_category_asks_for_is_no_need() -> None:
    assert bits_of(("flying",), False) == 0
    assert bits_of(SKILLS, True) == 2 ** len(NEEDS) - 1


PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(st.sampled_from(SKILLS), max_size=3, unique=True).map(tuple),
        st.booleans(),
        st.integers(-5, 30),
        st.integers(-5, 30),
    ),
    max_size=25,
)


@given(PEOPLE)
def test_gaps_are_exactly_the_hours_that_nobody_holds(people: list[Person]) -> None:
    coverage = cover(*people, communes=("A", "B", "C"))
    told = {(gap.commune_code, gap.need, hour) for gap in coverage.gaps for hour in range(24) if gap_holds(gap, hour)}
    seen = {
        (code, need, hour)
        for place, code in enumerate("ABC")
        for need in NEEDS
        for hour in range(24)
        if not any(
            commune == place and starts <= hour < ends and (need in skills or (need == ENGINEER and engineer))
            for commune, skills, engineer, starts, ends in people
        )
    }
    assert told == seen
    assert sum(gap.hours for gap in coverage.gaps) == len(seen), "no gap twice"
    assert list(coverage.gaps) == sorted(coverage.gaps, key=lambda gap: (gap.commune_code, NEEDS.index(gap.need), gap.starts_at))


def gap_holds(gap: Gap, hour: int) -> bool:
    return gap.starts_at <= SINCE + timedelta(hours=hour) < gap.ends_at


def test_a_city_of_thirty_thousand_takes_seconds_not_minutes() -> None:
    presence = a_city(30_000)
    begun = time.process_time()
    coverage = coverage_of(presence, [f"{number:05d}" for number in range(126)], SINCE, SINCE + timedelta(days=7))
    assert time.process_time() - begun < 10  # measured: a few tenths
    assert coverage.gaps


def a_city(count: int) -> Presence:
    """Everybody has a shift of eight hours on each of seven days, and about two thirds of all skills."""
    choice = np.random.default_rng(7)
    people = np.repeat(np.arange(count), 7)
    begins = EPOCH + np.tile(np.arange(7), count) * 24 * HOUR + choice.integers(0, 24 * 4, count)[people] * HOUR // 4
    return Presence(
        commune=choice.integers(0, 126, count)[people],
        needs=choice.integers(0, 2 ** len(NEEDS), count)[people] | choice.integers(0, 2 ** len(NEEDS), count)[people],
        starts=begins,
        ends=begins + 8 * HOUR,
    )
