"""What is said of the answer clock: the promise beside those who gave up, and nothing about fewer than five."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from intake.hotline.figures import FEWEST, PARTS, figures, hidden

COUNTS = st.fixed_dictionaries({name: st.integers(0, 12) for name in PARTS})


def counted(**counts: int) -> dict[str, Any]:
    return figures({name: counts.get(name, 0) for name in PARTS})


def test_the_share_within_the_promise_stands_beside_those_who_were_lost() -> None:
    told = counted(in_time=80, late=20, abandoned=15, missed=10)
    assert (told["calls"], told["share_within_20_s"], told["share_lost"]) == (125, 0.8, 0.2)


def test_a_cell_of_a_few_takes_another_with_it_so_that_it_does_not_follow() -> None:
    told = counted(in_time=80, late=20, abandoned=2, missed=30)
    assert (told["abandoned"], told["late"], told["in_time"], told["calls"]) == (None, None, 80, 132)
    assert told["share_lost"] is None
    assert told["share_within_20_s"] is None


def test_of_fewer_than_five_calls_nothing_is_said() -> None:
    assert set(counted(in_time=3).values()) <= {None, 0.8}
    assert counted()["calls"] == 0


@given(COUNTS)
def test_nobody_can_work_out_a_cell_of_one_to_four(counts: dict[str, int]) -> None:
    unsaid = hidden(counts)
    assert {name for name, n in counts.items() if 0 < n < FEWEST} <= unsaid
    assert not unsaid or unsaid == set(PARTS) or (len(unsaid) > 1 and sum(counts[name] for name in unsaid) >= FEWEST)
