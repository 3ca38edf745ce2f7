"""All tables of a report at once: what must not be shown in one must not follow from another. Pure; the rule: suppression.py."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from notify.reports.clocks import Clock
from notify.reports.endings import Ending
from notify.reports.suppression import ALL, FEWEST, Cell, hidden

ENDINGS: Final = "endings"

Key = tuple[str, str, str, str]  # section, group, column (a tier or an ending), table (a clock, or ENDINGS)
# The times of these stand beside the numbers of endings, and are a part of those of everything done.
_APART: Final[Mapping[str, str]] = {Clock.DONE_CONFIRMED: Ending.CONFIRMED, Clock.DONE_UNCONFIRMED: Ending.UNCONFIRMED}


def secret_cells(counts: Mapping[Key, int], sections: Sequence[str], endings: Collection[Key] = ()) -> set[Key]:
    """`counts` with all totals. The line of all is the same in every section: what one of them hides there, all hide."""
    found: set[Key] = set()
    for name in {key[3] for key in counts}:
        tables = {by: _table(counts, by, name) for by in sections} or {ALL: _line_of_all(counts, name)}
        given = {by: _given_away(counts, by, name, endings) for by in tables}
        totals = {cell for cells in given.values() for cell in cells if cell[0] == ALL}
        while True:
            cells = {by: hidden(table, also=totals | given[by]) for by, table in tables.items()}
            together = totals | {cell for of_table in cells.values() for cell in of_table if cell[0] == ALL}
            if together == totals:
                break
            totals = together
        found |= {(by, *cell, name) for by, of_table in cells.items() for cell in of_table if cell[0] not in {ALL, ""}}
        found |= {(ALL, *cell, name) for cell in totals}
    return found


def _table(counts: Mapping[Key, int], by: str, name: str) -> dict[Cell, int]:
    return {(key[1], key[2]): n for key, n in counts.items() if (key[0], key[3]) == (by, name) and key[2] != ALL}


def _line_of_all(counts: Mapping[Key, int], name: str) -> dict[Cell, int]:
    """Without sections: as if there were one group, which nobody is shown."""
    return {("", key[2]): n for key, n in counts.items() if (key[0], key[3]) == (ALL, name) and key[2] != ALL}


def _given_away(counts: Mapping[Key, int], by: str, name: str, endings: Collection[Key]) -> set[Cell]:
    """Cells that would tell what the table of endings hides, or how few were done and ended otherwise."""
    ending = _APART.get(name)
    if ending is None:
        return set()
    found: set[Cell] = set()
    for (section, group, column, table), n in counts.items():
        if table == name and section in {by, ALL}:
            others = counts.get((section, group, column, Clock.DONE.value), 0) - n
            if 0 < others < FEWEST or (column == ALL and (section, group, ending, ENDINGS) in endings):
                found.add((group, column))
    return found
