"""What became of a file: the document that is kept, and what is downloaded. Rows and columns, never what stood in them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from intake.imports.row import BadCell
from shared.spreadsheets import WITH_MARK, safe

COLUMNS: Final = ("row", "column", "field", "advice_vi", "advice_en")
HEADER: Final = ("Hàng / row", "Cột / column", "Trường / field", "Cần làm gì", "what to do")
MOST_KEPT: Final = 5_000  # cells; whoever has more has another mistake than in one cell


def told_of(bad: Sequence[BadCell]) -> list[dict[str, Any]]:
    """Every bad cell; of more than MOST_KEPT the first one of each row, so that no row goes untold."""
    if len(bad) > MOST_KEPT:
        bad = list({cell.row: cell for cell in reversed(bad)}.values())[::-1]
    return [_told(cell) for cell in bad]


def _told(cell: BadCell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "column": cell.column,
        "field": cell.field,
        "advice_vi": cell.advice.vi,
        "advice_en": cell.advice.en,
    }


def to_csv(bad: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(_lines(bad))
    return WITH_MARK + text.getvalue().encode("utf-8")


def to_xlsx(bad: Sequence[Mapping[str, Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second that only who wants a workbook waits for

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Báo cáo")
    for line in _lines(bad):
        sheet.append(line)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _lines(bad: Iterable[Mapping[str, Any]]) -> Iterable[list[Any]]:
    yield list(HEADER)
    for cell in bad:
        yield [safe(cell[name]) for name in COLUMNS]
