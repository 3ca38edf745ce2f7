"""A workbook is looked at before it is opened: what unpacks to far more than it is, is refused by each bound alone."""

import pytest

from intake.tables import xlsx_table
from intake.tables.xlsx_table import MOST_PARTS, MOST_UNPACKED, read_xlsx
from shared.errors import Invalid
from tests.support.lists import stuffed

MEGABYTE = 1_000_000

BOMBS = {
    # One part that packs a thousandfold, of no great size.
    "MOST_RATIO": stuffed(1, 4 * MEGABYTE, b"0"),
    # Each part below the size at which anybody looks at its ratio; only all together are too much.
    "MOST_UNPACKED": stuffed(MOST_UNPACKED // (MEGABYTE - 1) + 1, MEGABYTE - 1, b"0"),
    # Nothing in them: there are too many.
    "MOST_PARTS": stuffed(MOST_PARTS, 1, b"0"),
}


@pytest.mark.parametrize("bound", BOMBS)
def test_each_bound_refuses_its_own_bomb_and_no_other_does(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="larger inside"):
        list(read_xlsx(BOMBS[bound]))
    monkeypatch.setattr(xlsx_table, bound, 10**9)
    assert [row.cells[0] for row in read_xlsx(BOMBS[bound])] == ["name", "An"], "without the bound it is read"


def test_what_stays_within_all_bounds_is_read() -> None:
    assert [row.cells[0] for row in read_xlsx(stuffed(MOST_PARTS - 20, 1_000, b"0"))] == ["name", "An"]
