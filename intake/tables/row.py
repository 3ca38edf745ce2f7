"""A row of somebody's file, and how much of it is read at all. Pure."""

from dataclasses import dataclass
from typing import Final, NamedTuple

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 20_000  # longer than what any field takes: it is refused there, with advice
FORMULA: Final = "="


class Row(NamedTuple):
    """`number` as a spreadsheet shows it, the header is 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """`line` as `Row.number`; never what stands in it."""

    line: int
    advice: str
