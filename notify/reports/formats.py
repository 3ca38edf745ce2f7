"""In which formats a report can be had. What each looks like: sheets.py and page.py."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from notify.reports.canonical import canonical
from notify.reports.page import to_page
from notify.reports.sheets import to_csv, to_xlsx


class Format(StrEnum):
    JSON = "json"  # canonical: what a hash is taken of
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.HTML: "text/html; charset=utf-8",
}


def written(found: Mapping[str, Any], wanted: Format) -> bytes:
    match wanted:
        case Format.JSON:
            return canonical(found)
        case Format.CSV:
            return to_csv(found)
        case Format.XLSX:
            return to_xlsx(found)
        case Format.HTML:
            return to_page(found).encode("utf-8")
