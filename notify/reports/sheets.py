"""A report as CSV and XLSX. A cell that a spreadsheet would run is text there, and the same report is the same bytes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from notify.reports import words
from shared.spreadsheets import WITH_MARK, safe, steady

FIGURES: Final = (
    *("by", "group", "name", "priority", "clock", "n", "kept", "share", "target_percent", "holds", "limit_seconds"),
    *("p50_seconds", "p90_seconds", "p95_seconds", "p99_seconds", "hidden"),
)
ENDINGS: Final = ("by", "group", "name", "ending", "n", "hidden")
PAUSES: Final = ("reason", "n", "hours", "cap_seconds", "hidden")
KPIS: Final = ("by", "group", "name", "measure", "n", "share", "target_percent", "holds", "hidden")
TABLES: Final[Mapping[str, Sequence[str]]] = {"figures": FIGURES, "endings": ENDINGS, "pauses": PAUSES, "kpis": KPIS}
SHEETS: Final = {"figures": "Chỉ số", "endings": "Kết thúc", "pauses": "Tạm dừng", "kpis": "KPI"}
COLUMNS: Final = ("table", *dict.fromkeys(column for columns in TABLES.values() for column in columns))
ABOUT: Final = ("city", "phase", "since", "until", "commune", "as_of", "over", "edition", "supersedes", "code")


def rows_of(found: Mapping[str, Any], table: str) -> Iterator[dict[str, Any]]:
    for row in found[table]:
        name = {"name": words.group_words(row["by"], row["group"])[0]} if "by" in row else {}
        yield {**row, **name}


def to_csv(found: Mapping[str, Any]) -> bytes:
    """One table; `table` says of which kind a line is. UTF-8 with the mark that Excel needs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for table in TABLES:
        for row in rows_of(found, table):
            writer.writerow([safe({"table": table, **row}.get(column)) for column in COLUMNS])
    return WITH_MARK + text.getvalue().encode("utf-8")


def to_xlsx(found: Mapping[str, Any]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second that only who wants a workbook waits for

    book = Workbook(write_only=True)
    about = book.create_sheet("Báo cáo")
    for line in _about(found):
        about.append([safe(cell) for cell in line])
    for table, columns in TABLES.items():
        sheet = book.create_sheet(SHEETS[table])
        sheet.append(list(columns))
        for row in rows_of(found, table):
            sheet.append([safe(row.get(column)) for column in columns])
    draft = io.BytesIO()
    book.save(draft)
    return steady(draft.getvalue(), f"{found['as_of'][:19]}Z")


def _about(found: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    yield words.title(found)
    yield from ((name, found[name]) for name in ABOUT if found.get(name) is not None)
    yield ()
    for term, meaning in words.definitions(found):
        yield (*term, *meaning)
