"""An XLSX file as rows of cells. Nothing is evaluated, nothing is unpacked beyond bounds; a formula stays its own text."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from intake.tables.row import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row
from shared.errors import Invalid

MOST_UNPACKED: Final = 60_000_000
MOST_PARTS: Final = 500
MOST_RATIO: Final = 200  # of an entry that is larger than _SMALL; what people write is packed to a tenth
_SMALL: Final = 1_000_000
_CHUNK: Final = 1 << 16
_BLANK_ROWS: Final = 2_000  # a row that claims a number far away makes the reader count up to it
NO_BOOK: Final = "is no workbook that can be read; save it anew as XLSX, without a password, or as CSV UTF-8"


def read_xlsx(data: bytes) -> Iterator[Row]:
    """Raises Invalid for what is no workbook, or one that unpacks to far more than it is."""
    _check_parts(data)
    from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of a second that only who sends a workbook waits for

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        yield from _bounded(rows)
    except (BadZipFile, KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, OSError, EOFError):
        # What openpyxl says of a broken book is of all these kinds (a broken XML is a SyntaxError), and may quote a cell.
        raise Invalid("file", NO_BOOK) from None


def _bounded(rows: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    blank = 0
    for number, values in enumerate(islice(rows, MOST_ROWS + _BLANK_ROWS + 2), start=1):
        cells = tuple(_text(value)[:LONGEST_CELL] for value in values)
        if not any(cells):
            blank += 1
            if blank > _BLANK_ROWS:
                return
            continue
        if number - blank > MOST_ROWS + 1:
            raise Invalid("file", f"has more than {MOST_ROWS} rows; send it in parts")
        yield Row(number, cells)


def _check_parts(data: bytes) -> None:
    """What a packed part says of its size is also the most that is read of it."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            sizes = sum(part.file_size for part in parts)
            bombs = [part for part in parts if part.file_size > max(_SMALL, MOST_RATIO * part.compress_size)]
            if len(parts) > MOST_PARTS or sizes > MOST_UNPACKED or bombs:
                raise Invalid("file", "is far larger inside than it looks; save it anew from a spreadsheet")
            if any(part.flag_bits & 1 for part in parts) or any(map(_declares, map(archive.open, parts))):
                raise Invalid("file", NO_BOOK)
    except (BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        # zipfile knows not every way of packing and says so by NotImplementedError; no spreadsheet packs in another way.
        raise Invalid("file", NO_BOOK) from None


def _declares(part: Any) -> bool:
    """Entities of its own: no spreadsheet writes any, and each may stand for a million."""
    with part:
        before = b""
        while chunk := part.read(_CHUNK):
            if b"<!DOCTYPE" in before + chunk or b"<!ENTITY" in before + chunk:
                return True
            before = chunk[-16:]
    return False


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond it floats are no whole numbers
            return str(int(value))
        case _:
            return str(value).strip()
