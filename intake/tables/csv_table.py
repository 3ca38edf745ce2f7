"""A CSV file as rows of cells, in whichever of the usual ways a spreadsheet has written it. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from intake.tables.row import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row
from shared.errors import Invalid

_DELIMITERS: Final = (",", ";", "\t")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_KEPT_AS_TEXT: Final = re.compile(r'="([^"]*)"')  # how people keep a leading zero: text, not a formula to be run


def read_csv(data: bytes) -> Iterator[Row]:
    """As whoever fills in lists has saved it. Raises Invalid for what is no CSV."""
    text = decoded(data)
    return _rows(text, _delimiter(text))


def read_strict_csv(data: bytes) -> Iterator[Row]:
    """Commas and UTF-8, as a deployment writes its own data. Raises Invalid for anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "is not UTF-8; save it as “CSV UTF-8”") from None
    return _rows(text, ",")


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for count, cells in enumerate(reader):
            if count > MOST_ROWS:
                raise Invalid("file", f"has more than {MOST_ROWS} rows; send it in parts")
            yield Row(line, tuple(_cell(cell) for cell in cells[:MOST_COLUMNS]))
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid("file", f"line {line} is no CSV: a quotation mark is not closed, or one too many") from None


def decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1258: what is valid UTF-8 is nothing else, as far as anybody writes Vietnamese."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codes: tuple[str, ...] = ("utf-16",)
    else:
        codes = ("utf-8-sig", "cp1258")
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) is None:
            return unicodedata.normalize("NFC", text)  # Windows-1258 writes a letter and its tone one after the other
    raise Invalid("file", "must be CSV in UTF-8 (in a spreadsheet: 'CSV UTF-8'), or XLSX")


def _delimiter(text: str) -> str:
    first = text[: text.find("\n") + 1] or text
    return max(_DELIMITERS, key=first.count)


def _cell(text: str) -> str:
    kept = _KEPT_AS_TEXT.fullmatch(text.strip())
    return (kept[1] if kept else text)[:LONGEST_CELL].strip()
