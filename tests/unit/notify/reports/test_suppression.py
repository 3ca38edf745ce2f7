"""Nothing about fewer than five is shown, and none of it can be worked out: proved by solving the equations that a reader has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.reports.suppression import ALL, FEWEST, Cell, hidden, with_totals

counts = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(["P1", "P2", "P3", "P4"])), st.integers(0, 30), min_size=1, max_size=24
)


def equations(full: dict[Cell, int]) -> list[list[tuple[Cell, int]]]:
    """Each line of the table: what stands in it adds up to its total."""
    rows, columns = sorted({cell[0] for cell in full}), sorted({cell[1] for cell in full})
    lines = [[(cell, -1 if cell[1] == ALL else 1) for cell in full if cell[0] == row] for row in rows]
    return lines + [[(cell, -1 if cell[0] == ALL else 1) for cell in full if cell[1] == column] for column in columns]


def worked_out(full: dict[Cell, int], secret: set[Cell]) -> set[Cell]:
    """The hidden cells that are the same in every solution of what is shown."""
    unknown = sorted(secret)
    if not unknown:
        return set()
    place = {cell: number for number, cell in enumerate(unknown)}
    matrix = np.zeros((len(equations(full)), len(unknown)))
    for number, line in enumerate(equations(full)):
        for cell, sign in line:
            if cell in place:
                matrix[number, place[cell]] += sign
    _, sizes, directions = np.linalg.svd(matrix)
    free = directions[int((sizes > 1e-9).sum()) :]
    return {cell for cell in unknown if not np.abs(free[:, place[cell]]).max(initial=0.0) > 1e-9}


@given(counts)
def test_no_small_cell_is_shown_and_no_hidden_one_follows(table: dict[Cell, int]) -> None:
    full = with_totals(table)
    secret = hidden(table)
    assert secret >= {cell for cell, n in full.items() if n < FEWEST}
    assert not worked_out(full, secret)


@given(counts)
def test_what_is_left_of_a_line_is_not_about_fewer_than_five(table: dict[Cell, int]) -> None:
    full, secret = with_totals(table), hidden(table)
    for axis in (0, 1):
        for name in {cell[axis] for cell in full}:
            total = (name, ALL) if axis == 0 else (ALL, name)
            rest = sum(n for cell, n in full.items() if cell[axis] == name and cell[1 - axis] != ALL and cell in secret)
            assert total in secret or rest == 0 or rest >= FEWEST


def test_two_small_cells_whose_sum_is_shown_take_a_third_with_them() -> None:
    """Each is on a circle already; but 2 + 1 = 3 would still be told as what is left of their column."""
    table = {("A", "P1"): 2, ("B", "P1"): 1, ("A", "P2"): 3, ("B", "P2"): 4, ("C", "P1"): 30, ("C", "P2"): 9}
    table |= {(group, "P3"): 50 for group in "ABC"}
    assert ("C", "P1") in hidden(table)


def test_where_all_are_many_nothing_is_hidden() -> None:
    assert hidden({(group, tier): 5 for group in "ABC" for tier in ("P1", "P2")}) == set()


def test_one_small_cell_takes_the_smallest_with_it_and_the_rest_stays() -> None:
    table = {(group, tier): n for group, n in (("A", 3), ("B", 9), ("C", 40)) for tier in ("P1",)}
    table |= {(group, "P2"): 50 for group in "ABC"}
    secret = hidden(table)
    assert {cell for cell in secret if ALL not in cell} == {("A", "P1"), ("B", "P1"), ("A", "P2"), ("B", "P2")}
    assert not {cell for cell in secret if ALL in cell}


def test_what_another_table_hides_is_hidden_here() -> None:
    table = {(group, tier): 50 for group in "AB" for tier in ("P1", "P2")}
    secret = hidden(table, also={(ALL, "P1")})
    assert (ALL, "P1") in secret
    assert not worked_out(with_totals(table), secret)


@pytest.mark.parametrize("n", [1, 4])
def test_a_table_of_one_cell_shows_nothing(n: int) -> None:
    assert hidden({("A", "P1"): n}) == {("A", "P1"), ("A", ALL), (ALL, "P1"), (ALL, ALL)}
