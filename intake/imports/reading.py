"""A file as forms: of each good row what will be filed, of each bad cell what to do. Pure, and slow: use a thread."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from intake.draft import Filing
from intake.forms import RequestForm
from intake.imports.columns import read_header
from intake.imports.row import BadCell, read_row, refused
from intake.tables.csv_table import read_csv
from intake.tables.row import MOST_BYTES
from intake.tables.xlsx_table import read_xlsx
from shared.errors import Invalid

ZIP: bytes = b"PK\x03\x04"
Check = Callable[[RequestForm, int], Filing]  # reception, by the number of the row; raises Invalid


@dataclass(slots=True)
class Read:
    """`good`: number of the row and its filing."""

    hash: str
    rows: int = 0
    good: list[tuple[int, Filing]] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    unread: tuple[str, ...] = ()


def file_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_file(data: bytes, check: Check, today: date) -> Read:
    """Raises Invalid for what is no such file at all."""
    if len(data) > MOST_BYTES:
        raise Invalid("file", f"at most {MOST_BYTES // 1_000_000} MB at a time")
    rows = read_xlsx(data) if data.startswith(ZIP) else read_csv(data)
    header = next(rows, None)
    if header is None:
        raise Invalid("file", "is empty; the first row must name the columns")
    columns, found = read_header(header.cells), Read(file_hash(data))
    found.unread = columns.unread
    for row in rows:
        if not any(row.cells):
            continue
        found.rows += 1
        form = read_row(row, columns, today)
        if isinstance(form, list):
            found.bad += form
            continue
        try:
            found.good.append((row.number, check(form, row.number)))
        except Invalid as error:
            found.bad.append(refused(row, columns, error))
    return found
